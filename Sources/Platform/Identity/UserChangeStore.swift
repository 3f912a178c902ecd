import Crypto
package import Database
import Support

// Every change of a user, each in one transaction with its audit entry.
extension UserStore {
    /// Adds a user whose fields were validated.
    /// - Parameters:
    ///   - onlyAsFirst: adds nobody when there is a user already, whoever was quicker.
    ///   - resetToken: the secret of a one-time link that is made with the user.
    /// - Returns: the new user's id; nil when somebody was there and `onlyAsFirst` was asked for.
    /// - Throws: `IdentityError` when the email address or the username is taken; 403 as `HandedOut` does;
    ///   `CryptoError`; `DatabaseError`.
    package func create(
        _ new: NewUser,
        onlyAsFirst: Bool = false,
        resetToken: String? = nil,
        context: WriteContext
    ) throws -> Int64? {
        // Without a password of one's own there is the hash of a random one.
        let hash = try PasswordHash.make(new.password ?? randomBytes(32).base64URL)
        let email = UserValidation.foldedEmail(new.email)
        return try connection.write {
            if onlyAsFirst, try !isEmpty() { return nil }
            try HandedOut(connection).check(new.role.permissions, context)
            try requireFree(email: email)
            if let username = new.username { try requireFree(username: username) }
            let text = Self.searchText([email, new.username, new.firstName, new.lastName])
            let id = try connection.insert(
                """
                INSERT INTO "user" (email, username, username_folded, password_hash, first_name, last_name, role,
                    search_text, created_at, updated_at)
                VALUES (\(email), \(new.username), \(new.username?.caseFolded), \(hash.text), \(new.firstName),
                    \(new.lastName), \(new.role.rawValue), \(text), \(context.now), \(context.now))
                """
            )
            if let user = try find(id) {
                try audit(AuditEntry("user.create", "user", id: id, after: user.auditJSON), context)
            }
            if let resetToken { try PasswordResetStore(connection).add(resetToken, of: id, context) }
            return id
        }
    }

    /// Stores what an edit makes of a user. Who becomes inactive is logged out everywhere at once.
    /// - Parameter edit: asked again when another request has changed the user meanwhile, so that no change is lost.
    ///
    /// Throws `IdentityError`, 403 as `HandedOut` does, and what the closure throws.
    @discardableResult
    package func update(
        _ id: Int64,
        _ action: String = "user.update",
        context: WriteContext,
        _ edit: (User) throws -> User
    ) throws -> User {
        try connection.untilSettled {
            guard let current = try find(id) else { throw IdentityError.missing }
            let edited = try edit(current)
            guard edited != current else { return current }
            return try connection.write {
                guard let standing = try find(id) else { throw IdentityError.missing }
                guard standing.version == current.version else { throw RecordChanged() }
                return try replace(standing, by: edited, action, context)
            }
        }
    }

    /// Lets a user in again, or ends every session, token and reset link of theirs.
    ///
    /// Throws as `update` does.
    @discardableResult
    package func setActive(
        _ active: Bool,
        _ id: Int64,
        context: WriteContext,
        _ check: (User) throws -> Void = { _ in }
    ) throws -> User {
        try update(id, active ? "user.activate" : "user.deactivate", context: context) { current in
            try check(current)
            var user = current
            user.isActive = active
            return user
        }
    }

    /// Marks the user as verified. The first time counts.
    @discardableResult
    package func verify(
        _ id: Int64,
        context: WriteContext,
        _ check: (User) throws -> Void = { _ in }
    ) throws -> User {
        try update(id, "user.verify", context: context) { current in
            try check(current)
            var user = current
            user.verifiedAt = current.verifiedAt ?? context.now
            return user
        }
    }

    private func replace(
        _ current: User,
        by edited: User,
        _ action: String,
        _ context: WriteContext
    ) throws -> User {
        var user = edited
        user.email = UserValidation.foldedEmail(edited.email)
        try HandedOut(connection).check(current.handedOut(by: user), context)
        if user.email != current.email {
            try requireFree(email: user.email)
            // What was made sure of was the old address.
            user.verifiedAt = nil
        }
        if let username = user.username, username.caseFolded != current.username?.caseFolded {
            try requireFree(username: username)
        }
        if current.keepsHouse(at: context.now), !user.keepsHouse(at: context.now) {
            try requireAnotherAdmin(than: current.id, at: context.now)
        }
        try connection.execute(
            """
            UPDATE "user" SET email = \(user.email), username = \(user.username),
                username_folded = \(user.username?.caseFolded), first_name = \(user.firstName),
                last_name = \(user.lastName), role = \(user.role.rawValue), is_active = \(user.isActive),
                verified_at = \(user.verifiedAt), locked_until = \(user.lockedUntil), version = version + 1,
                updated_at = \(SQL.updated(at: context.now)),
                search_text = \(Self.searchText([user.email, user.username, user.firstName, user.lastName]))
            WHERE id = \(current.id)
            """
        )
        guard let stored = try find(current.id) else { throw IdentityError.missing }
        let (before, changed) = current.auditDifference(to: stored)
        var after = changed
        if current.isActive, !stored.isActive { after += try shutOut(current.id, context) }
        if current.email != stored.email { try PasswordResetStore(connection).removeAll(ofUser: current.id) }
        try audit(
            AuditEntry(action, "user", id: current.id, before: .object(before), after: .object(after)),
            context
        )
        return stored
    }

    /// Ends all that a user could come in by. Call inside a transaction.
    private func shutOut(_ id: Int64, _ context: WriteContext) throws -> [JSON.Member] {
        let sessions = try SessionStore(connection).endAll(ofUser: id)
        let tokens = try TokenStore(connection).revokeAll(ofUser: id, at: context.now)
        try PasswordResetStore(connection).removeAll(ofUser: id)
        return [JSON.Member("sessions_ended", .int(sessions)), JSON.Member("tokens_revoked", .int(tokens))]
    }

    // MARK: Passwords

    /// Sets a validated password and ends the user's sessions: a thief of the old one is out. Tokens stay.
    ///
    /// Throws `IdentityError.missing`, and 403 as `HandedOut` does.
    /// - Parameter renewed: a session that goes on with another secret.
    package func setPassword(
        _ password: String,
        of id: Int64,
        renewing renewed: (session: Int64, token: String)? = nil,
        context: WriteContext
    ) throws {
        let hash = try PasswordHash.make(password)
        try connection.write {
            guard let user = try find(id) else { throw IdentityError.missing }
            try HandedOut(connection).check(user.role.permissions, context)
            if let renewed { try SessionStore(connection).renew(renewed.session, token: renewed.token) }
            try replaceHash(hash, of: id, "password.change", keeping: renewed?.session, context)
        }
    }

    /// Call inside a transaction.
    func replaceHash(
        _ hash: PasswordHash,
        of id: Int64,
        _ action: String,
        keeping kept: Int64? = nil,
        _ context: WriteContext
    ) throws {
        let changed = try connection.execute(
            """
            UPDATE "user" SET password_hash = \(hash.text), version = version + 1,
                updated_at = \(SQL.updated(at: context.now))
            WHERE id = \(id)
            """
        )
        guard changed > 0 else { throw IdentityError.missing }
        let sessions = try SessionStore(connection).endAll(ofUser: id, but: kept)
        // A link that was made before would undo what was done now.
        try PasswordResetStore(connection).removeAll(ofUser: id)
        try audit(AuditEntry(action, "user", id: id, after: ["sessions_ended": .int(sessions)]), context)
    }

    // MARK: Rules that hold inside the transaction

    private func requireFree(email: String) throws {
        if try find(email: email) != nil { throw IdentityError.emailTaken(email) }
    }

    private func requireFree(username: String) throws {
        if try credentials(username) != nil { throw IdentityError.usernameTaken(username) }
    }

    /// Writers come one after the other, so of two administrators who remove each other the second is refused.
    private func requireAnotherAdmin(than id: Int64, at now: Timestamp) throws {
        let another = try connection.first(
            """
            SELECT 1 FROM "user" WHERE role = \(Role.admin.rawValue) AND is_active = 1 AND id <> \(id)
                AND (locked_until IS NULL OR locked_until <= \(now)) LIMIT 1
            """
        ) { _ in true }
        if another == nil { throw IdentityError.lastAdmin }
    }

    private func audit(_ entry: AuditEntry, _ context: WriteContext) throws {
        try AuditStore(connection).append(entry, context: context)
    }

    /// What a search looks through.
    private static func searchText(_ parts: [String?]) -> String {
        parts.map { $0?.caseFolded ?? "" }.joined(separator: " ")
    }
}

extension User {
    /// What the audit trail says of a user: what people may change.
    private var audited: [(name: String, value: JSON)] {
        [
            ("email", .string(email)), ("username", .optional(username)), ("first_name", .optional(firstName)),
            ("last_name", .optional(lastName)), ("role", .string(role.rawValue)), ("is_active", .bool(isActive)),
            ("verified_at", .optional(verifiedAt)), ("locked_until", .optional(lockedUntil)),
        ]
    }

    /// Whether it is a user who can let others in.
    fileprivate func keepsHouse(at now: Timestamp) -> Bool { isAdmin && isWelcome(at: now) }

    fileprivate var auditJSON: JSON { .object(audited.map { JSON.Member($0.name, $0.value) }) }

    /// The members that differ, as they were and as they are.
    fileprivate func auditDifference(to other: User) -> (before: [JSON.Member], after: [JSON.Member]) {
        let pairs = zip(audited, other.audited).filter { $0.value != $1.value }
        return (
            pairs.map { JSON.Member($0.0.name, $0.0.value) }, pairs.map { JSON.Member($0.1.name, $0.1.value) }
        )
    }
}
