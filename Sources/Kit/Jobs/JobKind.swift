/// What a feature offers to the runner: the work behind one kind of job.
public struct JobKind: Sendable {
    /// As in `job.kind`.
    public let name: String
    /// Does all of the work, from the job's checkpoint on, and ends it with `finish`.
    ///
    /// Throws `JobError` to stop for a known reason; anything else is a fault and fails the job.
    public let run: @Sendable (JobRun) throws -> Void

    public init(_ name: String, run: @escaping @Sendable (JobRun) throws -> Void) {
        self.name = name
        self.run = run
    }
}
