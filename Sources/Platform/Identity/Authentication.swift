import Crypto
package import Database
package import Support
package import Web

/// Finds out who makes a request.
package struct Authentication {
    /// last_seen_at and last_used_at are written at most once in this number of seconds.
    static let touchInterval: Int64 = 300

    private let connection: Connection
    private let environment: Environment
    private let tokens: RecentTokens
    private let tickets: OpenedTickets
    private let configuration: Configuration

    /// - Parameter configuration: the connection's, where there is one already.
    package init(_ connection: Connection, _ environment: Environment, _ configuration: Configuration? = nil) {
        self.connection = connection
        self.environment = environment
        tokens = RecentTokens(connection)
        tickets = OpenedTickets(connection)
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
        /// A ticket came, in the address of a stream, that is worth nothing there; a cookie beside it does not help.
        case badTicket
    }

    /// Changes nothing; that a session or a token was used is noted by `noteUse`.
    package func identify(_ request: Request) throws -> Outcome {
        if let secret = Self.bearer(in: request) { return try token(secret) }
        if let secret = StreamTicket.secret(in: request) { return try ticket(secret, request) }
        guard let secret = SessionCookie.token(in: request) else { return .anonymous }
        return try session(secret)
    }

    /// What a request of a known user proves that with; nil for a ticket, which begets no other.
    package static func proof(in request: Request) -> AccessProof? {
        if let secret = bearer(in: request) { return .token(hash: SHA256.hash(secret)) }
        guard StreamTicket.secret(in: request) == nil else { return nil }
        return SessionCookie.token(in: request).map { .session(hash: SHA256.hash($0)) }
    }

    /// Notes the use of a session or a token, at most once in `touchInterval` and unless another writer has the gate;
    /// of a ticket, that it has opened its stream.
    /// Call outside any transaction. Streams that look again now and then do not call it, else an open tab would keep
    /// its session for ever. A note that cannot be written (the disk is full, a lock is held) must not fail the request
    /// that it is about.
    package func noteUse(by principal: Principal) {
        let now = environment.now()
        let isDue = Self.isDue(principal.lastUsedAt, now)
        switch principal.credential {
        case .session(let id, _): if isDue { _ = try? SessionStore(connection).touch(id, at: now) }
        case .token(let id, _): if isDue { _ = try? TokenStore(connection).touch(id, at: now) }
        case .ticket(let ticket, _): tickets.note(ticket.id, isNoted: ticket.isOpened)
        }
    }

    /// What follows `Bearer` in the Authorization header; nil when the header is not there or of another scheme.
    static func bearer(in request: Request) -> String? {
        guard let header = request.headers["Authorization"] else { return nil }
        let parts = header.utf8.split(separator: 0x20, maxSplits: 1)
        guard let scheme = parts.first, String(Substring(scheme)).lowercased() == "bearer" else { return nil }
        return parts.count == 2 ? String(Substring(parts[1])).trimmed : ""
    }

    private func token(_ secret: String) throws -> Outcome {
        guard let (token, user) = try token(hash: SHA256.hash(secret)) else { return .badToken }
        let credential = Principal.Credential.token(id: token.id, scopes: token.scopes)
        return .known(Principal(user: user, credential: credential, lastUsedAt: token.lastUsedAt))
    }

    private func token(hash: [UInt8]) throws -> RecentTokens.Entry? {
        let now = environment.now()
        guard let (token, user) = try tokens.find(hash: hash), token.isAlive(at: now), user.isWelcome(at: now) else {
            return nil
        }
        return (token, user)
    }

    private func session(hash: [UInt8]) throws -> (session: Session, user: User)? {
        let now = environment.now()
        guard let (session, user) = try SessionStore(connection).find(hash: hash),
            session.isAlive(at: now, idleLimit: try configuration.sessionIdleLimit), user.isWelcome(at: now)
        else { return nil }
        return (session, user)
    }

    private func ticket(_ secret: String, _ request: Request) throws -> Outcome {
        guard let ticket = try tickets.find(secret, path: request.rawPath, at: environment.now()) else {
            return .badTicket
        }
        let found: (user: User, scopes: Set<Permission>)? =
            switch ticket.proof {
            case .session(let hash): try session(hash: hash).map { ($0.user, $0.user.role.permissions) }
            case .token(let hash): try token(hash: hash).map { ($0.user, $0.token.scopes) }
            }
        guard let found else { return .badTicket }
        return .known(Principal(user: found.user, credential: .ticket(ticket, scopes: found.scopes)))
    }

    private func session(_ secret: String) throws -> Outcome {
        guard let (session, user) = try session(hash: SHA256.hash(secret)) else { return .expired }
        let credential = Principal.Credential.session(id: session.id, csrfToken: CSRF.token(session: secret))
        return .known(Principal(user: user, credential: credential, lastUsedAt: session.lastSeenAt))
    }

    private static func isDue(_ last: Timestamp?, _ now: Timestamp) -> Bool {
        last.map { now >= $0.adding(seconds: touchInterval) } ?? true
    }
}
