package import Database
package import Support

/// What ways in and attempts go by after the house's time went back: whatever was begun later than now began now, so
/// that nothing lasts longer than it should, and no user waits until that time is there again. A minute is no jump:
/// another process may just have read a clock that is a little ahead.
package struct ClockCorrectionStore {
    private let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// Call inside a transaction.
    package func putBack(to now: Timestamp) throws(DatabaseError) {
        let later = now.adding(seconds: 60)
        for table in ["session", "password_reset", "api_token"] as [SQL] {
            try connection.execute(
                """
                UPDATE \(table) SET expires_at = expires_at - created_at + \(now), created_at = \(now)
                WHERE created_at > \(later)
                """
            )
        }
        try connection.execute("UPDATE session SET last_seen_at = \(now) WHERE last_seen_at > \(later)")
        let grace = now.adding(seconds: 86_400)
        try connection.execute("UPDATE api_token SET previous_until = \(grace) WHERE previous_until > \(grace)")
        try connection.execute("UPDATE login_attempt SET created_at = \(now) WHERE created_at > \(later)")
        try connection.execute("UPDATE stream_ticket SET created_at = \(now) WHERE created_at > \(later)")
        try connection.execute(
            "UPDATE idempotency_key SET created_at = \(now), lease_until = \(now) WHERE created_at > \(later)"
        )
    }
}
