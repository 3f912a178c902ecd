public import Support

/// What the runner needs to know of one kind of job: its name, what it runs beside, and the work itself.
public struct JobKind: Sendable {
    /// As in `job.kind`.
    public let name: String
    /// The queue in which jobs of this kind stand when the installation lets them run one after another; nil when they
    /// never wait for each other.
    public let queue: String?
    /// The lane of this kind: each lane always has a place, so that long jobs of one lane cannot keep those of another
    /// from beginning. See `startable`.
    public let lane: String
    /// How a job of this kind is asked for by nothing but parameters, so that schedules can and a user can have it done
    /// again; nil for a kind whose jobs only their feature can put together.
    public let order: (@Sendable (_ parameters: JSON) -> JobStore.Order)?
    /// After how many days such a job is forgotten at the latest; nil for the common time.
    public let keptDays: Int64?
    /// What happens to a job whose worker has died.
    public let retries: RetryPolicy
    /// What a job of this kind has changed, in short, for the audit trail; asked for at its end.
    public let changes: @Sendable (JobRun) throws -> [JSON.Member]
    /// Does all of the work, from the job's checkpoint on, and ends it with `finish`.
    ///
    /// Throws `JobError` to stop for a known reason; anything else is a fault and fails the job.
    public let run: @Sendable (JobRun) throws -> Void

    /// The lane of kinds that declare none.
    public static let commonLane = "common"

    public init(
        _ name: String,
        queue: String? = nil,
        lane: String = JobKind.commonLane,
        order: (@Sendable (JSON) -> JobStore.Order)? = nil,
        keptDays: Int64? = nil,
        retries: RetryPolicy = RetryPolicy(),
        changes: @escaping @Sendable (JobRun) throws -> [JSON.Member] = { _ in [] },
        run: @escaping @Sendable (JobRun) throws -> Void
    ) {
        self.name = name
        self.queue = queue
        self.lane = lane
        self.order = order
        self.keptDays = keptDays
        self.retries = retries
        self.changes = changes
        self.run = run
    }
}

/// How often a job is tried again whose workers die, and after which pause.
public struct RetryPolicy: Sendable, Equatable {
    /// Deaths in a row without one committed batch after which the job fails: it is what kills its workers.
    public var deaths: Int64

    public init(deaths: Int64 = 3) {
        self.deaths = deaths
    }

    /// Seconds until the next attempt, after so many deaths in a row without a committed batch: none after progress,
    /// then 1, 4, 9 …
    func pause(after deaths: Int64) -> Int64 { deaths * deaths }

    /// Why a job fails after as many deaths.
    var reason: String {
        guard deaths > 1 else { return "A worker died before it could save a batch" }
        let workers = [2: "Two", 3: "Three", 4: "Four", 5: "Five"][deaths] ?? "\(deaths)"
        return "\(workers) workers in a row died before they could save a batch"
    }
}

/// Which kinds of jobs may begin now.
public enum StartableKinds: Sendable, Equatable {
    case all
    /// Those that are named; others wait for a place.
    case only([String])
}

extension [JobKind] {
    /// The names of the kinds that stand in one queue together.
    public var queues: [[String]] {
        let queues = Set(compactMap(\.queue)).sorted()
        return queues.map { queue in filter { $0.queue == queue }.map(\.name) }
    }

    /// Which kinds may begin beside the jobs that run. While a place is free any may; when all are taken, one of a lane
    /// in which none runs takes a place that is added for it. So at most `limit` jobs run at a time, and one more for
    /// each lane but one.
    /// - Parameters:
    ///   - running: the kinds of the jobs that run, one for each.
    ///   - limit: how many places all lanes share.
    public func startable(beside running: [String], limit: Int) -> StartableKinds {
        guard running.count >= limit else { return .all }
        let taken = Set(filter { running.contains($0.name) }.map(\.lane))
        return .only(filter { !taken.contains($0.lane) }.map(\.name))
    }
}
