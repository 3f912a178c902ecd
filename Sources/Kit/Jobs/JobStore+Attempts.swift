public import Database
public import Support

/// One worker's time at a job.
public struct JobAttempt: Sendable, Equatable {
    /// The fencing token.
    public let number: Int64
    /// Process id and start; nil until it is noted.
    public let worker: String?
    public let startedAt: Timestamp
    /// Nil while it is at it.
    public let endedAt: Timestamp?
    public let outcome: Outcome?
    /// Of all attempts up to its end.
    public let processedRows: Int64?
    public let peakMemoryBytes: Int64?

    /// How a worker's time at a job ends.
    public enum Outcome: String, Sendable, CaseIterable {
        case completed, failed, cancelled
        /// Ended with a question to a user.
        case asked
        /// Waits for something that passes by itself, such as a full disk.
        case postponed
        /// Stopped on purpose; the next goes on.
        case handedOn = "handed_on"
        /// The process died.
        case died
        /// Another one took the job without the end of this one being known.
        case lost
        /// Its follow-up was given up.
        case givenUp = "given_up"
    }
}

extension JobStore {
    /// The attempts at a job, the newest first.
    public func attempts(of job: Job, limit: Int = 50) throws(DatabaseError) -> [JobAttempt] {
        try connection.all(
            """
            SELECT attempt, worker, started_at, ended_at, outcome, processed_rows, peak_memory_bytes FROM job_attempt
            WHERE job_id = \(job.id) ORDER BY attempt DESC LIMIT \(limit)
            """
        ) { row in
            JobAttempt(
                number: row.int(0),
                worker: row.textOrNil(1),
                startedAt: row.time(2),
                endedAt: row.timeOrNil(3),
                outcome: row.textOrNil(4).flatMap(JobAttempt.Outcome.init),
                processedRows: row.intOrNil(5),
                peakMemoryBytes: row.intOrNil(6)
            )
        }
    }

    /// Notes what an event means for the attempt at hand; inside the transaction of the event, behind it.
    func noteAttempt(
        _ id: Int64,
        _ event: JobEvent,
        _ effects: JobTransition.Effects,
        at now: Timestamp
    ) throws(DatabaseError) {
        if effects.contains(.claims) {
            try endAttempt(id, .lost, at: now)
            try connection.execute(
                """
                INSERT INTO job_attempt (job_id, attempt, worker, started_at)
                SELECT id, attempt, worker, \(now) FROM job WHERE id = \(id)
                """
            )
        } else if effects.contains(.leaves) {
            try endAttempt(id, event.outcome, at: now)
        }
    }

    /// Memory is known from an attempt's own batches only: those come with a sign of life.
    private func endAttempt(_ id: Int64, _ outcome: JobAttempt.Outcome, at now: Timestamp) throws(DatabaseError) {
        try connection.execute(
            """
            UPDATE job_attempt SET ended_at = \(now), outcome = \(outcome.rawValue),
                processed_rows = (SELECT j.processed_rows FROM job j WHERE j.id = \(id)),
                peak_memory_bytes = (SELECT j.peak_memory_bytes FROM job j WHERE j.id = \(id)
                    AND (j.heartbeat_at > job_attempt.started_at OR j.status IN ('completed', 'failed')))
            WHERE job_id = \(id) AND ended_at IS NULL
            """
        )
    }

    func noteWorker(of job: Job, _ worker: String) throws(DatabaseError) {
        try connection.execute(
            "UPDATE job_attempt SET worker = \(worker) WHERE job_id = \(job.id) AND attempt = \(job.attempt)"
        )
    }
}

extension JobEvent {
    /// How an attempt ends by it.
    fileprivate var outcome: JobAttempt.Outcome {
        switch self {
        case .end(.completed): .completed
        case .end(.failed): .failed
        case .end(.cancelled), .cancel: .cancelled
        case .ask: .asked
        case .postpone: .postponed
        case .handOn: .handedOn
        case .giveUp: .givenUp
        default: .died
        }
    }
}
