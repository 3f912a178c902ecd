public import Support

/// All SQL of the time_seen table, one row: up to where time is believed when what was kept long enough is removed. The
/// job runner moves it on.
public struct SeenTimeStore {
    public let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// As it was noted last; nil before the first time.
    public func believed() throws(DatabaseError) -> Timestamp? {
        try connection.first("SELECT believed_at FROM time_seen WHERE id = 1") { row in row.time(0) }
    }

    /// Moves it on, never back. Call inside a transaction.
    public func note(_ time: Timestamp) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO time_seen (id, believed_at) VALUES (1, \(time))
            ON CONFLICT (id) DO UPDATE SET believed_at = excluded.believed_at
            WHERE time_seen.believed_at < excluded.believed_at
            """
        )
    }

    /// What may be taken for the present when something is to be removed: not later than what is believed.
    public func retentionTime(at now: Timestamp) throws(DatabaseError) -> Timestamp {
        min(now, try believed() ?? now)
    }
}
