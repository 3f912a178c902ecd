public import Database
import Process
public import Support

extension JobStore {
    /// The answer to an action on a job.
    public enum Outcome: Sendable, Equatable {
        case done(Job)
        /// The action does not fit the state that the job is in.
        case wrongState(Job)
    }

    /// Stops a job: at once when no worker is at it, else at its next batch.
    public func cancel(_ job: Job, context: WriteContext) throws -> Outcome {
        try connection.write {
            guard let current = try find(job.id), current.canCancel else { return .wrongState(try find(job.id) ?? job) }
            if current.isWorkerAlive(at: context.now) == true {
                try connection.execute(
                    "UPDATE job SET cancel_requested = 1, updated_at = \(context.now) WHERE id = \(job.id)"
                )
            } else if try !abandonErrand(current, reason: "It was cancelled.", at: context.now) {
                // A worker that only seemed dead finds its attempt gone and writes nothing more. A plan that nobody
                // confirmed is dropped: whoever retries the job gets a new one.
                try connection.execute(
                    """
                    UPDATE job SET status = 'cancelled', stage = 'done', attempt = attempt + 1, waiting_reason = NULL,
                        checkpoint = CASE WHEN status = 'awaiting_confirmation' THEN NULL ELSE checkpoint END,
                        waiting_for = NULL, lease_until = 0, completed_at = \(context.now), updated_at = \(context.now)
                    WHERE id = \(job.id)
                    """
                )
            }
            try audit("cancel", current, context)
            return .done(try announce(job.id, at: context.now))
        }
    }

    /// Puts a failed or cancelled job back in line; it goes on from its checkpoint.
    public func retry(_ job: Job, context: WriteContext) throws -> Outcome {
        try connection.write {
            guard let current = try find(job.id), current.canRetry, try mayGoOn(current) else {
                return .wrongState(try find(job.id) ?? job)
            }
            try connection.execute(
                """
                UPDATE job SET status = 'pending', stage = NULL, error_message = NULL, cancel_requested = 0,
                    barren_attempts = 0, waiting_reason = NULL, waiting_for = NULL, lease_until = 0,
                    completed_at = NULL, result = NULL, scheduled_at = \(context.now), updated_at = \(context.now)
                WHERE id = \(job.id)
                """
            )
            try audit("retry", current, context)
            return .done(try announce(job.id, at: context.now))
        }
    }

    // MARK: The runner's side

    /// How long a worker may be silent before it is taken for dead.
    public static let leaseSeconds: Int64 = 15
    /// After so many deaths in a row without one committed batch, the job fails: it is what kills its workers.
    public static let poisonLimit: Int64 = 3

    /// The next job that is due, or one whose worker is gone. Reads only.
    /// - Parameter queues: kinds of which only one job runs at a time, in the order in which they were asked for.
    public func due(
        at now: Timestamp,
        excluding running: [Int64],
        queues: [[String]] = []
    ) throws(DatabaseError) -> Job? {
        let taken: SQL = running.isEmpty ? "1 = 1" : "id NOT IN \(list: running)"
        let others = ([taken] + queues.map { Self.isFirst(in: $0) }).joined(separator: " AND ")
        return try connection.first(
            """
            SELECT \(Self.columns) FROM job
            WHERE status IN ('pending', 'processing', 'validating') AND scheduled_at <= \(now)
                AND (status = 'pending' OR lease_until < \(now)) AND \(others)
            ORDER BY priority, scheduled_at, id LIMIT 1
            """,
            Self.read
        )
    }

    /// Takes a job for one worker: the attempt grows, which shuts every earlier worker out. Until the worker is noted
    /// the job belongs to this process, with which its workers end.
    /// - Returns: nil when somebody else was faster.
    public func claim(_ job: Job, now: Timestamp) throws -> Job? {
        try connection.write {
            let claimed = try connection.execute(
                """
                UPDATE job SET status = 'processing', attempt = attempt + 1, barren_attempts = barren_attempts + 1,
                    waiting_reason = NULL, waiting_for = NULL, started_at = COALESCE(started_at, \(now)),
                    lease_until = \(now.adding(seconds: Self.leaseSeconds)), heartbeat_at = \(now),
                    worker = \(WorkerIdentity(.current).description), rows_per_second = NULL, updated_at = \(now)
                WHERE id = \(job.id) AND attempt = \(job.attempt) AND status IN ('pending', 'processing', 'validating')
                    AND (status = 'pending' OR lease_until < \(now))
                """
            )
            guard claimed == 1 else { return nil }
            if job.attempt > 0 {
                try log(job.id, "Attempt \(job.attempt + 1) goes on after row \(job.books.processed).", now)
            }
            return try announce(job.id, at: now)
        }
    }

    /// Asks for a job and takes it in the same transaction, for a caller that does the work itself.
    public func addClaimed(_ order: Order, publicID: String, now: Timestamp) throws -> Job {
        try connection.write {
            let job = try add(order, publicID: publicID, userID: nil, context: WriteContext(actor: .system, now: now))
            try connection.execute(
                """
                UPDATE job SET status = 'processing', attempt = 1, barren_attempts = 1, started_at = \(now),
                    heartbeat_at = \(now), lease_until = \(now.adding(seconds: Self.leaseSeconds)),
                    worker = \(WorkerIdentity(.current).description) WHERE id = \(job.id)
                """
            )
            return try announce(job.id, at: now)
        }
    }

    /// Adds a line to what the job says of itself, keeping the newest 64 KB.
    func log(_ id: Int64, _ line: String, _ now: Timestamp) throws(DatabaseError) {
        try connection.execute(
            "UPDATE job SET output_log = SUBSTR(output_log || \("\(now.rfc3339) \(line)\n"), -65536) WHERE id = \(id)"
        )
    }

    /// Notes that the worker of this attempt has died, at once, and when the next may start.
    /// - Returns: the job as it stands; nil when another attempt has begun or the job is over.
    public func workerDied(_ id: Int64, attempt: Int64, how: String, now: Timestamp) throws -> Job? {
        try connection.write {
            guard let job = try find(id), job.attempt == attempt, job.status.isRunning else { return nil }
            let deaths = job.barrenAttempts
            try log(id, "The worker died (\(how)) at row \(job.books.processed).", now)
            if job.cancelRequested || deaths >= Self.poisonLimit {
                let status = job.cancelRequested ? "cancelled" : "failed"
                let message =
                    "Three workers in a row died before they could save a batch (\(how)). Nothing was lost: "
                    + "what was imported stays. Look at the system log, then retry."
                let reason = job.cancelRequested ? "It was cancelled." : message
                if try abandonErrand(job, reason: reason, at: now) { return try announce(id, at: now) }
                try connection.execute(
                    """
                    UPDATE job SET status = \(status), stage = 'done', lease_until = 0, completed_at = \(now),
                        error_message = \(job.cancelRequested ? nil : message), updated_at = \(now) WHERE id = \(id)
                    """
                )
                let ended: Job.Status = job.cancelRequested ? .cancelled : .failed
                try auditEnd(job, ended, job.books, [], WriteContext(actor: .job(id), jobID: id, now: now))
            } else {
                // No delay after progress; else 1 s, 4 s.
                let delay = deaths * deaths
                try connection.execute(
                    """
                    UPDATE job SET lease_until = 0, worker = NULL, scheduled_at = \(now.adding(seconds: delay)),
                        updated_at = \(now) WHERE id = \(id)
                    """
                )
            }
            return try announce(id, at: now)
        }
    }

    /// Jobs that a worker is, or should be, at.
    func running() throws(DatabaseError) -> [Job] {
        try connection.all("SELECT \(Self.columns) FROM job WHERE status IN ('processing', 'validating')", Self.read)
    }

    /// Notes which process works on a claimed job.
    public func noteWorker(_ job: Job, _ worker: String) throws {
        try connection.write(.normal) {
            try connection.execute(
                "UPDATE job SET worker = \(worker) WHERE id = \(job.id) AND attempt = \(job.attempt)"
            )
        }
    }

    /// Hands a job on whose worker was stopped on purpose: it goes on as soon as somebody takes it.
    func release(_ id: Int64, attempt: Int64, now: Timestamp) throws {
        try connection.write {
            try connection.execute(
                """
                UPDATE job SET lease_until = 0, barren_attempts = 0, worker = NULL, scheduled_at = \(now),
                    updated_at = \(now)
                WHERE id = \(id) AND attempt = \(attempt) AND status IN ('processing', 'validating')
                """
            )
            try announce(id, at: now)
        }
    }

    /// Sends a job back to wait for a reason that will pass by itself.
    public func postpone(_ id: Int64, attempt: Int64, reason: String, seconds: Int64, now: Timestamp) throws {
        try connection.write {
            try connection.execute(
                """
                UPDATE job SET status = 'pending', waiting_reason = \(reason), waiting_for = NULL, lease_until = 0,
                    worker = NULL,
                    barren_attempts = 0, rows_per_second = NULL, scheduled_at = \(now.adding(seconds: seconds)),
                    updated_at = \(now)
                WHERE id = \(id) AND attempt = \(attempt) AND status IN ('processing', 'validating')
                """
            )
            try announce(id, at: now)
        }
    }
}
