public import Support

/// What a feature offers to the runner: the work behind one kind of job.
public struct JobKind: Sendable {
    /// As in `job.kind`.
    public let name: String
    /// Does all of the work, from the job's checkpoint on, and ends it with `finish`.
    ///
    /// Throws `JobError` to stop for a known reason; anything else is a fault and fails the job.
    public let run: @Sendable (JobRun) throws -> Void
    /// The queue in which jobs of this kind stand when the installation lets them run one after another; nil when they
    /// never wait for each other.
    public let queue: String?

    /// What a job of this kind has changed, in short, for the audit trail; asked for at its end.
    public let changes: @Sendable (JobRun) throws -> [JSON.Member]

    public init(
        _ name: String,
        queue: String? = nil,
        changes: @escaping @Sendable (JobRun) throws -> [JSON.Member] = { _ in [] },
        run: @escaping @Sendable (JobRun) throws -> Void
    ) {
        self.name = name
        self.queue = queue
        self.changes = changes
        self.run = run
    }
}

extension [JobKind] {
    /// The names of the kinds that stand in one queue together.
    public var queues: [[String]] {
        let queues = Set(compactMap(\.queue)).sorted()
        return queues.map { queue in filter { $0.queue == queue }.map(\.name) }
    }
}
