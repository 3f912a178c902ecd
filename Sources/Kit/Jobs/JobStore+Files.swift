public import Database
public import Support

// The uploads that jobs keep: found again by their hash, removed when their time is over.

extension JobStore {
    /// The job that brought the very same file before: one that is done, whether or not it was undone, or one that is
    /// under way.
    func duplicate(of order: Order) throws(DatabaseError) -> Int64? {
        guard let hash = order.fileHash else { return nil }
        return try connection.first(
            """
            SELECT id FROM job
            WHERE file_hash = \(hash) AND kind = \(order.kind) AND status NOT IN ('failed', 'cancelled')
            ORDER BY id DESC LIMIT 1
            """
        ) { row in row.int(0) }
    }

    /// Jobs that ended before the moment and still keep their file, oldest first.
    public func keepingFiles(endedBefore moment: Timestamp, limit: Int = 100) throws(DatabaseError) -> [Job] {
        try connection.all(
            """
            SELECT \(Self.columns) FROM job
            WHERE file_kept = 1 AND status IN ('completed', 'failed', 'cancelled') AND completed_at < \(moment)
            ORDER BY id LIMIT \(limit)
            """,
            Self.read
        )
    }

    /// Gives a job's file up: the closure removes it inside the transaction, so that nobody restarts the job meanwhile.
    /// - Returns: whether that was done; not when the job runs again or somebody else is writing.
    public func giveFileUp(_ job: Job, remove: () throws -> Void) throws -> Bool {
        try connection.writeIfFree {
            let ended = try connection.execute(
                """
                UPDATE job SET file_kept = 0 WHERE id = \(job.id) AND status IN ('completed', 'failed', 'cancelled')
                """
            )
            guard ended == 1 else { return false }
            try remove()
            return true
        } ?? false
    }

    /// Runs the closure inside a transaction in which the job with this public id is over, so that no user takes it up
    /// meanwhile; not when another writer has the gate.
    public func ifOver(publicID: String, _ body: () throws -> Void) throws {
        let isOver = { () throws(DatabaseError) in
            try connection.first(
                """
                SELECT 1 FROM job
                WHERE public_id = \(publicID) AND status IN ('completed', 'failed', 'cancelled')
                """
            ) { _ in true } ?? false
        }
        guard try isOver() else { return }
        try connection.writeIfFree { if try isOver() { try body() } }
    }

    /// Whether a job has this public id and is not over, or ended after the moment.
    public func needsFiles(publicID: String, endedAfter moment: Timestamp) throws(DatabaseError) -> Bool {
        try connection.first(
            """
            SELECT 1 FROM job WHERE public_id = \(publicID)
                AND (completed_at IS NULL OR completed_at >= \(moment)
                    OR status NOT IN ('completed', 'failed', 'cancelled'))
            """
        ) { _ in true } ?? false
    }

    /// Whether a job has this public id.
    public func exists(publicID: String) throws(DatabaseError) -> Bool {
        try connection.first("SELECT 1 FROM job WHERE public_id = \(publicID)") { _ in true } ?? false
    }
}
