public import Database
import Glibc
public import Support

/// A job in the hands of its worker: the only way in which a worker changes it.
///
/// Every batch is one transaction that holds the rows, the counters, the checkpoint and the event, and that first makes
/// sure that the job still belongs to this attempt. So a worker may die between any two instructions.
public final class JobRun {
    /// What a batch may change of the job.
    public struct State: Sendable {
        /// `processing`, or `validating` as long as nothing is changed.
        public var status: Job.Status
        public var stage: String?
        public var books: Books
        /// 0-99; nil as long as the books tell it.
        public var progress: Int64?
        /// Where the next attempt goes on; the job's kind knows what stands in it.
        public var checkpoint: JSON?
        public var rowsPerSecond: Double?
    }

    /// The job as it was claimed.
    public let job: Job
    public let connection: Connection
    public let environment: Environment
    public private(set) var state: State
    public var failpoints: Failpoints
    /// A folder on the same disk for temporary files.
    public let scratch: String
    /// Called after each committed batch, e.g. to draw a progress bar.
    public var observe: ((State) -> Void)?
    /// All kinds of jobs of the installation.
    public internal(set) var kinds: [JobKind] = []
    /// What the job has changed, in short, for the audit trail.
    var changes: (JobRun) throws -> [JSON.Member] = { _ in [] }
    /// What its batches have written and is not in the database file yet.
    var bulkLog = BulkLog()
    private var lastEvent: UInt64 = 0

    /// At most so often do rows moving make an event; a change of stage always does.
    static let eventMilliseconds: UInt64 = 200

    public init(
        _ job: Job,
        connection: Connection,
        environment: Environment,
        scratch: String,
        failpoints: Failpoints = .fromEnvironment()
    ) {
        self.job = job
        self.scratch = scratch
        self.connection = connection
        self.environment = environment
        self.failpoints = failpoints
        state = State(
            status: .processing,
            stage: job.stage,
            books: job.books,
            progress: nil,
            checkpoint: job.checkpoint,
            rowsPerSecond: nil
        )
    }

    /// Who writes, for the stores.
    public func context() -> WriteContext {
        WriteContext(actor: .job(job.id), jobID: job.id, now: environment.now())
    }

    /// One transaction of work. What the body changes in the state is kept only when the commit succeeds.
    ///
    /// Throws `JobError.fenced` when the job belongs to another attempt, `.cancelled` after the commit when somebody
    /// asked for it, and what the body throws.
    @discardableResult
    public func batch<T>(_ durability: Durability = .normal, _ body: (inout State) throws -> T) throws -> T {
        var next = state
        var cancelled = false
        let result = try connection.write(durability) {
            let result = try body(&next)
            next.rowsPerSecond = rate(of: next)
            if failpoints.reached("break-counter") { next.books.created += 1 }
            cancelled = try save(next)
            failpoints.die(at: "before-commit")
            return result
        }
        failpoints.die(at: "after-commit")
        state = next
        observe?(next)
        if cancelled { throw JobError.cancelled }
        return result
    }

    /// Renews the lease and shows a stage that has no rows to write, at most as often as events are made.
    public func show(_ change: (inout State) -> Void) throws {
        var next = state
        change(&next)
        next.rowsPerSecond = rate(of: next)
        guard isTurn(next) || eventIsDue else {
            state = next
            return
        }
        try batch { $0 = next }
    }

    /// Whether the step is a new one, which is told at once.
    private func isTurn(_ next: State) -> Bool { next.stage != state.stage || next.status != state.status }

    /// A rate belongs to its stage: none is carried over into the next.
    private func rate(of next: State) -> Double? {
        guard let rate = next.rowsPerSecond, !isTurn(next) || rate != state.rowsPerSecond else { return nil }
        return max(0, rate)
    }

    private var eventIsDue: Bool { monotonicNanoseconds() - lastEvent >= Self.eventMilliseconds * 1_000_000 }

    /// - Returns: whether somebody asked to cancel.
    private func save(_ next: State) throws -> Bool {
        let now = environment.now()
        let books = next.books
        // A stage that is only shown again is no progress: a worker that dies on the same row each time gets there too.
        let hasMoved = books.processed != state.books.processed || next.checkpoint != state.checkpoint
        let mine = try connection.execute(
            """
            UPDATE job SET status = \(next.status.rawValue), stage = \(next.stage),
                progress = \(next.progress.map { min(99, $0) } ?? Job.progress(of: books)),
                total_rows = \(books.total), processed_rows = \(books.processed), created_rows = \(books.created),
                updated_rows = \(books.updated), unchanged_rows = \(books.unchanged), skipped_rows = \(books.skipped),
                failed_rows = \(books.failed), checkpoint = \(next.checkpoint?.text),
                rows_per_second = \(next.rowsPerSecond), peak_memory_bytes = \(Self.peakMemoryBytes()),
                lease_until = \(now.adding(seconds: JobStore.leaseSeconds)), heartbeat_at = \(now),
                barren_attempts = CASE WHEN \(hasMoved) = 1 THEN 0 ELSE barren_attempts END, updated_at = \(now)
            WHERE id = \(job.id) AND attempt = \(job.attempt) AND status IN ('processing', 'validating')
            """
        )
        guard mine == 1 else { throw JobError.fenced }
        if isTurn(next) || eventIsDue {
            try JobStore(connection).announce(job.id, at: now)
            lastEvent = monotonicNanoseconds()
        }
        return try connection.first("SELECT cancel_requested FROM job WHERE id = \(job.id)") { row in row.bool(0) }
            ?? false
    }

    /// Makes sure, inside a batch, that the job still belongs to this attempt: before something is done that no
    /// rollback takes back, such as a rename. Nobody else can claim the job before the batch ends.
    ///
    /// Throws `JobError.fenced`.
    public func requireClaim() throws {
        let mine = try connection.first(
            """
            SELECT 1 FROM job
            WHERE id = \(job.id) AND attempt = \(job.attempt) AND status IN ('processing', 'validating')
            """
        ) { _ in true }
        guard mine == true else { throw JobError.fenced }
    }

    /// Ends this attempt with a question to a person: no worker and no lease, until somebody confirms. The body's
    /// changes, e.g. the checkpoint that says what was planned, belong to the same transaction.
    /// - Parameter reason: why the job waits although nobody asked it to; nil when somebody did.
    ///
    /// Throws as `batch`; when somebody asked to cancel the job meanwhile, it does not wait.
    public func awaitConfirmation(reason: String?, _ body: (inout State) throws -> Void) throws {
        var next = state
        let now = environment.now()
        let isCancelled = try connection.write(.full) {
            try body(&next)
            if try save(next) { return true }
            try JobStore(connection).move(job.id, .ask, at: now, also: ["waiting_reason": "\(reason)"])
            try JobStore(connection).announce(job.id, at: now)
            failpoints.die(at: "before-commit")
            return false
        }
        failpoints.die(at: "after-commit")
        state = next
        if isCancelled { throw JobError.cancelled }
    }

    /// Ends the job. The extra writes and the entry in the audit trail belong to the same transaction, so the outcome
    /// and what it tells the world cannot part.
    public func finish(
        _ status: Job.Status,
        message: String? = nil,
        result: JSON? = nil,
        also extra: (WriteContext) throws -> Void = { _ in }
    ) throws {
        let context = context()
        let changes = try changes(self)
        try connection.write(.full) {
            var writes: [String: SQL] = [
                "error_message": "\(message)", "result": "COALESCE(\(result?.text), result)",
                "peak_memory_bytes": "\(Self.peakMemoryBytes())",
            ]
            if status == .completed { writes["progress"] = "100" }
            let store = JobStore(connection)
            guard let ending = JobEvent.Ending(status),
                try store.move(job.id, .end(ending), attempt: job.attempt, at: context.now, also: writes)
            else { throw JobError.fenced }
            try extra(context)
            try store.auditEnd(job, status, state.books, changes, context)
            try store.announce(job.id, at: context.now)
            failpoints.die(at: "before-finish")
        }
    }

    /// Adds a line to what the job says of itself.
    public func log(_ line: String) throws {
        try connection.write(.normal) { try JobStore(connection).log(job.id, line, environment.now()) }
    }

    /// VmHWM of this process: the most memory it ever held, in bytes; nil where /proc does not tell.
    static func peakMemoryBytes() -> Int64? {
        guard let status = try? Files.read("/proc/self/status"),
            let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first(where: {
                $0.hasPrefix("VmHWM:")
            })
        else { return nil }
        return line.split(separator: " ").dropFirst().first.flatMap { Int64($0.filter(\.isNumber)) }.map { $0 * 1024 }
    }
}
