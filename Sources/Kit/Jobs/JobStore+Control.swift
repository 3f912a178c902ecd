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
                try move(
                    job.id,
                    .cancel,
                    at: context.now,
                    also: current.status == .awaitingConfirmation ? ["checkpoint": "NULL"] : [:]
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
            try move(job.id, .retry, at: context.now, also: ["result": "NULL"])
            try audit("retry", current, context)
            return .done(try announce(job.id, at: context.now))
        }
    }

    // MARK: The runner's side

    /// How long a worker may be silent before it is taken for dead.
    public static let leaseSeconds: Int64 = 15

    /// The next job that is due, or one whose worker is gone. Reads only.
    /// - Parameters:
    ///   - kinds: which may begin.
    ///   - paused: kinds of which none begins, nor goes on.
    ///   - queues: kinds of which only one job runs at a time, in the order in which they were asked for.
    public func due(
        at now: Timestamp,
        excluding running: [Int64],
        _ kinds: StartableKinds = .all,
        paused: [String] = [],
        queues: [[String]] = []
    ) throws(DatabaseError) -> Job? {
        var conditions: [SQL] = [running.isEmpty ? "1 = 1" : "id NOT IN \(list: running)"]
        if case .only(let names) = kinds {
            guard !names.isEmpty else { return nil }
            conditions.append("kind IN \(list: names)")
        }
        if !paused.isEmpty { conditions.append("kind NOT IN \(list: paused)") }
        let others = (conditions + queues.map { Self.isFirst(in: $0) }).joined(separator: " AND ")
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

    /// Takes a job for one worker: the attempt grows, which shuts every earlier worker out.
    /// - Returns: nil when somebody else was faster.
    public func claim(_ job: Job, now: Timestamp) throws -> Job? {
        try connection.write {
            guard let current = try find(job.id), current.attempt == job.attempt,
                current.status == .pending || current.leaseUntil < now, try move(job.id, .claim, at: now)
            else { return nil }
            if let rows = try find(job.id)?.resumedAfter {
                try log(job.id, "Another process goes on after \(rows) rows.", now)
            }
            return try announce(job.id, at: now)
        }
    }

    /// Asks for a job and takes it in the same transaction, for a caller that does the work itself.
    public func addClaimed(_ order: Order, publicID: String, now: Timestamp) throws -> Job {
        try connection.write {
            let job = try add(order, publicID: publicID, userID: nil, context: WriteContext(actor: .system, now: now))
            try move(job.id, .claim, at: now)
            return try announce(job.id, at: now)
        }
    }

    /// Adds a line to what the job says of itself, keeping the newest 64 KB.
    func log(_ id: Int64, _ line: String, _ now: Timestamp) throws(DatabaseError) {
        let text: SQL = "output_log || \("\(now.rfc3339) \(line)\n")"
        try connection.execute("UPDATE job SET output_log = \(.suffix(65_536, of: text)) WHERE id = \(id)")
    }

    /// Notes that the worker of this attempt has died, at once, and when the next may start.
    /// - Parameter retries: whether there is a next, and when.
    /// - Returns: the job as it stands; nil when another attempt has begun or the job is over.
    public func workerDied(
        _ id: Int64,
        attempt: Int64,
        how: String,
        retries: RetryPolicy = RetryPolicy(),
        now: Timestamp
    ) throws -> Job? {
        try connection.write {
            guard let job = try find(id), job.attempt == attempt, job.status.isRunning else { return nil }
            let deaths = job.barrenAttempts
            try log(id, "The process died (\(how)) after \(job.books.processed) rows.", now)
            if job.cancelRequested || deaths >= retries.deaths {
                let message =
                    connection.damage != nil
                    ? JobWork.damaged
                    : "\(retries.reason) (\(how)). Nothing was lost: "
                        + "what was imported stays. Look at the system log, then retry."
                let reason = job.cancelRequested ? "It was cancelled." : message
                if try abandonErrand(job, reason: reason, at: now) { return try announce(id, at: now) }
                let ending: JobEvent.Ending = job.cancelRequested ? .cancelled : .failed
                let error = job.cancelRequested ? nil : message
                try move(id, .end(ending), at: now, also: ["error_message": "\(error)"])
                try auditEnd(job, ending.status, job.books, [], WriteContext(actor: .job(id), jobID: id, now: now))
            } else {
                let due = now.adding(seconds: retries.pause(after: deaths))
                try move(id, .lose, at: now, also: ["scheduled_at": "\(due)"])
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
            try noteWorker(of: job, worker)
        }
    }

    /// Hands a job on whose worker was stopped on purpose: it goes on as soon as somebody takes it.
    func release(_ id: Int64, attempt: Int64, now: Timestamp) throws {
        try connection.write {
            try move(id, .handOn, attempt: attempt, at: now)
            try announce(id, at: now)
        }
    }

    /// Sends a job back to wait for a reason that will pass by itself.
    public func postpone(_ id: Int64, attempt: Int64, reason: String, seconds: Int64, now: Timestamp) throws {
        try connection.write {
            let due = now.adding(seconds: seconds)
            try move(id, .postpone, attempt: attempt, due: due, at: now, also: ["waiting_reason": "\(reason)"])
            try announce(id, at: now)
        }
    }
}
