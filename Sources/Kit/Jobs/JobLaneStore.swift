public import Database
public import Support

/// All SQL of the job_lane table: lanes in which nothing begins.
public struct JobLaneStore {
    private let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// A lane in which nothing begins until a user resumes it.
    public struct Paused: Sendable, Equatable {
        public let name: String
        public let at: Timestamp
        /// Who paused it, as `Actor` writes it.
        public let by: String
    }

    public func paused() throws(DatabaseError) -> [Paused] {
        try connection.all("SELECT name, paused_at, paused_by FROM job_lane ORDER BY name") { row in
            Paused(name: row.text(0), at: row.time(1), by: row.text(2))
        }
    }

    /// Lets no job of the lane begin or go on from now on; those under way end. One that is paused stays as it is.
    public func pause(_ name: String, _ context: WriteContext) throws {
        try connection.write {
            let added = try connection.execute(
                """
                INSERT INTO job_lane (name, paused_at, paused_by)
                VALUES (\(name), \(context.now), \(context.actor.description)) ON CONFLICT (name) DO NOTHING
                """
            )
            if added == 1 { try audit("pause", name, context) }
        }
    }

    /// Lets jobs of the lane begin again.
    public func resume(_ name: String, _ context: WriteContext) throws {
        try connection.write {
            if try connection.execute("DELETE FROM job_lane WHERE name = \(name)") == 1 {
                try audit("resume", name, context)
            }
        }
    }

    private func audit(_ verb: String, _ name: String, _ context: WriteContext) throws(DatabaseError) {
        try AuditStore(connection).append(AuditEntry("job_lane.\(verb)", "job_lane", id: name), context: context)
    }

    /// How many jobs of these kinds wait to begin and how many are under way.
    public func counts(of kinds: [String]) throws(DatabaseError) -> (waiting: Int64, running: Int64) {
        try connection.first(
            """
            SELECT COALESCE(SUM(CASE WHEN status = 'pending' THEN 1 ELSE 0 END), 0),
                COALESCE(SUM(CASE WHEN status = 'pending' THEN 0 ELSE 1 END), 0)
            FROM job WHERE status IN ('pending', 'processing', 'validating') AND kind IN \(list: kinds)
            """
        ) { row in (row.int(0), row.int(1)) } ?? (0, 0)
    }
}
