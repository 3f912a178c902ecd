import Glibc
public import Support

/// Keeps processes running: starts them, starts again what ends, kills what is stuck in one request, and ends all of
/// them in order. One loop over their pidfds and the signals; nothing here knows what the processes do.
public final class Supervisor {
    /// Why `run` returned.
    public enum Outcome: Sendable, Equatable {
        /// Everything has ended.
        case stopped
        /// The caller replaces its program and hands the children over.
        case reload
    }

    /// Everything must be gone this long after the signal to stop. Milliseconds.
    public static let killAfter = 8000
    /// The second phase of a stop begins this late at the latest. Milliseconds.
    static let secondPhaseAfter = 5000

    let specifications: [ChildSpecification]
    let scoreboard: Scoreboard
    let log: Log
    let onReady: () -> Void
    let onNotice: (Supervisor) -> Void
    /// Nanoseconds.
    let hangTimeout: UInt64
    let onHang: (HungProcess) -> Void
    private let onReload: (Supervisor) -> Void
    /// One-off processes, see `wait(for:)`.
    var errands: [Errand] = []
    private let chore: (Supervisor) -> Void
    private var nextChore: UInt64 = 0
    private let signals: Signals
    private let poller: Poller
    var children: [SupervisedChild] = []
    /// By name: how many times in a row a process ended soon after its start, and when the next may start.
    private var backOff: [String: (failures: Int, until: UInt64)] = [:]
    /// Groups whose leader was killed, and when what is left of them gets SIGKILL.
    private var orphanGroups: [(group: Int32, deadline: UInt64)] = []
    private var wasReady = false
    var watchClock: WatchClock
    var nextWatch: UInt64 = 0
    /// Those of nginx, which it does not watch itself.
    var grandchildren: [ProcessIdentity: HangWatch] = [:]
    /// When the last round of the loop ended, and when the supervisor last went on after it had not run itself.
    private var lastRound = monotonicNanoseconds()
    private var wokeAt: UInt64 = 0
    private var outcome: Outcome?

    /// - Parameters:
    ///   - onReady: called once, when every process runs and the replaced ones have gone.
    ///   - onNotice: called for each SIGUSR2, by which a child says that something was changed.
    ///   - hangTimeout: milliseconds after which a process that shows no sign of life is ended and replaced.
    ///   - onHang: called for each of these.
    ///   - onReload: called for each SIGHUP; calls `reload()` when the time for that has come.
    ///   - chore: called once a second; must be short.
    public init(
        _ specifications: [ChildSpecification],
        scoreboard: Scoreboard,
        log: Log,
        hangTimeout: Int = 15_000,
        onReady: @escaping () -> Void = {},
        onNotice: @escaping (Supervisor) -> Void = { _ in },
        onHang: @escaping (HungProcess) -> Void = { _ in },
        onReload: @escaping (Supervisor) -> Void = { $0.reload() },
        chore: @escaping (Supervisor) -> Void = { _ in }
    ) throws(SystemError) {
        self.specifications = specifications
        self.scoreboard = scoreboard
        self.log = log
        self.onReady = onReady
        self.onNotice = onNotice
        self.onHang = onHang
        self.onReload = onReload
        self.hangTimeout = UInt64(clamping: hangTimeout) * 1_000_000
        watchClock = WatchClock(most: 2 * Self.watchPeriod(self.hangTimeout))
        self.chore = chore
        signals = try Signals([SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2])
        poller = try Poller()
        try poller.add(signals.descriptor.raw, token: 0, .readable)
    }

    /// Takes over the children of the program that ran in this process before.
    public func adopt(_ handed: [Handover.Child]) {
        for entry in handed {
            guard let process = try? ChildProcess(pid: entry.pid) else { continue }
            let child = child(entry.name, process, slot: entry.slot)
            guard let specification = specification(entry.name) else {
                retire(child, 1000, signal: SIGTERM)
                watch(child)
                continue
            }
            switch specification.reload {
            case .replace: child.isReplaced = true
            case .stopFirst: retire(child, specification.drainTimeout, signal: specification.stopSignal)
            case .keep(let signal): if let signal { process.send(signal) }
            }
            watch(child)
        }
    }

    /// The children as the next program needs to know them.
    public var handover: [Handover.Child] {
        children.map { Handover.Child(name: $0.name, pid: $0.process.pid, slot: $0.slot) }
    }

    /// Runs until told to stop or to reload.
    public func run() -> Outcome {
        outcome = nil
        while true {
            noticeSleep()
            readSignals()
            if let outcome {
                if outcome == .stopped { stopAll() }
                return outcome
            }
            startMissing()
            retireReplaced()
            killStuck()
            endHanging()
            killOverdue()
            endErrands()
            reportReady()
            doChore()
            _ = poller.wait(milliseconds: 100)
            reapAll()
        }
    }

    private func child(_ name: String, _ process: ChildProcess, slot: Int?) -> SupervisedChild {
        let watch = HangWatch(specification(name)?.expectation ?? .runs, limit: hangTimeout)
        return SupervisedChild(name: name, process: process, slot: slot, watch: watch)
    }

    func specification(_ name: String) -> ChildSpecification? {
        specifications.first { $0.name == name }
    }

    private func readSignals() {
        while let number = signals.next() {
            switch number {
            case SIGHUP: onReload(self)
            case SIGUSR1: send(SIGUSR1, to: "nginx")
            case SIGUSR2: onNotice(self)
            default: outcome = .stopped
            }
        }
    }

    /// Lets `run` return, for the caller to become another program.
    public func reload() { outcome = outcome ?? .reload }

    /// Sends a signal to every child of a name.
    public func send(_ signal: Int32, to name: String) {
        for child in children where child.name == name { child.process.send(signal) }
    }

    private func doChore() {
        let now = monotonicNanoseconds()
        guard now >= nextChore else { return }
        nextChore = now + 1_000_000_000
        chore(self)
    }

    private func startMissing() {
        let now = monotonicNanoseconds()
        for specification in specifications where backOff[specification.name]?.until ?? 0 <= now {
            let counted = children.filter { child in
                child.name == specification.name && !child.isReplaced
                    && (child.deadline == nil || specification.reload != .replace)
            }
            for _ in counted.count..<max(counted.count, specification.count) where !start(specification) { break }
        }
    }

    private func start(_ specification: ChildSpecification) -> Bool {
        var spawn = specification.spawn
        var slot: Int?
        if let number = specification.scoreboardDescriptor {
            guard let free = scoreboard.firstFree else { return false }
            scoreboard.writer(free)?.claim()
            spawn.descriptors.append(Spawn.Inherited(scoreboard.descriptor.raw, as: number))
            spawn.arguments += ["--slot", String(free)]
            slot = free
        }
        do throws(SystemError) {
            let process = try spawn.start()
            watch(child(specification.name, process, slot: slot))
            log.info("started", ["child": specification.name, "pid": String(process.pid)])
            return true
        } catch {
            if let slot { scoreboard.writer(slot)?.release() }
            log.error("cannot start", ["child": specification.name, "error": error.description])
            delayRestart(of: specification.name)
            return false
        }
    }

    private func watch(_ child: SupervisedChild) {
        children.append(child)
        do throws(SystemError) {
            try poller.add(child.process.descriptor.raw, token: 1, .readable)
        } catch {
            log.error("cannot watch", ["child": child.name, "error": error.description])
        }
    }

    /// Removes those that have ended and notes when the next of their kind may start.
    func reapAll() {
        for child in children {
            guard let status = child.process.reap() else { continue }
            children.removeAll { $0 === child }
            // What it was at when it died: the request that killed it, perhaps.
            let entry = child.slot.flatMap { scoreboard.entry($0) }
            let unanswered = child.isKilled || entry?.state != .busy ? nil : entry
            if let slot = child.slot { scoreboard.writer(slot)?.release() }
            endGroup(of: child, status)
            guard child.deadline == nil, outcome == nil else { continue }
            let level: Log.Level = status == .exited(0) ? .info : .warning
            log.log(
                level,
                "ended",
                [
                    "child": child.name, "pid": String(child.process.pid), "status": status.description,
                    "method": unanswered?.method, "path": unanswered?.path, "request_id": unanswered?.requestID,
                ]
            )
            let lived = monotonicNanoseconds() &- child.startedAt
            if status == .exited(0) && child.slot != nil || lived > 10_000_000_000 {
                backOff[child.name] = nil
            } else {
                delayRestart(of: child.name)
            }
        }
    }

    /// 50 ms, then twice as long each time, at most 3.2 s.
    private func delayRestart(of name: String) {
        let failures = min(7, (backOff[name]?.failures ?? 0) + 1)
        let delay = UInt64(25_000_000) << UInt64(failures)
        backOff[name] = (failures, monotonicNanoseconds() + delay)
    }

    private func endGroup(of child: SupervisedChild, _ status: ExitStatus) {
        let group = child.process.pid
        guard outcome == nil, let signal = specification(child.name)?.orphanSignal, kill(-group, signal) == 0 else {
            child.process.sendToGroup(SIGKILL)
            return
        }
        orphanGroups.append((group, monotonicNanoseconds() + 3_000_000_000))
    }

    /// Old processes end when as many new ones as wanted are ready.
    private func retireReplaced() {
        for specification in specifications where specification.reload == .replace {
            let replaced = children.filter { $0.name == specification.name && $0.isReplaced && $0.deadline == nil }
            guard !replaced.isEmpty, readyCount(specification) >= specification.count else { continue }
            for child in replaced { retire(child, specification.drainTimeout, signal: specification.stopSignal) }
        }
    }

    private func readyCount(_ specification: ChildSpecification) -> Int {
        let now = monotonicNanoseconds()
        return children.filter { child in
            guard child.name == specification.name, !child.isReplaced, child.deadline == nil else { return false }
            guard let slot = child.slot else { return now &- child.startedAt > 300_000_000 }
            return scoreboard.entry(slot).map { $0.state != .starting } ?? true
        }.count
    }

    func retire(_ child: SupervisedChild, _ milliseconds: Int, signal: Int32) {
        child.process.send(signal)
        child.deadline = monotonicNanoseconds() + UInt64(clamping: milliseconds) * 1_000_000
    }

    private func killStuck() {
        let now = monotonicNanoseconds()
        for child in children {
            guard let slot = child.slot, !child.isKilled, let limit = specification(child.name)?.requestTimeout,
                let entry = scoreboard.entry(slot), entry.state == .busy || entry.state == .reading,
                now > entry.since, (now - max(entry.since, wokeAt)) / 1_000_000 > UInt64(clamping: limit)
            else { continue }
            child.isKilled = true
            child.process.send(SIGKILL)
            log.error(
                "request timed out",
                [
                    "child": child.name, "pid": String(child.process.pid), "method": entry.method, "path": entry.path,
                    "request_id": entry.requestID, "seconds": String((now - entry.since) / 1_000_000_000),
                ]
            )
        }
    }

    /// Where the machine slept or everything was paused, nothing has used its time: all deadlines begin anew.
    private func noticeSleep() {
        let now = monotonicNanoseconds()
        let missed = now &- lastRound
        lastRound = now
        guard missed > 2_000_000_000 else { return }
        wokeAt = now
        for child in children { child.deadline = child.deadline.map { $0 &+ missed } }
        orphanGroups = orphanGroups.map { ($0.group, $0.deadline &+ missed) }
        for index in errands.indices { errands[index].deadline &+= missed }
    }

    private func killOverdue() {
        let now = monotonicNanoseconds()
        for child in children where child.deadline.map({ $0 < now }) ?? false {
            child.process.sendToGroup(SIGKILL)
            child.process.send(SIGKILL)
        }
        for entry in orphanGroups where entry.deadline < now { kill(-entry.group, SIGKILL) }
        orphanGroups.removeAll { $0.deadline < now }
    }

    private func reportReady() {
        guard !wasReady, specifications.allSatisfy({ readyCount($0) >= $0.count }),
            !children.contains(where: { $0.isReplaced && $0.deadline == nil })
        else { return }
        wasReady = true
        onReady()
    }

    private func stopAll() {
        let start = monotonicNanoseconds()
        log.info("stopping", [:])
        for child in children {
            guard let specification = specification(child.name), specification.stopPhase == .first else { continue }
            child.process.send(specification.stopSignal)
        }
        for entry in orphanGroups { kill(-entry.group, SIGKILL) }
        for errand in errands { errand.process.sendToGroup(SIGKILL) }
        var secondPhase = false
        while !children.isEmpty {
            let elapsed = Int(clamping: (monotonicNanoseconds() - start) / 1_000_000)
            let firstPhaseIsOver = !children.contains { specification($0.name)?.stopPhase == .first }
            if !secondPhase && (firstPhaseIsOver || elapsed > Self.secondPhaseAfter) {
                secondPhase = true
                for child in children { child.process.send(SIGTERM) }
            }
            if elapsed > Self.killAfter {
                for child in children {
                    child.process.sendToGroup(SIGKILL)
                    child.process.send(SIGKILL)
                }
            }
            if elapsed > Self.killAfter + 1500 { break }
            _ = poller.wait(milliseconds: 50)
            reapAll()
        }
        log.info("stopped", [:])
    }
}

/// A running child and what the supervisor knows about it.
final class SupervisedChild {
    let name: String
    let process: ChildProcess
    let slot: Int?
    let startedAt = monotonicNanoseconds()
    /// It belongs to the program before this one and goes when new ones are ready.
    var isReplaced = false
    /// It was told to end; killed at this moment.
    var deadline: UInt64?
    var isKilled = false
    var watch: HangWatch

    init(name: String, process: ChildProcess, slot: Int?, watch: HangWatch) {
        self.name = name
        self.process = process
        self.slot = slot
        self.watch = watch
    }
}
