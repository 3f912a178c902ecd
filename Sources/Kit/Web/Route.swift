/// One entry of a feature's route list: the whole truth about an address. The router, nginx's locations, the access
/// test and the OpenAPI document are made from it.
public struct Route<Context>: Sendable {
    public typealias Handler = @Sendable (Context) throws -> Response

    public var method: Method
    public var path: PathPattern
    public var access: Access
    /// What it asks for beyond `access`, where that hangs on the record or the query; nil where it does not.
    public var needs: Needs?
    public var pool: Pool
    public var operation: Operation
    public var handler: Handler

    public init(
        _ method: Method,
        _ path: PathPattern,
        access: Access,
        needs: Needs? = nil,
        pool: Pool = .web,
        _ operation: Operation,
        handler: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.needs = needs
        self.pool = pool
        self.operation = operation
        self.handler = handler
    }

    /// Permissions that one request to a route needs and another does not.
    public struct Needs: Sendable {
        /// Which, for people: "what the kind of job asks for".
        public var words: String
        /// Looks at path and query only: it is asked before a body is read, before an answer is repeated, and again as
        /// long as a stream is open. Empty for a record that is not there, of which the handler tells.
        public var permissions: @Sendable (Context) throws -> Set<Permission>

        public init(_ words: String, permissions: @escaping @Sendable (Context) throws -> Set<Permission>) {
            self.words = words
            self.permissions = permissions
        }
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
    /// Who holds one of them at least; which one a request needs is told by the route's `needs`.
    case anyOf(Set<Permission>)
    /// Who holds one of the permissions that all features together name for something, such as acting on jobs.
    /// `Route.gathering` puts them in; before that no user may call it.
    case gathered(String)
}

extension Route {
    /// The route with the permissions in it that its access names.
    public func gathering(_ permissions: [String: Set<Permission>]) -> Route {
        guard case .gathered(let name) = access, let some = permissions[name] else { return self }
        var route = self
        route.access = .anyOf(some)
        return route
    }
}

/// A named right, written as a token's scope is: `write:products`.
public struct Permission: RawRepresentable, Sendable, Hashable {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}

/// Which processes answer a route. Each pool has its own, so that what is slow in one holds no request up in another.
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
