/// One entry of a feature's route list: the whole truth about an address. The router, nginx's locations, the access
/// test and the OpenAPI document are made from it.
public struct Route<Context>: Sendable {
    public typealias Handler = @Sendable (Context) throws -> Response

    public var method: Method
    public var path: PathPattern
    public var access: Access
    public var pool: Pool
    public var operation: Operation
    public var handler: Handler

    public init(
        _ method: Method,
        _ path: PathPattern,
        access: Access,
        pool: Pool = .web,
        _ operation: Operation,
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.pool = pool
        self.operation = operation
        self.handler = handler
    }
}

/// Who may call a route.
public enum Access: Sendable, Hashable {
    /// Everybody, without login.
    case open
    /// Everybody who is logged in, whatever the role or scope.
    case login
    /// Who holds the permission by role (cookie) or by scope (token).
    case permission(Permission)
}

/// A named right, written as a token's scope is: `write:products`.
public struct Permission: RawRepresentable, Sendable, Hashable {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}

/// Which processes answer a route.
public enum Pool: String, Sendable, CaseIterable {
    /// Short work: 10 s.
    case web
    /// Login, exports, bulk work: 10 minutes.
    case slow
    /// As `slow`, with the body spooled into a file by nginx.
    case upload
    /// The SSE streamer.
    case events
}

/// What a route's entry in an OpenAPI document needs.
public struct Operation: Sendable {
    public var summary: String
    public var parameters: [Parameter]
    /// The media types and schema names of the body; empty when there is none.
    public var request: [Content]
    /// The answers by status, with their media types; an empty list is an answer without a body.
    public var responses: [Int: [Content]]

    public struct Parameter: Sendable {
        public var name: String
        public var type: String
        public var description: String

        public init(_ name: String, _ type: String, _ description: String) {
            self.name = name
            self.type = type
            self.description = description
        }
    }

    public struct Content: Sendable {
        public var mediaType: String
        /// The name of a schema, e.g. `Product`.
        public var schema: String

        public init(_ mediaType: String, _ schema: String) {
            self.mediaType = mediaType
            self.schema = schema
        }

        public static func json(_ schema: String) -> Content { Content("application/json", schema) }
        public static let html = Content("text/html", "Page")
    }

    public init(
        _ summary: String,
        parameters: [Parameter] = [],
        request: [Content] = [],
        responses: [Int: [Content]]
    ) {
        self.summary = summary
        self.parameters = parameters
        self.request = request
        self.responses = responses
    }

    /// A page for people.
    public static func page(_ summary: String) -> Operation { Operation(summary, responses: [200: [.html]]) }
    /// A form post that answers with 303 to a page.
    public static func form(_ summary: String) -> Operation { Operation(summary, responses: [303: []]) }
}
