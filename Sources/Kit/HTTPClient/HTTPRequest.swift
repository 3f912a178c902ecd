/// One request that goes out.
public struct HTTPRequest {
    public var target: HTTPTarget
    /// `GET`, `POST` …
    public var method: String
    /// Names and values, in order. Those that could smuggle another line are never sent: the request fails.
    public var headers: [(name: String, value: String)]
    /// Nil for a request without one.
    public var body: [UInt8]?
    public var limits: HTTPLimits
    /// Where it may connect to.
    public var policy: AddressPolicy

    public init(
        _ method: String,
        _ target: HTTPTarget,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        limits: HTTPLimits = HTTPLimits(),
        policy: AddressPolicy = AddressPolicy()
    ) {
        self.target = target
        self.method = method
        self.headers = headers
        self.body = body
        self.limits = limits
        self.policy = policy
    }

    /// Whether a text can be the name of a header: a token of RFC 9110.
    public static func isHeaderName(_ text: String) -> Bool {
        let others = Set("!#$%&'*+-.^_`|~".utf8)
        return (1...100).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || others.contains(byte)
            }
    }

    /// Whether a text can be the value of a header: visible ASCII with blanks inside.
    public static func isHeaderValue(_ text: String) -> Bool {
        text.utf8.count <= 4000 && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            && text.utf8.first != 0x20 && text.utf8.last != 0x20
    }
}

/// How long and how large an exchange may be.
public struct HTTPLimits: Sendable, Equatable {
    /// From the beginning to the connection, TLS included. Milliseconds.
    public var connect = 10_000
    /// From the beginning to the end. Milliseconds.
    public var total = 15_000
    /// Of all lines of the answer's head. Bytes.
    public var head = 64 << 10
    /// Of the answer's body. Bytes.
    public var body = 1 << 20

    public init() {}
}

/// What came back.
public struct HTTPAnswer: Sendable, Equatable {
    public var status: Int
    public var headers: [Header]
    public var body: [UInt8]

    public struct Header: Sendable, Equatable {
        /// In lower case.
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(status: Int, headers: [Header] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of that name, which is given in lower case.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Why there is no answer: at which step, and the reason in plain words, without the request's content.
public struct HTTPError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Step: String, Sendable, CaseIterable {
        /// The host's name has no address.
        case name
        /// The host's address may not be connected to.
        case address = "refused_address"
        case connect
        case tls
        case send
        /// The answer did not come, or not to its end.
        case wait
        case tooLarge = "too_large"
    }

    public let step: Step
    public let description: String

    public init(_ step: Step, _ description: String) {
        self.step = step
        self.description = description
    }
}

/// When which step of an exchange was over, in milliseconds since its beginning; nil for one that it did not reach, or
/// did not need because the connection stood already.
public struct HTTPTimes: Sendable, Equatable {
    public var name: Int?
    public var connect: Int?
    public var tls: Int?
    /// The first byte of the answer was there.
    public var answer: Int?
    /// All of it.
    public var total: Int

    public init(name: Int? = nil, connect: Int? = nil, tls: Int? = nil, answer: Int? = nil, total: Int) {
        self.name = name
        self.connect = connect
        self.tls = tls
        self.answer = answer
        self.total = total
    }
}

/// How an exchange ended.
public struct HTTPOutcome: Sendable, Equatable {
    public var result: Result<HTTPAnswer, HTTPError>
    public var times: HTTPTimes
    /// Whether it was exchanged with an address that is not public, which an operator has allowed: what it answers is
    /// nothing to keep.
    public var isInternal: Bool

    public init(_ result: Result<HTTPAnswer, HTTPError>, times: HTTPTimes, isInternal: Bool = false) {
        self.result = result
        self.times = times
        self.isInternal = isInternal
    }
}
