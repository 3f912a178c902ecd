public import Support
public import Web

/// A request as a test writes it, before it becomes a `Request` or bytes on a socket.
public struct Call: Sendable {
    public var method: Web.Method
    /// Path and query.
    public var target: String
    public var headers: Fields
    public var body: [UInt8]

    public init(_ method: Web.Method, _ target: String, headers: Fields = .headers(), body: [UInt8] = []) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }
}

/// What came back, with a streamed body collected.
public struct Answer: Sendable {
    public var status: Int
    public var headers: Fields
    public var body: [UInt8]

    public init(status: Int, headers: Fields, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public var text: String { String(decoding: body, as: UTF8.self) }
    /// The body as JSON; nil when it is not.
    public var json: JSON? { try? JSON.parse(body) }
    /// Whether it is a problem document with that code.
    public func isProblem(_ code: String) -> Bool {
        headers["Content-Type"] == "application/problem+json" && json?["code"]?.stringValue == code
    }
}

/// Carries a call to a server and brings its answer: in this process, or over a socket.
public typealias Transport = (Call) throws -> Answer

/// What a test could not do.
public struct TestFailure: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}
