import Crypto
package import Database
package import Support

/// All SQL of the password_reset table: one-time links by which a user sets a password without knowing the old one.
/// The secret is in the link only; the table holds its SHA-256.
package struct PasswordResetStore {
    /// How long a link is good, in seconds: 24 hours.
    package static let lifetime: Int64 = 24 * 3600

    private let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// Makes a link for an active user, in place of an older one.
    ///
    /// Throws `IdentityError.missing` or `.inactive`, and 403 as `HandedOut` does.
    /// - Returns: when it ends.
    @discardableResult
    package func create(_ token: String, of id: Int64, context: WriteContext) throws -> Timestamp {
        try connection.write {
            guard let user = try UserStore(connection).find(id) else { throw IdentityError.missing }
            guard user.isActive else { throw IdentityError.inactive }
            try HandedOut(connection).check(user.role.permissions, context)
            return try add(token, of: id, context)
        }
    }

    /// As `create`, inside the caller's transaction.
    @discardableResult
    func add(_ token: String, of id: Int64, _ context: WriteContext) throws(DatabaseError) -> Timestamp {
        let end = context.now.adding(seconds: Self.lifetime)
        try removeAll(ofUser: id)
        let over = try SeenTimeStore(connection).retentionTime(at: context.now)
        try connection.execute("DELETE FROM password_reset WHERE expires_at <= \(over)")
        try connection.insert(
            """
            INSERT INTO password_reset (user_id, token_hash, expires_at, created_at)
            VALUES (\(id), \(SHA256.hash(token)), \(end), \(context.now))
            """
        )
        let after: JSON = ["expires_at": .string(end.rfc3339)]
        try AuditStore(connection).append(AuditEntry("password.link", "user", id: id, after: after), context: context)
        return end
    }

    /// Whose link that is; nil when there is none, or none any more.
    package func user(of token: String, at now: Timestamp) throws(DatabaseError) -> User? {
        try connection.first(
            """
            SELECT \(UserStore.columns) FROM password_reset r JOIN "user" u ON u.id = r.user_id
            WHERE r.token_hash = \(SHA256.hash(token)) AND r.expires_at > \(now) AND u.is_active = 1
            """
        ) { row throws(DatabaseError) in try UserStore.read(row) }
    }

    /// Sets a validated password by a link, which is used up by it, and ends every session of the user. Of two who use
    /// one link at the same time the second is refused.
    ///
    /// Throws `IdentityError.missing` when the link is not good any more.
    /// - Parameter context: what the change is to be told about, but for the actor: that is the user of the link.
    package func use(_ token: String, password: String, context: WriteContext) throws {
        let hash = try PasswordHash.make(password)
        try connection.write {
            guard let user = try user(of: token, at: context.now) else { throw IdentityError.missing }
            var context = context
            context.actor = .user(user.id)
            try UserStore(connection).replaceHash(hash, of: user.id, "password.reset", context)
        }
    }

    /// Call inside a transaction.
    func removeAll(ofUser id: Int64) throws(DatabaseError) {
        try connection.execute("DELETE FROM password_reset WHERE user_id = \(id)")
    }
}
