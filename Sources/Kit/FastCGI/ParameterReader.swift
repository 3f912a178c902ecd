import CFastCGI
import Glibc
import Support
import Web

/// One request's parameters as libfcgi holds them, and the Web request made from them.
struct ParameterReader {
    /// A dozen, so that looking through them is faster than a dictionary.
    private var parameters: [(name: String, value: String)] = []
    private(set) var headers = Fields.headers()

    /// Reads the `NAME=VALUE` list of a request that was accepted.
    init(_ list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
        guard var entry = list else { return }
        parameters.reserveCapacity(24)
        while let text = entry.pointee {
            let bytes = UnsafeRawBufferPointer(start: text, count: strlen(text))
            if let equals = bytes.firstIndex(of: 0x3D) {
                let value = String(decoding: bytes[(equals + 1)...], as: UTF8.self)
                add(bytes[..<equals], value)
            }
            entry += 1
        }
        // nginx sends both beside their HTTP_ forms; other servers only these.
        for (name, header) in [("CONTENT_TYPE", "content-type"), ("CONTENT_LENGTH", "content-length")] {
            if let value = self[name], headers[header] == nil { headers.append(header, value) }
        }
    }

    private mutating func add(_ name: Slice<UnsafeRawBufferPointer>, _ value: String) {
        if name.starts(with: "HTTP_".utf8) {
            let letters = name.dropFirst(5).map { $0 == 0x5F ? 0x2D : ($0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0) }
            headers.append(String(decoding: letters, as: UTF8.self), value)
        } else {
            parameters.append((String(decoding: name, as: UTF8.self), value))
        }
    }

    /// The parameter, unless it is missing or empty.
    subscript(name: String) -> String? {
        guard let value = parameters.last(where: { $0.name == name })?.value, !value.isEmpty else { return nil }
        return value
    }

    /// What can be said about a request even when it is not a valid one.
    var refused: RefusedRequest {
        let target = self["REQUEST_URI"] ?? "/"
        return RefusedRequest(
            method: self["REQUEST_METHOD"] ?? "",
            path: String(target[..<(target.utf8.firstIndex(of: 0x3F) ?? target.endIndex)]),
            id: self["REQUEST_ID"] ?? "",
            origins: headers.values("origin")
        )
    }

    /// The request without its body.
    func makeRequest() throws(WebError) -> Request {
        guard let method = self["REQUEST_METHOD"].flatMap(Method.init(rawValue:)) else {
            let allowed = Method.allCases.map(\.rawValue).joined(separator: ", ")
            throw WebError(405, "method", "This method is not known here.", headers: .headers(["Allow": allowed]))
        }
        let request = Request(
            method,
            self["REQUEST_URI"] ?? "",
            headers: headers,
            id: self["REQUEST_ID"] ?? "",
            remoteAddress: self["REMOTE_ADDR"] ?? "",
            isSecure: self["HTTPS"] == "on",
            host: headers["host"] ?? ""
        )
        guard let request else {
            throw WebError(400, "bad_target", "The address is not valid percent-encoded UTF-8.")
        }
        // nginx has chosen the pool, and asked who may send a body, by the path as it reads it.
        if let path = self["BODEGA_PATH"], !request.isSamePath(path) { throw .ambiguousPath }
        return request
    }
}

/// A request that could not be made into a `Request`: what the answer and the log need of it.
public struct RefusedRequest: Sendable {
    public var method: String
    /// As sent, without the query.
    public var path: String
    public var id: String
    /// What its Origin headers said.
    public var origins: [String]

    /// Whether a program asked, which wants a problem document.
    public var isAPI: Bool { Request.apiSegments.contains { path == "/\($0)" || path.hasPrefix("/\($0)/") } }
}
