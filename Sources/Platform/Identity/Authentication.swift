package import Database
package import Support
package import Web

/// Finds out who makes a request.
package struct Authentication {
    /// last_seen_at and last_used_at are written at most once in so many seconds.
    static let touchInterval: Int64 = 300

    private let connection: Connection
    private let environment: Environment
    private let tokens: RecentTokens
    private let configuration: Configuration

    /// - Parameter configuration: the connection's, where there is one already.
    package init(_ connection: Connection, _ environment: Environment, _ configuration: Configuration? = nil) {
        self.connection = connection
        self.environment = environment
        tokens = RecentTokens(connection)
        self.configuration = configuration ?? Configuration(connection)
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

    /// Changes nothing; that a session or a token was used is noted by `noteUse`.
    package func identify(_ request: Request) throws -> Outcome {
        if let secret = Self.bearer(in: request) { return try token(secret) }
        guard let secret = SessionCookie.token(in: request) else { return .anonymous }
        return try session(secret)
    }

    /// Notes the use of a session or a token, at most once in `touchInterval` and unless somebody is writing just now.
    /// Call outside any transaction. Streams that look again now and then do not call it, else an open tab would keep
    /// its session for ever. A note that cannot be written (the disk is full, a lock is held) must not fail the request
    /// that it is about.
    package func noteUse(by principal: Principal) {
        let now = environment.now()
        guard Self.isDue(principal.lastUsedAt, now) else { return }
        switch principal.credential {
        case .session(let id, _): _ = try? SessionStore(connection).touch(id, at: now)
        case .token(let id, _): _ = try? TokenStore(connection).touch(id, at: now)
        }
    }

    /// What follows `Bearer` in the Authorization header; nil when the header is not there or of another scheme.
    private static func bearer(in request: Request) -> String? {
        guard let header = request.headers["Authorization"] else { return nil }
        let parts = header.utf8.split(separator: 0x20, maxSplits: 1)
        guard let scheme = parts.first, String(Substring(scheme)).lowercased() == "bearer" else { return nil }
        return parts.count == 2 ? String(Substring(parts[1])).trimmed : ""
    }

    private func token(_ secret: String) throws -> Outcome {
        let now = environment.now()
        guard let (token, user) = try tokens.find(secret: secret), token.isAlive(at: now),
            user.isWelcome(at: now)
        else { return .badToken }
        let credential = Principal.Credential.token(id: token.id, scopes: token.scopes)
        return .known(Principal(user: user, credential: credential, lastUsedAt: token.lastUsedAt))
    }

    private func session(_ secret: String) throws -> Outcome {
        let now = environment.now()
        guard let (session, user) = try SessionStore(connection).find(token: secret),
            session.isAlive(at: now, idleLimit: try configuration.sessionIdleLimit),
            user.isWelcome(at: now)
        else { return .expired }
        let credential = Principal.Credential.session(id: session.id, csrfToken: CSRF.token(session: secret))
        return .known(Principal(user: user, credential: credential, lastUsedAt: session.lastSeenAt))
    }

    private static func isDue(_ last: Timestamp?, _ now: Timestamp) -> Bool {
        last.map { now >= $0.adding(seconds: touchInterval) } ?? true
    }
}
