import Crypto
package import Database
package import Support
package import Web

/// Somebody's own password: asked for once more before what a thief of a session would do first, and changed.
package struct OwnPassword {
    private let connection: Connection
    private let environment: Environment

    package init(_ connection: Connection, _ environment: Environment) {
        self.connection = connection
        self.environment = environment
    }

    package enum Outcome: Sendable, Equatable {
        case right
        case wrong
        /// Too many attempts; another one may be made after these seconds.
        case throttled(seconds: Int64)
    }

    /// Whether that is the password of a user who is logged in. Guesses are bounded as at the login, but counted apart:
    /// whoever has a session cannot lock out its user.
    ///
    /// Throws 403 as `HandedOut` does: a token that may not change what the password guards may not try it either.
    package func check(_ password: String, of user: User, _ request: Request, context: WriteContext) throws -> Outcome {
        try HandedOut(connection).check(user.role.permissions, context)
        let pair = LoginThrottle.pair(ownPasswordOf: user.id, address: request.remoteAddress)
        let wait = try connection.write(.normal) {
            try LoginThrottle(connection: connection).secondsToWait(pair, at: environment.now()) { true }
        }
        if let wait { return .throttled(seconds: wait) }
        let stored = try UserStore(connection).credentials(user.email)
        let isRight = try (stored?.hash ?? .ofNobody).verify(password)
        return try connection.write(.normal) {
            guard isRight else {
                let entry = AuditEntry("password.refuse", "user", id: user.id)
                try AuditStore(connection).append(entry, context: context)
                return .wrong
            }
            try LoginAttemptStore(connection: connection).remove(pair)
            return .right
        }
    }

    /// Sets a validated password, ends the user's other sessions and gives this one another secret: whoever else knows
    /// the old cookie is out too.
    /// - Returns: the new cookie with its CSRF token; nil when a token made the request.
    package func change(
        to password: String,
        _ principal: Principal,
        _ request: Request,
        context: WriteContext
    ) throws -> (cookie: SetCookie, csrfToken: String)? {
        let users = UserStore(connection)
        guard case .session(let session, _) = principal.credential else {
            try users.setPassword(password, of: principal.user.id, context: context)
            return nil
        }
        let token = environment.makeToken()
        try users.setPassword(password, of: principal.user.id, renewing: (session, token), context: context)
        return (SessionCookie.handing(token, to: request), CSRF.token(session: token))
    }
}
