import Glibc
import Support

/// A process that showed no sign of life and is ended for it.
public struct HungProcess: Sendable, Equatable {
    /// What it is: the name of its specification, `nginx worker` …
    public var name: String
    public var identity: ProcessIdentity
    /// How long it was waited for.
    public var seconds: Int

    public init(name: String, identity: ProcessIdentity, seconds: Int) {
        self.name = name
        self.identity = identity
        self.seconds = seconds
    }
}

extension Supervisor {
    /// How often processes are looked at, in nanoseconds.
    public static func watchPeriod(_ timeout: UInt64) -> UInt64 { max(100_000_000, min(1_000_000_000, timeout / 4)) }

    /// Ends processes that hang: a stop signal with SIGCONT, because one that was stopped takes no other, and SIGKILL
    /// when that is not answered either.
    func endHanging() {
        let now = monotonicNanoseconds()
        guard now >= nextWatch else { return }
        nextWatch = now + Self.watchPeriod(hangTimeout)
        let elapsed = watchClock.advance(to: now)
        for child in children where !child.isKilled {
            guard let specification = specification(child.name) else { continue }
            let slot = specification.beats ? child.slot.flatMap { scoreboard.entry($0) } : nil
            let beat = slot.map { Int64(clamping: $0.since) }
            switch child.watch.look(Vitals(of: child.process.pid), beat: beat, elapsed: elapsed) {
            case .fine: break
            case .end:
                tell(child.name, child.process.identity)
                if child.deadline == nil {
                    retire(child, specification.drainTimeout, signal: specification.stopSignal)
                }
                child.process.send(SIGCONT)
            case .kill: child.process.send(SIGKILL)
            }
        }
        endHangingGrandchildren(elapsed)
    }

    private func tell(_ name: String, _ identity: ProcessIdentity) {
        let hung = HungProcess(name: name, identity: identity, seconds: Int(hangTimeout / 1_000_000_000))
        log.error("hangs and is ended", ["child": name, "pid": String(identity.pid), "seconds": String(hung.seconds)])
        onHang(hung)
    }

    /// nginx's master starts a new worker for each that ends, but does not notice one that was stopped.
    private func endHangingGrandchildren(_ elapsed: UInt64) {
        var watched: [ProcessIdentity: HangWatch] = [:]
        for child in children where specification(child.name)?.orphanSignal != nil {
            for pid in Self.children(of: child.process.pid) {
                let identity = ProcessIdentity(pid: pid)
                var watch = grandchildren[identity] ?? HangWatch(.runs, limit: hangTimeout)
                switch watch.look(Vitals(of: pid), elapsed: elapsed) {
                case .fine: break
                case .end:
                    tell("\(child.name) worker", identity)
                    kill(pid, SIGQUIT)
                    kill(pid, SIGCONT)
                case .kill: kill(pid, SIGKILL)
                }
                watched[identity] = watch
            }
        }
        grandchildren = watched
    }

    private static func children(of pid: Int32) -> [Int32] {
        let text = (try? Files.read("/proc/\(pid)/task/\(pid)/children")) ?? []
        return String(decoding: text, as: UTF8.self).split(separator: " ").compactMap { Int32($0) }
    }
}
