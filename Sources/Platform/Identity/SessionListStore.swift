import Crypto
package import Database
package import Support

// A person's own sessions, to be looked at and ended.
extension SessionStore {
    /// The order of a list of sessions; ties by id.
    package enum Sort: String, Sendable, CaseIterable {
        case id
        case lastSeenAt = "last_seen_at"

        var column: SQL { self == .id ? "s.id" : "s.last_seen_at" }

        package func value(of session: Session) -> Int64 {
            self == .id ? session.id : session.lastSeenAt.milliseconds
        }
    }

    private func living(ofUser id: Int64, at now: Timestamp) throws(DatabaseError) -> SQL {
        let idleSince = now.adding(seconds: -(try Configuration(connection).sessionIdleLimit))
        return "s.user_id = \(id) AND s.expires_at > \(now) AND s.last_seen_at > \(idleSince)"
    }

    /// One page of a user's living sessions, those behind a session's sort value and id.
    package func list(
        ofUser id: Int64,
        at now: Timestamp,
        _ sort: Sort = .lastSeenAt,
        descends: Bool = true,
        after cursor: (value: Int64, id: Int64)? = nil,
        limit: Int
    ) throws(DatabaseError) -> [Session] {
        let direction: SQL = descends ? "DESC" : "ASC"
        let beyond: SQL = descends ? "<" : ">"
        let start: SQL = cursor.map { "AND (\(sort.column), s.id) \(beyond) (\($0.value), \($0.id))" } ?? ""
        return try connection.all(
            """
            SELECT s.id, s.user_id, s.ip, s.user_agent, s.created_at, s.last_seen_at, s.expires_at FROM session s
            WHERE \(try living(ofUser: id, at: now)) \(start)
            ORDER BY \(sort.column) \(direction), s.id \(direction) LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in Self.read(row) }
    }

    package func count(ofUser id: Int64, at now: Timestamp) throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM session s WHERE \(try living(ofUser: id, at: now))") { row in
            row.int(0)
        } ?? 0
    }

    /// Ends one session of a user. Throws `IdentityError.missing` when it is not there or another user's.
    package func end(_ id: Int64, ofUser user: Int64, context: WriteContext) throws {
        try connection.write {
            let session = try connection.first(
                """
                SELECT s.id, s.user_id, s.ip, s.user_agent, s.created_at, s.last_seen_at, s.expires_at FROM session s
                WHERE s.id = \(id) AND s.user_id = \(user)
                """
            ) { row throws(DatabaseError) in Self.read(row) }
            guard let session else { throw IdentityError.missing }
            try connection.execute("DELETE FROM session WHERE id = \(id)")
            let before: JSON = [
                "user_id": .int(user), "ip": .string(session.ip), "user_agent": .string(session.userAgent),
            ]
            let entry = AuditEntry("session.revoke", "session", id: id, before: before)
            try AuditStore(connection).append(entry, context: context)
        }
    }

    /// Ends every session of a user but one.
    /// - Returns: how many were ended.
    package func endOthers(ofUser user: Int64, but kept: Int64?, context: WriteContext) throws -> Int {
        try connection.write {
            let ended = try endAll(ofUser: user, but: kept)
            if ended > 0 {
                let entry = AuditEntry("session.revoke_others", "user", id: user, after: ["ended": .int(ended)])
                try AuditStore(connection).append(entry, context: context)
            }
            return ended
        }
    }

    /// Gives a session another secret: a thief of the old one is out. Call inside a transaction.
    func renew(_ id: Int64, token: String) throws(DatabaseError) {
        try connection.execute("UPDATE session SET token_hash = \(SHA256.hash(token)) WHERE id = \(id)")
    }
}
