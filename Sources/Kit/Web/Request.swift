import Support

/// One HTTP request, as nginx handed it over. A plain value, so a test makes one by hand.
public struct Request: Sendable {
    public var method: Method
    /// The path as sent: still percent-encoded, without the query.
    public var rawPath: String
    /// The path's segments: split at `/` first, then percent-decoded, so `a%2Fb` stays one segment.
    public var segments: [String]
    /// The query as sent, without `?`; empty when there is none.
    public var rawQuery: String
    public var query: Fields
    public var headers: Fields
    public var body: Body
    /// Made by nginx, in every answer and log line.
    public var id: String
    /// The client's address, without a port.
    public var remoteAddress: String
    /// Whether the client came by TLS.
    public var isSecure: Bool
    /// The authority that the client asked for (Host), used to compare Origin.
    public var host: String

    /// Where the body is: small ones in memory, uploads in a file that nginx spooled.
    public enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// A file that disappears with the request unless the handler renames it into the spool.
        case file(path: String, length: Int64)
    }

    /// A request for a target such as `/products?q=a`. Nil when the path or the query is not valid percent-encoded
    /// UTF-8 or not stream-safe, holds a NUL, or the path does not begin with `/`.
    public init?(
        _ method: Method,
        _ target: String,
        headers: Fields = .headers(),
        body: Body = .none,
        id: String = "",
        remoteAddress: String = "",
        isSecure: Bool = false,
        host: String = "localhost"
    ) {
        let mark = target.utf8.firstIndex(of: 0x3F) ?? target.endIndex
        let rawPath = String(target[..<mark])
        let rawQuery = String(target[mark...].dropFirst())
        guard rawPath.utf8.first == 0x2F, let segments = Self.segments(of: rawPath), let query = decodeForm(rawQuery)
        else { return nil }
        self.method = method
        self.rawPath = rawPath
        self.segments = segments
        self.rawQuery = rawQuery
        self.query = query
        self.headers = headers
        self.body = body
        self.id = id
        self.remoteAddress = remoteAddress
        self.isSecure = isSecure
        self.host = host
    }

    private static func segments(of path: String) -> [String]? {
        var segments: [String] = []
        for raw in path.utf8.dropFirst().split(separator: 0x2F, omittingEmptySubsequences: false) {
            let text = raw.contains(0x25) ? percentDecode(raw) : String(Substring(raw))
            guard let segment = text, !segment.utf8.contains(0), segment.isStreamSafe else { return nil }
            segments.append(segment)
        }
        return segments
    }

    /// Whether this is the path, as a server reads it that has decoded it or left it as it was sent.
    public func isSamePath(_ path: String) -> Bool {
        // Bytes: texts that Unicode calls equal are different paths.
        path.utf8.elementsEqual(rawPath.utf8) || path.utf8.elementsEqual("/\(segments.joined(separator: "/"))".utf8)
    }

    /// The path and the query, as sent.
    public var target: String { rawQuery.isEmpty ? rawPath : "\(rawPath)?\(rawQuery)" }

    /// The first segments of addresses whose refusals are problem documents rather than pages: programs ask for them,
    /// or pages for what they show.
    public static let apiSegments = ["api", "metrics", "health", "media"]

    /// Whether a refusal is to be a problem document rather than a page.
    public var isAPI: Bool { segments.first.map { Self.apiSegments.contains($0) } ?? false }

    /// The media type of the body in lower case, without parameters.
    public var contentType: String? {
        headers["Content-Type"]?.split(separator: ";").first.map { String($0).trimmed.lowercased() }
    }

    /// Cookies by name; where one stands twice the first wins (RFC 6265: more specific paths come first).
    public var cookies: [String: String] {
        var cookies: [String: String] = [:]
        for header in headers.values("Cookie") {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else { continue }
                let name = String(parts[0]).trimmed
                guard name.utf8.allSatisfy({ $0 < 0x80 }) else { continue }
                if cookies[name] == nil { cookies[name] = String(parts[1]).trimmed }
            }
        }
        return cookies
    }
}

/// Reads application/x-www-form-urlencoded. Nil on a broken escape, on what is not UTF-8 or not stream-safe, and on a
/// NUL.
public func decodeForm(_ text: String) -> Fields? {
    var fields = Fields()
    for pair in text.split(separator: "&") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = String(parts[0]).percentDecoded(plusIsSpace: true),
            let value = (parts.count > 1 ? String(parts[1]) : "").percentDecoded(plusIsSpace: true),
            !name.utf8.contains(0), !value.utf8.contains(0), name.isStreamSafe, value.isStreamSafe
        else { return nil }
        fields.append(name, value)
    }
    return fields
}
