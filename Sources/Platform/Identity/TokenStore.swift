import Crypto
package import Database
package import Support
package import Web

/// All SQL of the api_token table.
package struct TokenStore {
    /// How many valid tokens a user may have.
    package static let mostPerUser = 100

    let connection: Connection

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

    static let columns: SQL = """
        t.id, t.user_id, t.name, t.prefix, t.scopes, t.last_used_at, t.expires_at, t.revoked_at, t.previous_until,
        t.created_at, t.updated_at
        """

    static func read(_ row: borrowing Row) throws(DatabaseError) -> APIToken {
        APIToken(
            id: row.int(0),
            userID: row.int(1),
            name: row.text(2),
            prefix: row.text(3),
            scopes: Set(row.text(4).utf8.split(separator: 0x20).map { Permission(rawValue: String(Substring($0))) }),
            lastUsedAt: row.timeOrNil(5),
            expiresAt: row.timeOrNil(6),
            revokedAt: row.timeOrNil(7),
            previousUntil: row.timeOrNil(8),
            createdAt: row.time(9),
            updatedAt: row.time(10)
        )
    }

    /// The token of a secret's SHA-256 with its user; nil when there is none. Says nothing about expiry, but gives a
    /// token that was found by the secret before its rotation the earlier end of that.
    func find(hash: [UInt8]) throws(DatabaseError) -> (token: APIToken, user: User)? {
        if let found = try find("t.token_hash = \(hash)") { return found }
        guard var found = try find("t.previous_hash = \(hash)"), let end = found.token.previousUntil else {
            return nil
        }
        found.token.expiresAt = min(found.token.expiresAt ?? end, end)
        return found
    }

    /// Whether it is the SHA-256 of a secret that a rotation has replaced.
    func isReplaced(_ hash: [UInt8]) throws(DatabaseError) -> Bool {
        try connection.first("SELECT 1 FROM api_token WHERE previous_hash = \(hash)") { _ in true } ?? false
    }

    private func find(_ condition: SQL) throws(DatabaseError) -> (token: APIToken, user: User)? {
        try connection.first(
            """
            SELECT \(Self.columns), \(UserStore.columns)
            FROM api_token t JOIN "user" u ON u.id = t.user_id WHERE \(condition)
            """
        ) { row throws(DatabaseError) in (try Self.read(row), try UserStore.read(row, at: 11)) }
    }

    /// Every token with its user's email address, newest first.
    package func all() throws(DatabaseError) -> [(token: APIToken, email: String)] {
        try connection.all(
            """
            SELECT \(Self.columns), u.email FROM api_token t JOIN "user" u ON u.id = t.user_id ORDER BY t.id DESC
            """
        ) { row throws(DatabaseError) in (try Self.read(row), row.text(11)) }
    }

    /// Notes that the token was used, unless another process writes just now.
    func touch(_ id: Int64, at now: Timestamp) throws {
        try connection.writeIfFree {
            try connection.execute("UPDATE api_token SET last_used_at = \(now) WHERE id = \(id)")
        }
    }
}
