public import Database
public import Support

extension JobStore {
    /// Notes that a job takes another one back; inside the transaction that adds it. When that one is an earlier undo
    /// of a job that a later one has taken back, nothing is certain of that job any more, nor of those that it
    /// takes back itself: they count as not undone, so that they can be undone again.
    public func noteUndone(_ job: Job, by undo: Int64, at now: Timestamp) throws {
        try connection.execute("UPDATE job SET undone_by = \(undo), updated_at = \(now) WHERE id = \(job.id)")
        try announce(job.id, at: now)
        var (job, isUncertain) = (job, false)
        while let first = try job.undoOf.flatMap({ try find(publicID: $0.publicID) }) {
            if let last = first.undoneBy, isUncertain || last.publicID != job.publicID {
                isUncertain = true
                try connection.execute("UPDATE job SET undone_by = NULL, updated_at = \(now) WHERE id = \(first.id)")
                try announce(first.id, at: now)
            }
            job = first
        }
    }

    /// The job that another one takes back; nil for one that takes none back.
    public func undone(by id: Int64) throws(DatabaseError) -> Int64? {
        try connection.first("SELECT undo_of FROM job WHERE id = \(id)") { row in row.intOrNil(0) } ?? nil
    }

    /// A stopped undo may go on only as long as the job that it takes back still waits for it: not when that was
    /// restarted, is undone by another, or has lost its history.
    func mayGoOn(_ job: Job) throws(DatabaseError) -> Bool {
        guard job.undoOf != nil else { return true }
        return try connection.first(
            """
            SELECT 1 FROM job u JOIN job o ON o.id = u.undo_of
            WHERE u.id = \(job.id) AND o.undone_by = u.id AND o.undo = 'possible'
            """
        ) { _ in true } ?? false
    }

    /// Notes that jobs which ended before the moment cannot be undone any more; those that are just being undone stay.
    /// - Returns: how many there were; nil when somebody else is writing.
    public func expireUndo(endedBefore moment: Timestamp, limit: Int = 100) throws -> Int? {
        let old = try connection.all(
            """
            SELECT id FROM job
            WHERE undo = 'possible' AND status IN ('completed', 'failed', 'cancelled') AND completed_at < \(moment)
                AND NOT EXISTS (SELECT 1 FROM job u WHERE u.id = job.undone_by
                    AND u.status NOT IN ('completed', 'failed', 'cancelled'))
            ORDER BY id LIMIT \(limit)
            """
        ) { row in row.int(0) }
        guard !old.isEmpty else { return 0 }
        return try connection.writeIfFree {
            try connection.execute(
                """
                UPDATE job SET undo = 'expired' WHERE id IN \(list: old)
                    AND status IN ('completed', 'failed', 'cancelled')
                """
            )
        }
    }
}
