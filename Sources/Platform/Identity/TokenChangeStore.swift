import Crypto
package import Database
import Support
import Web

// Every change of a token, each in one transaction with its audit entry.
extension TokenStore {
    /// Adds a token. Throws `IdentityError.missing`, `.inactive` or `.tooManyTokens`, and 403 as `HandedOut` does.
    /// - Returns: its id.
    package func create(_ new: New, context: WriteContext) throws -> Int64 {
        let scopes = new.scopes.inOrder.map(\.rawValue)
        return try connection.write {
            // First of all: one who has just been shut out is told so.
            try HandedOut(connection).check(new.scopes, until: .time(new.expiresAt), context)
            guard let user = try UserStore(connection).find(new.userID) else { throw IdentityError.missing }
            guard user.isActive else { throw IdentityError.inactive }
            let valid = try count(TokenFilter(userID: new.userID, state: .valid), at: context.now)
            guard valid < Self.mostPerUser else { throw IdentityError.tooManyTokens }
            let id = try connection.insert(
                """
                INSERT INTO api_token (user_id, name, prefix, token_hash, scopes, expires_at, created_at, updated_at)
                VALUES (\(new.userID), \(new.name), \(APIToken.prefix(of: new.secret)), \(SHA256.hash(new.secret)),
                    \(scopes.joined(separator: " ")), \(new.expiresAt), \(context.now), \(context.now))
                """
            )
            let after: JSON = [
                "user_id": .int(new.userID), "name": .string(new.name), "scopes": .array(scopes.map(JSON.string)),
                "expires_at": .optional(new.expiresAt),
            ]
            try audit(AuditEntry("token.create", "token", id: id, after: after), context)
            return id
        }
    }

    /// Gives a valid token of a user another secret; id, name, scopes and expiry stay.
    ///
    /// Throws `IdentityError.missing` when it is not there or another user's, `.deadToken` when it is not valid, and
    /// 403 as `HandedOut` does.
    /// - Parameter grace: for how many seconds the secret before is good beside the new one; 0 ends it at once.
    package func rotate(
        _ id: Int64,
        ofUser user: Int64,
        secret: String,
        grace: Int64,
        context: WriteContext
    ) throws -> APIToken {
        try connection.write {
            try HandedOut(connection).checkRotation(context)
            guard let token = try find(id), token.userID == user else { throw IdentityError.missing }
            guard token.isAlive(at: context.now) else { throw IdentityError.deadToken }
            try HandedOut(connection).check(token.scopes, until: .time(token.expiresAt), context)
            let until = grace > 0 ? context.now.adding(seconds: grace) : nil
            // With a second rotation the secret before the first is over, whatever time it had.
            let previous: SQL = grace > 0 ? "token_hash" : "NULL"
            try connection.execute(
                """
                UPDATE api_token
                SET previous_hash = \(previous), previous_until = \(until), token_hash = \(SHA256.hash(secret)),
                    prefix = \(APIToken.prefix(of: secret)),
                    updated_at = \(SQL.updated(at: context.now))
                WHERE id = \(id)
                """
            )
            let after: JSON = [
                "prefix": .string(APIToken.prefix(of: secret)), "previous_until": .optional(until),
            ]
            let before: JSON = ["prefix": .string(token.prefix)]
            try audit(AuditEntry("token.rotate", "token", id: id, before: before, after: after), context)
            guard let rotated = try find(id) else { throw IdentityError.missing }
            return rotated
        }
    }

    /// Revokes a token for good.
    /// - Parameter user: whose it must be; nil for anybody's.
    /// - Returns: whether there was one of that id that was not revoked yet.
    package func revoke(_ id: Int64, ofUser user: Int64? = nil, context: WriteContext) throws -> Bool {
        try connection.write {
            guard let token = try find(id), user == nil || token.userID == user, token.revokedAt == nil else {
                return false
            }
            try connection.execute(
                """
                UPDATE api_token SET revoked_at = \(context.now),
                    updated_at = \(SQL.updated(at: context.now)), previous_hash = NULL,
                    previous_until = NULL
                WHERE id = \(id)
                """
            )
            let before: JSON = ["user_id": .int(token.userID), "name": .string(token.name)]
            try audit(AuditEntry("token.revoke", "token", id: id, before: before), context)
            return true
        }
    }

    /// Revokes every token of a user. Call inside a transaction.
    /// - Returns: how many that were.
    func revokeAll(ofUser user: Int64, at now: Timestamp) throws(DatabaseError) -> Int {
        try connection.execute(
            """
            UPDATE api_token
            SET revoked_at = \(now), updated_at = \(SQL.updated(at: now)), previous_hash = NULL, previous_until = NULL
            WHERE user_id = \(user) AND revoked_at IS NULL
            """
        )
    }

    private func audit(_ entry: AuditEntry, _ context: WriteContext) throws(DatabaseError) {
        try AuditStore(connection).append(entry, context: context)
    }
}
