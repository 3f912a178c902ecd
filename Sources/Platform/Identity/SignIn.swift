import Crypto
package import Database
package import Support
package import Web

/// Checks a password and begins a session: the one way in for the login page and for the API.
package struct SignIn {
    private let connection: Connection
    private let environment: Environment

    package init(_ connection: Connection, _ environment: Environment) {
        self.connection = connection
        self.environment = environment
    }

    /// What became of a login.
    package enum Outcome: Sendable, Equatable {
        /// The session has begun; the answer must carry the cookie.
        case done(user: User, csrfToken: String, cookie: SetCookie)
        /// Wrong password, no such user or not welcome: which of them is not told.
        case refused
        /// Too many attempts; another one may be made after these seconds.
        case throttled(seconds: Int64)
    }

    /// Tries email address or username with a password. Known and unknown names take the same steps: one
    /// transaction, one password hash.
    /// - Throws: `DatabaseError`, `CryptoError`.
    package func attempt(_ identifier: String, password: String, _ request: Request) throws -> Outcome {
        let users = UserStore(connection)
        let found = try users.credentials(identifier)
        let (id, address) = (found?.user.id, request.remoteAddress)
        let pair = LoginThrottle.pair(name: identifier, user: id, address: address)
        let begun = environment.now()
        let wait = try connection.write(.normal) {
            let wait = try LoginThrottle(connection: connection).secondsToWait(pair, at: begun) {
                () throws(DatabaseError) in
                // A name without a user is looked up too, so that it takes as long.
                try LoginTrail(connection).hasBegun(id ?? 0, from: address, at: begun)
            }
            if wait == nil { try users.noteAttempt(identifier) }
            return wait
        }
        if let wait { return .throttled(seconds: wait) }
        let right = try (found?.hash ?? .ofNobody).verify(password)
        guard let (user, hash) = found, right, user.isWelcome(at: environment.now()) else {
            // One more transaction for known and unknown names alike.
            return try connection.write(.normal) { try refuse(found?.user.id, request) }
        }
        let newHash = hash.needsRehash ? try PasswordHash.make(password) : nil
        return try connection.write(.normal) {
            // The look at the password took its time, and it may have been changed or the user shut out meanwhile.
            guard let (user, standing) = try users.credentials(of: user.id), standing.text == hash.text,
                user.isWelcome(at: environment.now())
            else { return try refuse(user.id, request) }
            try LoginAttemptStore(connection: connection).remove(pair)
            if let newHash { try users.updateHash(hash, to: newHash, of: user.id, at: environment.now()) }
            return try begin(user, request)
        }
    }

    /// Call inside a transaction.
    private func refuse(_ user: Int64?, _ request: Request) throws(DatabaseError) -> Outcome {
        try LoginTrail(connection).failed(user, context(.anonymous, request))
        return .refused
    }

    /// A new session in place of the one that the browser had: a token that was known before the login is worth
    /// nothing after it.
    private func begin(_ user: User, _ request: Request) throws(DatabaseError) -> Outcome {
        let sessions = SessionStore(connection)
        let now = environment.now()
        if let old = SessionCookie.token(in: request) { try sessions.end(token: old) }
        let configuration = Configuration(connection)
        try sessions.removeExpired(at: now, idleLimit: try configuration.sessionIdleLimit)
        let new = SessionStore.New(
            token: environment.makeToken(),
            userID: user.id,
            ip: request.remoteAddress,
            userAgent: request.headers["User-Agent"] ?? ""
        )
        let session = try sessions.add(new, at: now, limit: try configuration.sessionAbsoluteLimit)
        try UserStore(connection).noteLogin(user.id, at: now)
        try LoginTrail(connection).begun(session, of: user.id, context(.user(user.id), request))
        return .done(
            user: user,
            csrfToken: CSRF.token(session: new.token),
            cookie: SessionCookie.handing(new.token, to: request)
        )
    }

    /// Ends the session of a principal who came with one.
    /// - Returns: what takes the browser's cookie away.
    package func end(_ principal: Principal, _ request: Request) throws -> SetCookie {
        if case .session(let id, _) = principal.credential {
            let context = context(principal.actor, request)
            try SessionStore(connection).logOut(id, ofUser: principal.user.id, context: context)
        }
        return SessionCookie.removing(for: request)
    }

    private func context(_ actor: Actor, _ request: Request) -> WriteContext {
        WriteContext(actor: actor, requestID: request.id, ip: request.remoteAddress, now: environment.now())
    }
}
