public import Database
import Glibc
public import Process
public import Support

/// Claims jobs and runs each in a process of its own, as whose parent it learns of a death within milliseconds. Also
/// the one that keeps house: checkpoints, signs of life, old events.
///
/// Two runners by mistake do no harm: claims are exclusive, and every batch of a worker checks that its claim stands.
public final class JobRunner {
    struct Worker {
        let job: Job
        let process: ChildProcess
        var watch: HangWatch
        /// It was told to end because it showed no sign of life.
        var isHung = false
    }

    let connection: Connection
    let store: JobStore
    let environment: Environment
    let log: Log
    let kinds: [JobKind]
    private let limit: Int
    private let queues: [[String]]
    private var chores: [JobChore]
    private let retention: RetentionClock
    private let spawn: (Job) throws -> ChildProcess
    /// Why the runner stops: SIGTERM came, as a rule.
    private let isStopped: () -> Bool
    /// Called in each round, so that the supervisor sees that it goes on.
    private let beat: () -> Void
    /// How long a worker may show no sign of life, in nanoseconds.
    let hangTimeout: UInt64
    var workers: [Worker] = []
    var watchClock: WatchClock
    var nextWatch: UInt64 = 0
    /// Outcomes that could not be written because the disk was full; tried again until they can.
    private var unsaved: [(job: Job, how: String)] = []
    /// When schedules are looked at again, and when all of them are looked through.
    var nextSchedules: UInt64 = 0
    var nextScheduleCheck: UInt64 = 0
    var failpoints = Failpoints.fromEnvironment()
    private var nextBeat: UInt64 = 0
    private var nextPrune: UInt64 = 0
    private var nextComplaint: UInt64 = 0

    /// How often the table is looked at.
    private static let tickMilliseconds = 100
    /// How long events can be replayed.
    public static let eventDays: Int64 = 2
    /// How often the runner says that it is alive.
    public static let beatSeconds: UInt64 = 5

    /// - Parameters:
    ///   - kinds: what is known of the kinds of jobs.
    ///   - limit: how many jobs run at a time; a lane in which none runs has a place beside those.
    ///   - keepsQueues: whether jobs of kinds that share a queue run one after another.
    ///   - chores: what else is to be kept in order.
    ///   - hangTimeout: milliseconds after which a worker that shows no sign of life is ended.
    ///   - spawn: starts `bodega work` for a claimed job.
    ///   - beat: called in each round.
    public init(
        _ connection: Connection,
        environment: Environment,
        log: Log,
        kinds: [JobKind] = [],
        limit: Int,
        keepsQueues: Bool = false,
        chores: [JobChore] = [],
        hangTimeout: Int = Int(JobStore.leaseSeconds) * 1000,
        spawn: @escaping (Job) throws -> ChildProcess,
        isStopped: @escaping () -> Bool,
        beat: @escaping () -> Void = {}
    ) {
        self.connection = connection
        store = JobStore(connection)
        self.environment = environment
        self.log = log
        self.kinds = kinds
        self.limit = limit
        queues = keepsQueues ? kinds.queues : []
        self.chores = chores
        retention = RetentionClock(connection, environment, log: log)
        self.spawn = spawn
        self.isStopped = isStopped
        self.beat = beat
        self.hangTimeout = UInt64(clamping: hangTimeout) * 1_000_000
        watchClock = WatchClock(most: 2 * Supervisor.watchPeriod(self.hangTimeout))
    }

    /// Runs until it is stopped; workers end with it and their jobs go on with the next runner.
    public func run() {
        while !isStopped() {
            beat()
            endHanging()
            attempt("ended workers could not be noted") { try reap() }
            attempt("lost workers could not be noted") { try noteLost() }
            attempt("schedules could not be looked at") { try askForDueJobs() }
            attempt("no job could be claimed") { while try start() {} }
            attempt("those in line could not be noted") { try noteWaiting() }
            attempt("housekeeping failed") { try keepHouse() }
            doChore()
            pause()
        }
        stopWorkers()
    }

    /// Errors of one round must not end the runner; they are told, at most every ten seconds.
    func attempt(_ what: String, _ body: () throws -> Void) {
        do {
            try body()
        } catch {
            guard monotonicNanoseconds() >= nextComplaint else { return }
            nextComplaint = monotonicNanoseconds() + 10_000_000_000
            log.warning(what, ["reason": "\(error)"])
        }
    }

    /// Waits for a tick or for the end of a worker, whichever comes first.
    private func pause() {
        var entries = workers.map { pollfd(fd: $0.process.descriptor.raw, events: Int16(POLLIN), revents: 0) }
        _ = poll(&entries, nfds_t(entries.count), Int32(Self.tickMilliseconds))
    }

    // MARK: Workers

    /// - Returns: whether a job was started.
    private func start() throws -> Bool {
        let now = environment.now()
        let startable = kinds.startable(beside: workers.map(\.job.kind), limit: limit)
        let lanes = try JobLaneStore(connection).paused().map(\.name)
        let paused = kinds.filter { lanes.contains($0.lane) }.map(\.name)
        guard
            let due = try store.due(
                at: now,
                excluding: workers.map(\.job.id),
                startable,
                paused: paused,
                queues: queues
            ),
            let job = try store.claim(due, now: now)
        else { return false }
        do {
            let process = try spawn(job)
            workers.append(Worker(job: job, process: process, watch: HangWatch(.wakesUp, limit: hangTimeout)))
            try store.noteWorker(job, WorkerIdentity(process.identity).description)
            log.info("job started", ["job_id": job.publicID, "kind": job.kind, "worker": "\(process.pid)"])
        } catch let error as SystemError {
            unsaved.append((job, "it could not be started: \(error)"))
            throw error
        }
        return true
    }

    private func noteWaiting() throws {
        for queue in queues { try store.noteWaiting(in: queue, at: environment.now()) }
    }

    private func reap() throws {
        for worker in workers {
            guard let status = worker.process.reap() else { continue }
            workers.removeAll { $0.job.id == worker.job.id }
            log.info("job's worker ended", ["job_id": worker.job.publicID, "how": "\(status)"])
            unsaved.append((worker.job, worker.isHung ? hangText : "\(status)"))
        }
        while let (job, how) = unsaved.first {
            try settle(job, how)
            if how == hangText { try tellHang(job, at: environment.now()) }
            unsaved.removeFirst()
            try tellFailure(job)
        }
    }

    /// Whatever made a job fail: here every end is seen.
    private func tellFailure(_ job: Job) throws {
        guard let ended = try store.find(job.id), ended.status == .failed, ended.attempt == job.attempt else { return }
        let user = ended.userID.map { "\($0)" }
        log.warning(
            "a job has failed",
            ["job_id": ended.publicID, "user_id": user, "kind": ended.kind, "reason": ended.errorMessage]
        )
    }

    /// A worker that told its outcome leaves nothing to do; one that did not has died, or found the disk full.
    private func settle(_ job: Job, _ how: String) throws {
        if how == "\(ExitStatus.exited(JobWork.temporaryFailure))" {
            try store.postpone(
                job.id,
                attempt: job.attempt,
                reason: "disk_full",
                seconds: JobWork.diskFullSeconds,
                now: environment.now()
            )
        } else if let left = try noteDeath(of: job, how) {
            log.warning("a worker died", ["job_id": job.publicID, "how": how, "then": left.status.rawValue])
        }
    }

    private func noteDeath(of job: Job, _ how: String) throws -> Job? {
        let retries = kinds.first { $0.name == job.kind }?.retries ?? RetryPolicy()
        return try store.workerDied(job.id, attempt: job.attempt, how: how, retries: retries, now: environment.now())
    }

    /// Jobs whose worker belonged to a runner that was killed, or to a terminal that was closed.
    private func noteLost() throws {
        for job in try store.running() where !workers.contains(where: { $0.job.id == job.id }) {
            guard let worker = job.worker.flatMap({ WorkerIdentity($0) }), worker.isKnownDead else { continue }
            _ = try noteDeath(of: job, "its process is gone")
            log.warning("a worker is gone", ["job_id": job.publicID])
            try tellFailure(job)
        }
    }

    /// Killing is what they are made for; their jobs are handed on without a mark against them.
    private func stopWorkers() {
        for worker in workers {
            worker.process.send(SIGKILL)
            _ = worker.process.wait(milliseconds: 2000)
            attempt("a stopped job could not be handed on") {
                try store.release(worker.job.id, attempt: worker.job.attempt, now: environment.now())
            }
        }
    }

    // MARK: Housekeeping

    /// One step of the chore that is due for longest, so that nothing else waits long and no chore keeps others from
    /// their turn.
    private func doChore() {
        let now = monotonicNanoseconds()
        let due = chores.indices.filter { chores[$0].next <= now }
        guard let index = due.min(by: { chores[$0].next < chores[$1].next }) else { return }
        chores[index].next = now + chores[index].everySeconds * 1_000_000_000
        attempt("\(chores[index].name) failed") {
            // What is left is done soon, with a pause for others.
            let time = chores[index].isRetention ? try retention.now() : environment.now()
            if try chores[index].step(time) { chores[index].next = now + 200_000_000 }
        }
    }

    private func keepHouse() throws {
        try connection.checkpointIfDue(alone: workers.isEmpty)
        let now = monotonicNanoseconds()
        if now >= nextBeat,
            try EventStore(connection).beat("jobs", detail: "\(workers.count) running", now: environment.now())
        {
            nextBeat = now + Self.beatSeconds * 1_000_000_000
        }
        if now >= nextPrune, workers.isEmpty {
            let oldest = try retention.now().adding(seconds: -Self.eventDays * 86_400)
            let more = try EventStore(connection).prune(before: oldest) > 0
            nextPrune = now + (more ? 1 : 600) * 1_000_000_000
        }
    }
}
