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

/// Which processes answer a route. Each pool has its own, so that what is slow in one holds nobody up in another.
public enum Pool: String, Sendable, CaseIterable {
    /// Short work: 10 s.
    case web
    /// Whatever computes the hash of a password, and the page that leads there.
    case login
    /// Bulk work and previews: 10 minutes.
    case slow
    /// As `slow`, with the body spooled into a file by nginx.
    case upload
    /// Downloads: answers that are streamed, each as slowly as its reader takes it.
    case export
    /// The SSE streamer.
    case events
}
