/// One kind of process that the supervisor keeps running.
public struct ChildSpecification: Sendable {
    /// What becomes of a running process when everything is reloaded.
    public enum Reload: Sendable, Equatable {
        /// New processes start first; when they are ready, the old ones finish what they have and end.
        case replace
        /// The old one ends first: there may never be two.
        case stopFirst
        /// It stays, and gets this signal if there is one.
        case keep(Int32?)
    }

    /// When a process is told to end while everything stops.
    public enum StopPhase: Sendable {
        /// At once: whatever lets work in.
        case first
        /// When those of the first phase have gone: whatever answers what was let in.
        case second
    }

    public var name: String
    public var spawn: Spawn
    /// How many run at a time.
    public var count: Int
    /// Asks the process to finish and end.
    public var stopSignal: Int32
    public var stopPhase: StopPhase
    public var reload: Reload
    /// Whether each process gets a slot of the scoreboard: the board as this descriptor number, the slot as a last
    /// argument `--slot N`.
    public var scoreboardDescriptor: Int32?
    /// A process that answers one request for longer is killed and replaced. Milliseconds.
    public var requestTimeout: Int?
    /// How long a replaced process may go on with what it has. Milliseconds.
    public var drainTimeout: Int
    /// Sent to what is left of its group when the process itself was killed; three seconds later follows SIGKILL.
    public var orphanSignal: Int32?
    /// By what one that hangs is known; it is ended and replaced after the supervisor's `hangTimeout`.
    public var expectation: HangWatch.Expectation
    /// Whether it writes into its slot of the scoreboard in each round of its loop.
    public var beats: Bool

    public init(
        name: String,
        spawn: Spawn,
        count: Int = 1,
        stopSignal: Int32,
        stopPhase: StopPhase = .first,
        reload: Reload = .replace,
        scoreboardDescriptor: Int32? = nil,
        requestTimeout: Int? = nil,
        drainTimeout: Int = 10_000,
        orphanSignal: Int32? = nil,
        expectation: HangWatch.Expectation = .runs,
        beats: Bool = false
    ) {
        self.name = name
        self.spawn = spawn
        self.count = count
        self.stopSignal = stopSignal
        self.stopPhase = stopPhase
        self.reload = reload
        self.scoreboardDescriptor = scoreboardDescriptor
        self.requestTimeout = requestTimeout
        self.drainTimeout = drainTimeout
        self.orphanSignal = orphanSignal
        self.expectation = expectation
        self.beats = beats
    }
}
