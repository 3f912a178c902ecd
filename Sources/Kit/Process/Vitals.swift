import Glibc
public import Support

/// What the kernel says of a process at one moment, as far as that shows whether it goes on.
public struct Vitals: Sendable, Equatable {
    /// The letter of `/proc/PID/stat`: R, S, D, T, t, Z …
    public var state: String
    /// Clock ticks of processor time that all of its threads have used.
    public var processorTicks: UInt64
    /// How many times its first thread has given up a processor, or lost it.
    public var switches: UInt64

    public init(state: String, processorTicks: UInt64, switches: UInt64) {
        self.state = state
        self.processorTicks = processorTicks
        self.switches = switches
    }

    /// Those of the process that has this pid now; nil when there is none.
    public init?(of pid: Int32) {
        guard let fields = ProcessIdentity.fields(of: pid), fields.count > 12, let user = UInt64(fields[11]),
            let system = UInt64(fields[12]), let status = try? Files.read("/proc/\(pid)/status")
        else { return nil }
        let counts = String(decoding: status, as: UTF8.self).split(separator: "\n")
            .filter { $0.contains("voluntary_ctxt_switches:") }
            .compactMap { $0.split(whereSeparator: \.isWhitespace).last.flatMap { UInt64($0) } }
        self.init(state: String(fields[0]), processorTicks: user &+ system, switches: counts.reduce(0, &+))
    }

    /// A signal or a debugger has stopped it.
    public var isStopped: Bool { state == "T" || state == "t" }
    /// It waits for a disk, which no signal ends, or for its turn on a processor.
    var waitsForMachine: Bool { state == "D" || state == "R" }
}

/// Measures how long a process has shown no sign of life, and says when its time is over.
///
/// Time counts only as far as the watcher itself ran: after the machine slept, or everything was paused together,
/// each process has its whole time again.
public struct HangWatch: Sendable {
    /// What counts as a sign of life.
    public enum Expectation: Sendable {
        /// It sleeps as long as nobody asks it anything: only one that was stopped hangs.
        case runs
        /// It wakes up by itself, at least once a second.
        case wakesUp
    }

    /// What is to be done now.
    public enum Verdict: Sendable, Equatable {
        case fine
        /// Its time is over: it is told to end. Said once.
        case end
        /// It was told, and still shows no sign of life after `grace`: it is killed. Said at each look from then on.
        case kill
    }

    /// How long a process that was told to end may go on without a sign of life, in nanoseconds.
    public static let grace: UInt64 = 2_000_000_000
    /// So many times the limit may pass without a beat of a process that does use a processor: an index over millions
    /// of rows is one statement.
    static let patienceWithBusy: UInt64 = 240

    private let expectation: Expectation
    /// Nanoseconds.
    private let limit: UInt64
    private var vitals: Vitals?
    private var beat: Int64?
    private var stillFor: UInt64 = 0
    private var silentFor: UInt64 = 0
    private var isTold = false

    public init(_ expectation: Expectation, limit: UInt64) {
        self.expectation = expectation
        self.limit = limit
    }

    /// - Parameters:
    ///   - vitals: nil when the process has gone.
    ///   - beat: any number that the process itself changes while it goes on; nil where there is none.
    ///   - elapsed: nanoseconds since the last look, as `WatchClock` counts them.
    public mutating func look(_ vitals: Vitals?, beat: Int64? = nil, elapsed: UInt64) -> Verdict {
        guard let vitals else { return .fine }
        let hasBeaten = beat != self.beat
        let isIdle = expectation == .wakesUp && vitals == self.vitals && !vitals.waitsForMachine && !hasBeaten
        stillFor = vitals.isStopped || isIdle ? stillFor &+ elapsed : 0
        silentFor = beat == nil || hasBeaten ? 0 : silentFor &+ elapsed
        (self.vitals, self.beat) = (vitals, beat)
        guard !isTold else { return stillFor >= Self.grace ? .kill : .fine }
        guard stillFor >= limit || silentFor >= limit.multipliedClamped(by: Self.patienceWithBusy) else { return .fine }
        isTold = true
        stillFor = 0
        return .end
    }
}

/// The time in which a watcher itself ran.
public struct WatchClock: Sendable {
    /// No more than this counts between two looks: what is longer the watcher has slept through. Nanoseconds.
    private let most: UInt64
    private var last: UInt64

    /// - Parameter most: longest time between two looks of a watcher that runs, in nanoseconds.
    public init(most: UInt64, now: UInt64 = monotonicNanoseconds()) {
        self.most = most
        last = now
    }

    /// Nanoseconds since the last call that count.
    public mutating func advance(to now: UInt64 = monotonicNanoseconds()) -> UInt64 {
        defer { last = now }
        return min(most, now &- min(last, now))
    }
}

extension UInt64 {
    fileprivate func multipliedClamped(by factor: UInt64) -> UInt64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
