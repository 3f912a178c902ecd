import Web

extension Response {
    /// The CGI header block up to and with its blank line. A name or a value that could break out of its line is left
    /// out: the handlers never make one, so it came from outside.
    /// - Parameter contentLength: used unless the answer names its length itself, as one to HEAD does.
    func headBytes(contentLength: Int?) -> [UInt8] {
        var out = Array("Status: \(status) \(statusTitle(status))\r\n".utf8)
        var hasLength = false
        for field in headers.all where field.isSafe && !field.isNamed("Status") {
            if field.isNamed("Content-Length") {
                guard mayHaveBody, !hasLength else { continue }
                hasLength = true
            }
            out += field.name.utf8
            out += [0x3A, 0x20]
            out += field.value.utf8
            out += [0x0D, 0x0A]
        }
        if let contentLength, mayHaveBody, !hasLength { out += "Content-Length: \(contentLength)\r\n".utf8 }
        if case .internalRedirect(let path) = body, path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
            out += "X-Accel-Redirect: \(path)\r\n".utf8
        }
        out += [0x0D, 0x0A]
        return out
    }

    /// 1xx, 204 and 304 never have a body, nor its length.
    var mayHaveBody: Bool { status >= 200 && status != 204 && status != 304 }
}

extension Fields.Field {
    fileprivate var isSafe: Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A }
            && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }

    fileprivate func isNamed(_ other: String) -> Bool {
        name.utf8.count == other.utf8.count && name.lowercased() == other.lowercased()
    }
}
