package import Database
package import Support
package import Web

/// Finds out who makes a request.
package struct Authentication {
    /// last_seen_at and last_used_at are written at most once in so many seconds.
    static let touchInterval: Int64 = 300

    private let connection: Connection
    private let environment: Environment

    package init(_ connection: Connection, _ environment: Environment) {
        self.connection = connection
        self.environment = environment
    }

    /// What the request proves.
    package enum Outcome: Sendable, Equatable {
        case known(Principal)
        /// Neither a Bearer token nor a session cookie came.
        case anonymous
        /// A cookie came that is worth nothing any more.
        case expired
        /// A Bearer token came that is worth nothing; a cookie beside it does not help.
        case badToken
    }

    /// - Parameter touches: whether this counts as use of the session or token. Streams that look again now and then
    ///   say no, else an open tab would keep its session for ever.
    package func identify(_ request: Request, touches: Bool = true) throws -> Outcome {
        if let secret = Self.bearer(in: request) { return try token(secret, touches: touches) }
        guard let secret = SessionCookie.token(in: request) else { return .anonymous }
        return try session(secret, touches: touches)
    }

    /// What follows `Bearer` in the Authorization header; nil when the header is not there or of another scheme.
    private static func bearer(in request: Request) -> String? {
        guard let header = request.headers["Authorization"] else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard let scheme = parts.first, scheme.lowercased() == "bearer" else { return nil }
        return parts.count == 2 ? String(parts[1]).trimmed : ""
    }

    private func token(_ secret: String, touches: Bool) throws -> Outcome {
        let now = environment.now()
        guard let (token, user) = try TokenStore(connection).find(secret: secret), token.isAlive(at: now),
            user.isWelcome(at: now)
        else { return .badToken }
        if touches, Self.isDue(token.lastUsedAt, now) {
            noteUse { try TokenStore(connection).touch(token.id, at: now) }
        }
        return .known(Principal(user: user, credential: .token(id: token.id, scopes: token.scopes)))
    }

    private func session(_ secret: String, touches: Bool) throws -> Outcome {
        let now = environment.now()
        guard let (session, user) = try SessionStore(connection).find(token: secret), session.isAlive(at: now),
            user.isWelcome(at: now)
        else { return .expired }
        if touches, Self.isDue(session.lastSeenAt, now) {
            noteUse { try SessionStore(connection).touch(session.id, at: now) }
        }
        let csrfToken = CSRF.token(session: secret)
        return .known(Principal(user: user, credential: .session(id: session.id, csrfToken: csrfToken)))
    }

    private static func isDue(_ last: Timestamp?, _ now: Timestamp) -> Bool {
        last.map { now >= $0.adding(seconds: touchInterval) } ?? true
    }

    /// A note that cannot be written (the disk is full, a lock is held) must not fail the request that it is about.
    private func noteUse(_ write: () throws -> Void) {
        try? write()
    }
}
