import Crypto
package import Database
import Support

/// All SQL of the user table.
package struct UserStore {
    private let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// The columns that `read` takes, of a table that the statement calls u.
    static let columns: SQL = """
        u.id, u.email, u.username, u.first_name, u.last_name, u.role, u.is_active, u.verified_at, u.last_login_at,
        u.failed_logins, u.locked_until, u.created_at, u.updated_at
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
            createdAt: row.time(start + 11),
            updatedAt: row.time(start + 12)
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
        return try connection.first(
            "SELECT \(Self.columns), u.password_hash FROM \"user\" u WHERE u.\(ident: column) = \(folded)"
        ) { row throws(DatabaseError) in (try Self.read(row), PasswordHash(stored: row.text(13))) }
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

    // MARK: Writing

    /// Adds a user whose fields were validated.
    /// - Parameter onlyAsFirst: adds nobody when there is a user already, whoever was quicker.
    /// - Returns: the new user's id; nil when somebody was there and `onlyAsFirst` was asked for.
    /// - Throws: `IdentityError` when the email address or the username is taken; `CryptoError`; `DatabaseError`.
    package func create(_ new: NewUser, onlyAsFirst: Bool = false, context: WriteContext) throws -> Int64? {
        let hash = try PasswordHash.make(new.password)
        let email = UserValidation.foldedEmail(new.email)
        return try connection.write {
            if onlyAsFirst, try !isEmpty() { return nil }
            if try find(email: email) != nil { throw IdentityError.emailTaken(email) }
            if let username = new.username, try credentials(username) != nil {
                throw IdentityError.usernameTaken(username)
            }
            let id = try connection.insert(
                """
                INSERT INTO "user" (email, username, username_folded, password_hash, first_name, last_name, role,
                    created_at, updated_at)
                VALUES (\(email), \(new.username), \(new.username?.caseFolded), \(hash.text), \(new.firstName),
                    \(new.lastName), \(new.role.rawValue), \(context.now), \(context.now))
                """
            )
            let after: JSON = [
                "email": .string(email), "username": .optional(new.username), "first_name": .optional(new.firstName),
                "last_name": .optional(new.lastName), "role": .string(new.role.rawValue),
            ]
            try AuditStore(connection).append(AuditEntry("user.create", "user", id: id, after: after), context: context)
            return id
        }
    }

    /// Sets a validated password and ends every session of the user: whoever knew the old one is out. Tokens stay.
    package func setPassword(_ password: String, of id: Int64, context: WriteContext) throws {
        let hash = try PasswordHash.make(password)
        try connection.write {
            try updateHash(hash, of: id, at: context.now)
            try SessionStore(connection).endAll(ofUser: id)
            try AuditStore(connection).append(AuditEntry("user.password", "user", id: id), context: context)
        }
    }

    /// Lets a user in again, or locks them out from the next request on.
    package func setActive(_ active: Bool, _ id: Int64, context: WriteContext) throws {
        try connection.write {
            try connection.execute(
                "UPDATE \"user\" SET is_active = \(active), updated_at = \(context.now) WHERE id = \(id)"
            )
            if !active { try SessionStore(connection).endAll(ofUser: id) }
            let action = active ? "user.activate" : "user.deactivate"
            try AuditStore(connection).append(AuditEntry(action, "user", id: id), context: context)
        }
    }

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

    /// Replaces the stored hash. Call inside a transaction.
    func updateHash(_ hash: PasswordHash, of id: Int64, at now: Timestamp) throws(DatabaseError) {
        try connection.execute(
            "UPDATE \"user\" SET password_hash = \(hash.text), updated_at = \(now) WHERE id = \(id)"
        )
    }
}
