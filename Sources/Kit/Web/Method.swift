/// The HTTP methods that Bodega answers.
public enum Method: String, Sendable, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"

    /// Whether a request with it may change something and so needs a CSRF token beside a cookie.
    public var isUnsafe: Bool { self != .get && self != .head && self != .options }

    /// `GET, HEAD, POST`: the value of an Allow header.
    static func list(_ methods: [Method]) -> String {
        methods.map(\.rawValue).joined(separator: ", ")
    }
}
