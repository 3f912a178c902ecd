public import Database
import Support

// Kinds of jobs of which only one runs at a time, first come, first served.

extension JobStore {
    /// The condition that no job of the queue stands before this one: none that runs, and of those that run (when the
    /// setting was changed meanwhile) none that is older.
    static func isFirst(in kinds: [String]) -> SQL {
        """
        (kind NOT IN \(list: kinds) OR NOT EXISTS (
            SELECT 1 FROM job o
            WHERE o.kind IN \(list: kinds) AND o.status IN ('processing', 'validating') AND o.id <> job.id
                AND (job.status = 'pending' OR o.id < job.id)))
        """
    }

    /// Notes on the jobs that are due which job of their queue they wait for; whoever watches them is told.
    /// - Returns: how many were noted; nothing happens while somebody else writes.
    @discardableResult
    func noteWaiting(in kinds: [String], at now: Timestamp) throws -> Int {
        guard let first = try running(of: kinds) else { return 0 }
        let waiting = try connection.all(
            """
            SELECT id FROM job
            WHERE status = 'pending' AND kind IN \(list: kinds) AND scheduled_at <= \(now)
                AND (waiting_reason IS NULL OR waiting_reason = 'queue') AND COALESCE(waiting_for, 0) <> \(first)
            ORDER BY id LIMIT 100
            """
        ) { row in row.int(0) }
        guard !waiting.isEmpty else { return 0 }
        return try connection.writeIfFree {
            for id in waiting {
                try connection.execute(
                    """
                    UPDATE job SET waiting_reason = 'queue', waiting_for = \(first), updated_at = \(now)
                    WHERE id = \(id) AND status = 'pending'
                    """
                )
                try announce(id, at: now)
            }
            return waiting.count
        } ?? 0
    }

    /// Whether a job of these kinds is under way, also one whose worker has died and will be replaced.
    public func isAnyRunning(of kinds: [String]) throws(DatabaseError) -> Bool { try running(of: kinds) != nil }

    private func running(of kinds: [String]) throws(DatabaseError) -> Int64? {
        try connection.first(
            """
            SELECT id FROM job WHERE status IN ('processing', 'validating') AND kind IN \(list: kinds)
            ORDER BY id LIMIT 1
            """
        ) { row in row.int(0) }
    }
}
