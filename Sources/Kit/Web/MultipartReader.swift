import Support

/// One pass over a multipart body. Throws 400 for what is wrong with the body, 500 when it cannot be read.
struct MultipartReader {
    private enum Delimiter {
        /// Another part begins, its headers at that offset.
        case opening(Int64)
        case closing
    }

    private var scanner: ByteScanner
    private let delimiter: [UInt8]
    private var parts: [Multipart.Part] = []

    init(_ source: ByteSource, boundary: [UInt8], windowSize: Int) {
        delimiter = Array("\r\n--".utf8) + boundary
        scanner = ByteScanner(source, windowSize: max(windowSize, 2 * delimiter.count))
    }

    private var length: Int64 { scanner.source.length }

    mutating func read() throws(WebError) -> [Multipart.Part] {
        guard var found = try firstDelimiter() else {
            throw .badMultipart("The boundary of the Content-Type does not appear in the body.")
        }
        while case .opening(let headers) = found {
            let number = parts.count + 1
            guard number <= Multipart.Limit.parts else {
                throw .badMultipart("The body has more than \(Multipart.Limit.parts) parts.")
            }
            let content = try contentStart(afterHeadersAt: headers, number)
            var part = try PartHeaders(try text(headers..<max(headers, content - 4), number), number).part
            // An empty part may share its line break with the delimiter, hence 2 bytes earlier.
            guard let (end, next) = try nextDelimiter(from: content - 2) else {
                throw .badMultipart("The body ends inside part \(number) ('\(part.name)'): it was cut off.")
            }
            part.range = content..<max(content, end)
            parts.append(part)
            found = next
        }
        return parts
    }

    private mutating func firstDelimiter() throws(WebError) -> Delimiter? {
        let opening = Int64(delimiter.count - 2)
        if try scanner.bytes(0..<opening).elementsEqual(delimiter[2...]), let found = try rest(at: opening) {
            return found
        }
        return try nextDelimiter(from: 0)?.1
    }

    private mutating func nextDelimiter(from offset: Int64) throws(WebError) -> (Int64, Delimiter)? {
        var offset = offset
        while let hit = try scanner.find(delimiter, from: offset, before: length) {
            if let found = try rest(at: hit + Int64(delimiter.count)) { return (hit, found) }
            offset = hit + 1
        }
        return nil
    }

    /// What follows a boundary's text; nil when the line is not a delimiter after all.
    private mutating func rest(at offset: Int64) throws(WebError) -> Delimiter? {
        var offset = offset
        let closes = try scanner.bytes(offset..<offset + 2) == [0x2D, 0x2D]
        if closes { offset += 2 }
        var byte = try scanner.byte(at: offset)
        while byte == 0x20 || byte == 0x09 {
            offset += 1
            byte = try scanner.byte(at: offset)
        }
        if byte == nil { return closes ? .closing : nil }
        guard byte == 0x0D, try scanner.byte(at: offset + 1) == 0x0A else { return nil }
        return closes ? .closing : .opening(offset + 2)
    }

    private mutating func contentStart(afterHeadersAt headers: Int64, _ number: Int) throws(WebError) -> Int64 {
        let limit = headers + Int64(Multipart.Limit.headers)
        // The line break of the delimiter counts, so that an empty block of headers ends at once.
        let end = try scanner.find(Array("\r\n\r\n".utf8), from: headers - 2, before: min(length, limit))
        if let end { return end + 4 }
        if length < limit {
            throw .badMultipart("The body ends inside the headers of part \(number): it was cut off.")
        }
        throw .badMultipart("The headers of part \(number) are longer than \(Multipart.Limit.headers) bytes.")
    }

    private func text(_ range: Range<Int64>, _ number: Int) throws(WebError) -> String {
        let bytes = try scanner.source.bytes(range)
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw .badMultipart("The headers of part \(number) are not UTF-8 text.")
        }
        return text
    }
}

/// The header lines of one part, read into a part whose range is still to be set.
private struct PartHeaders {
    let part: Multipart.Part

    init(_ text: String, _ number: Int) throws(WebError) {
        var headers = Fields.headers()
        for line in text.split(separator: "\r\n") {
            let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, !halves[0].isEmpty, !halves[0].utf8.contains(where: { $0 <= 0x20 }),
                !halves[1].utf8.contains(where: { $0 < 0x20 && $0 != 0x09 }), headers[String(halves[0])] == nil
            else { throw .badMultipart("A header line of part \(number) cannot be read.") }
            headers.append(String(halves[0]), String(halves[1]).trimmed)
        }
        guard let disposition = headers["Content-Disposition"].flatMap(HeaderParameters.init),
            disposition.value == "form-data", let name = disposition.parameters["name"]
        else { throw .badMultipart("Part \(number) has no Content-Disposition of form-data with a name.") }
        let encoding = headers["Content-Transfer-Encoding"]?.lowercased() ?? "binary"
        guard ["7bit", "8bit", "binary"].contains(encoding) else {
            throw .badMultipart("Part \(number) is encoded as '\(encoding)'; send the bytes as they are.")
        }
        let filename = disposition.extended("filename") ?? disposition.parameters["filename"].map(Self.unescaped)
        if filename == nil, disposition.parameters["filename*"] != nil {
            throw .badMultipart("The filename* of part \(number) is not percent-encoded UTF-8.")
        }
        part = Multipart.Part(
            name: Self.unescaped(name),
            filename: filename,
            contentType: headers["Content-Type"],
            range: 0..<0
        )
    }

    /// Undoes what browsers do to names (WHATWG HTML, multipart/form-data encoding): quote, CR and LF only.
    private static func unescaped(_ text: String) -> String {
        var out: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            switch rest.prefix(3) {
            case [0x25, 0x32, 0x32]: out.append(0x22)
            case [0x25, 0x30, 0x44], [0x25, 0x30, 0x64]: out.append(0x0D)
            case [0x25, 0x30, 0x41], [0x25, 0x30, 0x61]: out.append(0x0A)
            default:
                out.append(byte)
                rest = rest.dropFirst()
                continue
            }
            rest = rest.dropFirst(3)
        }
        return String(decoding: out, as: UTF8.self)
    }
}
