import Database
import Glibc
public import Support

/// What a worker process does with a claimed job, and how it ends.
public enum JobWork {
    /// The worker's exit status when the outcome could not be written (sysexits.h EX_TEMPFAIL): the disk is full.
    public static let temporaryFailure: Int32 = 75
    /// How long a job waits before it looks again whether there is room.
    public static let diskFullSeconds: Int64 = 30

    /// Runs the job with the matching kind and records how it ended.
    /// - Returns: the exit status of the worker: 0 when the job's row tells the outcome, 1 when it failed.
    public static func perform(_ run: JobRun, kinds: [JobKind], log: Log) throws -> Int32 {
        let log = log.adding(["job_id": run.job.publicID, "user_id": run.job.userID.map { "\($0)" }])
        do {
            guard let kind = kinds.first(where: { $0.name == run.job.kind }) else {
                throw JobError.failed("This version of Bodega does not know jobs of the kind '\(run.job.kind)'.")
            }
            run.changes = kind.changes
            run.kinds = kinds
            try kind.run(run)
            return 0
        } catch {
            do {
                return try end(run, error, log)
            } catch let second as DatabaseError where second.isDiskFull {
                return temporaryFailure
            } catch JobError.fenced {
                return try end(run, JobError.fenced, log)
            }
        }
    }

    private static func end(_ run: JobRun, _ error: any Error, _ log: Log) throws -> Int32 {
        if isDiskFull(error) {
            try JobStore(run.connection).postpone(
                run.job.id,
                attempt: run.job.attempt,
                reason: "disk_full",
                seconds: diskFullSeconds,
                now: run.environment.now()
            )
            return 0
        }
        switch error {
        case JobError.fenced:
            log.warning("another worker has the job")
            return 0
        case JobError.cancelled:
            try conclude(run, .cancelled, nil)
            return 0
        case JobError.failed(let reason):
            try conclude(run, .failed, reason)
            return 1
        default:
            log.error("the job failed", ["kind": run.job.kind, "reason": "\(error)"])
            try conclude(run, .failed, publicText(error))
            return 1
        }
    }

    /// An errand that is not done leaves the job as it was before.
    private static func conclude(_ run: JobRun, _ status: Job.Status, _ message: String?) throws {
        guard run.job.former != nil else { return try run.finish(status, message: message) }
        try run.abandonErrand(message ?? "It was cancelled.")
    }

    /// Whether a job ended because there was no room left.
    public static func isDiskFull(_ error: any Error) -> Bool {
        switch error {
        case JobError.diskFull: true
        case let error as DatabaseError: error.isDiskFull
        case let error as SystemError: error.isDiskFull
        default: false
        }
    }

    /// What a job says that met a damaged page of the database.
    static let damaged = """
        A page of the database is damaged, so the job had to stop. Do not retry it: stop Bodega, keep a copy of the \
        data folder as it is, and put back one that was made while Bodega was stopped. The system log says more.
        """

    /// Errors of the machine are told without SQL and paths; the log has them whole.
    private static func publicText(_ error: any Error) -> String {
        switch error {
        case let error as DatabaseError where error.isBusy:
            "Somebody else was writing for too long. Nothing was lost: retry goes on where this attempt stopped."
        case let error as DatabaseError where error.isDamage: damaged
        case is DatabaseError:
            "The database could not be read or written. Nothing was lost; the system log says more. Then retry."
        case is SystemError:
            "A file could not be read or written. Nothing was lost; the system log says more. Then retry."
        default: "Something unexpected happened. Nothing was lost; the system log says more. Then retry."
        }
    }
}
