import Crypto
package import Database
import Support

/// All SQL of the session table.
package struct SessionStore {
    let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// A session that is being made.
    struct New {
        var token: String
        var userID: Int64
        var ip: String
        var userAgent: String
    }

    /// The session of the SHA-256 of a cookie's token with its user; nil when there is none. Says nothing about expiry.
    func find(hash: [UInt8]) throws(DatabaseError) -> (session: Session, user: User)? {
        try connection.first(
            """
            SELECT s.id, s.user_id, s.ip, s.user_agent, s.created_at, s.last_seen_at, s.expires_at,
                \(UserStore.columns)
            FROM session s JOIN "user" u ON u.id = s.user_id WHERE s.token_hash = \(hash)
            """
        ) { row throws(DatabaseError) in
            (Self.read(row), try UserStore.read(row, at: 7))
        }
    }

    static func read(_ row: borrowing Row) -> Session {
        Session(
            id: row.int(0),
            userID: row.int(1),
            ip: row.text(2),
            userAgent: row.text(3),
            createdAt: row.time(4),
            lastSeenAt: row.time(5),
            expiresAt: row.time(6)
        )
    }

    /// Adds a session. Call inside a transaction.
    /// - Parameter limit: seconds that it lasts at most.
    func add(_ new: New, at now: Timestamp, limit: Int64) throws(DatabaseError) -> Int64 {
        try connection.insert(
            """
            INSERT INTO session (token_hash, user_id, ip, user_agent, last_seen_at, expires_at, created_at)
            VALUES (\(SHA256.hash(new.token)), \(new.userID), \(new.ip), \(String(new.userAgent.prefix(300))),
                \(now), \(now.adding(seconds: limit)), \(now))
            """
        )
    }

    /// Notes that the session was used, unless another process writes just now.
    func touch(_ id: Int64, at now: Timestamp) throws {
        try connection.writeIfFree {
            try connection.execute("UPDATE session SET last_seen_at = \(now) WHERE id = \(id)")
        }
    }

    /// Ends the session of a cookie's token, if there is one. Call inside a transaction.
    func end(token: String) throws(DatabaseError) {
        try connection.execute("DELETE FROM session WHERE token_hash = \(SHA256.hash(token))")
    }

    /// Ends a session because its user logs out: its cookie is worth nothing from the next request on.
    package func logOut(_ id: Int64, ofUser user: Int64, context: WriteContext) throws {
        try connection.write {
            guard try connection.execute("DELETE FROM session WHERE id = \(id)") > 0 else { return }
            let entry = AuditEntry("session.end", "user", id: user, before: ["session": .int(id)])
            try AuditStore(connection).append(entry, context: context)
        }
    }

    /// Ends every session of a user, but one if that is named. Call inside a transaction.
    /// - Returns: how many were ended.
    @discardableResult
    func endAll(ofUser id: Int64, but kept: Int64? = nil) throws(DatabaseError) -> Int {
        try connection.execute("DELETE FROM session WHERE user_id = \(id) AND id <> \(kept ?? 0)")
    }

    /// Removes what has expired, unless the clock has only jumped. Call inside a transaction.
    func removeExpired(at present: Timestamp, idleLimit: Int64) throws(DatabaseError) {
        let now = try SeenTimeStore(connection).retentionTime(at: present)
        let idleSince = now.adding(seconds: -idleLimit)
        try connection.execute("DELETE FROM session WHERE expires_at <= \(now) OR last_seen_at <= \(idleSince)")
    }
}
