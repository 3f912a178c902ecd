import Crypto
package import Database
package import Support
package import Web

/// All SQL of the api_token table.
package struct TokenStore {
    private let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// What is needed to make a token.
    package struct New: Sendable {
        package var secret: String
        package var userID: Int64
        package var name: String
        package var scopes: Set<Permission>
        package var expiresAt: Timestamp?

        package init(secret: String, userID: Int64, name: String, scopes: Set<Permission>, expiresAt: Timestamp?) {
            self.secret = secret
            self.userID = userID
            self.name = name
            self.scopes = scopes
            self.expiresAt = expiresAt
        }
    }

    private static let columns: SQL = """
        t.id, t.user_id, t.name, t.prefix, t.scopes, t.last_used_at, t.expires_at, t.revoked_at, t.created_at
        """

    private static func read(_ row: borrowing Row) throws(DatabaseError) -> APIToken {
        APIToken(
            id: row.int(0),
            userID: row.int(1),
            name: row.text(2),
            prefix: row.text(3),
            scopes: Set(row.text(4).utf8.split(separator: 0x20).map { Permission(rawValue: String(Substring($0))) }),
            lastUsedAt: row.timeOrNil(5),
            expiresAt: row.timeOrNil(6),
            revokedAt: row.timeOrNil(7),
            createdAt: row.time(8)
        )
    }

    /// The token of a secret's SHA-256 with its user; nil when there is none. Says nothing about expiry.
    func find(hash: [UInt8]) throws(DatabaseError) -> (token: APIToken, user: User)? {
        try connection.first(
            """
            SELECT \(Self.columns), \(UserStore.columns)
            FROM api_token t JOIN "user" u ON u.id = t.user_id WHERE t.token_hash = \(hash)
            """
        ) { row throws(DatabaseError) in (try Self.read(row), try UserStore.read(row, at: 9)) }
    }

    /// Every token with its user's email address, newest first.
    package func all() throws(DatabaseError) -> [(token: APIToken, email: String)] {
        try connection.all(
            """
            SELECT \(Self.columns), u.email FROM api_token t JOIN "user" u ON u.id = t.user_id ORDER BY t.id DESC
            """
        ) { row throws(DatabaseError) in (try Self.read(row), row.text(9)) }
    }

    /// Adds a token.
    /// - Returns: its id.
    package func create(_ new: New, context: WriteContext) throws -> Int64 {
        let scopes = new.scopes.inOrder.map(\.rawValue).joined(separator: " ")
        return try connection.write {
            let id = try connection.insert(
                """
                INSERT INTO api_token (user_id, name, prefix, token_hash, scopes, expires_at, created_at, updated_at)
                VALUES (\(new.userID), \(new.name), \(APIToken.prefix(of: new.secret)), \(SHA256.hash(new.secret)),
                    \(scopes), \(new.expiresAt), \(context.now), \(context.now))
                """
            )
            let after: JSON = [
                "user_id": .int(new.userID), "name": .string(new.name), "scopes": .string(scopes),
                "expires_at": .optional(new.expiresAt),
            ]
            try AuditStore(connection).append(
                AuditEntry("token.create", "token", id: id, after: after),
                context: context
            )
            return id
        }
    }

    /// Revokes a token for good.
    /// - Returns: whether there was one of that id that was not revoked yet.
    package func revoke(_ id: Int64, context: WriteContext) throws -> Bool {
        try connection.write {
            let revoked = try connection.execute(
                """
                UPDATE api_token SET revoked_at = \(context.now), updated_at = \(context.now)
                WHERE id = \(id) AND revoked_at IS NULL
                """
            )
            guard revoked > 0 else { return false }
            try AuditStore(connection).append(AuditEntry("token.revoke", "token", id: id), context: context)
            return true
        }
    }

    /// Notes that the token was used, unless somebody is writing just now.
    func touch(_ id: Int64, at now: Timestamp) throws {
        try connection.writeIfFree {
            try connection.execute("UPDATE api_token SET last_used_at = \(now) WHERE id = \(id)")
        }
    }
}
