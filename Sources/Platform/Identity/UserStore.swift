import Crypto
package import Database
import Support

/// All SQL of the user table.
package struct UserStore {
    let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// The columns that `read` takes, of a table that the statement calls u.
    static let columns: SQL = """
        u.id, u.email, u.username, u.first_name, u.last_name, u.role, u.is_active, u.verified_at, u.last_login_at,
        u.failed_logins, u.locked_until, u.version, u.created_at, u.updated_at
        """

    /// Reads `columns`, the first of which is the row's column `at`.
    static func read(_ row: borrowing Row, at start: Int32 = 0) throws(DatabaseError) -> User {
        guard let role = Role(rawValue: row.text(start + 5)) else {
            throw DatabaseError(.decoding, "user \(row.int(start)) has an unknown role")
        }
        return User(
            id: row.int(start),
            email: row.text(start + 1),
            username: row.textOrNil(start + 2),
            firstName: row.textOrNil(start + 3),
            lastName: row.textOrNil(start + 4),
            role: role,
            isActive: row.bool(start + 6),
            verifiedAt: row.timeOrNil(start + 7),
            lastLoginAt: row.timeOrNil(start + 8),
            failedLogins: row.int(start + 9),
            lockedUntil: row.timeOrNil(start + 10),
            version: row.int(start + 11),
            createdAt: row.time(start + 12),
            updatedAt: row.time(start + 13)
        )
    }

    // MARK: Reading

    package func find(_ id: Int64) throws(DatabaseError) -> User? {
        try connection.first("SELECT \(Self.columns) FROM \"user\" u WHERE u.id = \(id)") { row throws(DatabaseError) in
            try Self.read(row)
        }
    }

    /// By email address, in any case.
    package func find(email: String) throws(DatabaseError) -> User? {
        let folded = UserValidation.foldedEmail(email)
        return try connection.first("SELECT \(Self.columns) FROM \"user\" u WHERE u.email = \(folded)") {
            row throws(DatabaseError) in try Self.read(row)
        }
    }

    /// The user whom a login names by email address or username, with the password's hash.
    func credentials(_ identifier: String) throws(DatabaseError) -> (user: User, hash: PasswordHash)? {
        let (column, folded) = Self.key(identifier)
        return try credentials(where: "u.\(ident: column) = \(folded)")
    }

    /// A user with the password's hash.
    func credentials(of id: Int64) throws(DatabaseError) -> (user: User, hash: PasswordHash)? {
        try credentials(where: "u.id = \(id)")
    }

    private func credentials(where condition: SQL) throws(DatabaseError) -> (user: User, hash: PasswordHash)? {
        try connection.first("SELECT \(Self.columns), u.password_hash FROM \"user\" u WHERE \(condition)") {
            row throws(DatabaseError) in (try Self.read(row), PasswordHash(stored: row.text(14)))
        }
    }

    /// The unique column that a name belongs to, and the name as it stands there.
    private static func key(_ identifier: String) -> (column: String, folded: String) {
        let folded = identifier.trimmed.caseFolded
        return (folded.contains("@") ? "email" : "username_folded", folded)
    }

    /// Everybody, by email address.
    package func all() throws(DatabaseError) -> [User] {
        try connection.all("SELECT \(Self.columns) FROM \"user\" u ORDER BY u.email") { row throws(DatabaseError) in
            try Self.read(row)
        }
    }

    package func isEmpty() throws(DatabaseError) -> Bool {
        try connection.first("SELECT 1 FROM \"user\" LIMIT 1") { _ in true } == nil
    }

    // MARK: Logging in

    /// Counts a login of whom the name means, if anybody, until `noteLogin` says that it was right. Call inside a
    /// transaction.
    func noteAttempt(_ identifier: String) throws(DatabaseError) {
        let (column, folded) = Self.key(identifier)
        try connection.execute(
            "UPDATE \"user\" SET failed_logins = failed_logins + 1 WHERE \(ident: column) = \(folded)"
        )
    }

    /// Notes a login. Call inside a transaction.
    func noteLogin(_ id: Int64, at now: Timestamp) throws(DatabaseError) {
        try connection.execute(
            "UPDATE \"user\" SET last_login_at = \(now), failed_logins = 0 WHERE id = \(id)"
        )
    }

    /// Replaces the stored hash by another of the same password, if it still is the stored one. Call inside a
    /// transaction.
    func updateHash(_ old: PasswordHash, to new: PasswordHash, of id: Int64, at now: Timestamp) throws(DatabaseError) {
        try connection.execute(
            """
            UPDATE "user" SET password_hash = \(new.text), updated_at = \(SQL.updated(at: now))
            WHERE id = \(id) AND password_hash = \(old.text)
            """
        )
    }
}
