public import Database
public import Support

extension JobStore {
    /// Puts a job that is over back in line as if it had just been asked for: books, errors and checkpoint begin anew.
    /// - Parameter prepare: what the kind has to forget or note first, inside the transaction; returns the parameters
    ///   of the new run.
    public func restart(
        _ job: Job,
        context: WriteContext,
        prepare: (Job) throws -> JSON = { $0.parameters }
    ) throws -> Outcome {
        try connection.write {
            guard let current = try find(job.id), current.canRestart else {
                return .wrongState(try find(job.id) ?? job)
            }
            let parameters = try prepare(current)
            let changes = current.isUndone ? 0 : current.earlierChanges + current.books.created + current.books.updated
            try connection.execute(
                """
                UPDATE job SET status = 'pending', stage = NULL, progress = 0, total_rows = 0, processed_rows = 0,
                    created_rows = 0, updated_rows = 0, unchanged_rows = 0, skipped_rows = 0, failed_rows = 0,
                    rows_per_second = NULL, error_message = NULL, result = NULL, checkpoint = NULL,
                    cancel_requested = 0, barren_attempts = 0, waiting_reason = NULL, waiting_for = NULL,
                    lease_until = 0, started_at = NULL, completed_at = NULL, undone_by = NULL,
                    earlier_changes = \(changes), parameters = \(parameters.text), scheduled_at = \(context.now),
                    updated_at = \(context.now) WHERE id = \(job.id)
                """
            )
            try RowErrorStore(connection).removeAll(jobID: job.id)
            try RowWarningStore(connection).removeAll(jobID: job.id)
            try log(job.id, "Restarted from the first row.", context.now)
            try audit("restart", current, context)
            return .done(try announce(job.id, at: context.now))
        }
    }

    // MARK: Undo

    /// Notes that a job takes another one back; inside the transaction that adds it.
    public func noteUndone(_ id: Int64, by undo: Int64, at now: Timestamp) throws {
        try connection.execute("UPDATE job SET undone_by = \(undo), updated_at = \(now) WHERE id = \(id)")
        try announce(id, at: now)
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
