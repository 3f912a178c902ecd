import CSQLite
import Glibc
public import Support

/// Lets one process at a time write, interactive ones first, bulk ones in turn and never starved.
///
/// SQLite's own lock has no queue: beside a busy importer a small writer waited seconds. Three flock(2) files make one:
/// *prio* (held shared by whoever waits interactively), *queue* (bulk writers stand in line), *write* (the transaction
/// itself). The kernel drops them when a process dies. The order and the bound are from measurements: without the
/// 300 ms bound two interactive writers in a loop starve an importer for good.
public final class WriterGate {
    public enum Priority: Sendable {
        case interactive
        case bulk
    }

    /// How long a bulk writer steps back for interactive ones in one turn.
    static let yieldMilliseconds: UInt64 = 300

    private let prio: OwnedDescriptor
    private let queue: OwnedDescriptor
    private let writer: OwnedDescriptor
    private let deadlineMilliseconds: Int
    private var taken: UInt64 = 0
    /// For how many nanoseconds this process has held the gate at one go at the most, since `forgetHolds`: what
    /// everybody else may have waited.
    public private(set) var longestHold: UInt64 = 0

    /// Opens the lock files beside the database file.
    public init(databasePath: String, deadlineMilliseconds: Int) throws(SystemError) {
        let flags = O_RDWR | O_CREAT
        prio = try Files.open("\(databasePath)-gate-prio", flags, mode: DatabaseFiles.mode)
        queue = try Files.open("\(databasePath)-gate-queue", flags, mode: DatabaseFiles.mode)
        writer = try Files.open("\(databasePath)-gate-write", flags, mode: DatabaseFiles.mode)
        self.deadlineMilliseconds = deadlineMilliseconds
    }

    /// Waits for the gate.
    ///
    /// Throws kind `gate` after the deadline, with the process that holds it.
    public func acquire(priority: Priority) throws(DatabaseError) {
        let end = monotonicNanoseconds() + UInt64(deadlineMilliseconds) * 1_000_000
        switch priority {
        case .interactive:
            try lock(prio, LOCK_SH, until: end)
            defer { flock(prio.raw, LOCK_UN) }
            try lock(writer, LOCK_EX, until: end)
        case .bulk:
            try lock(queue, LOCK_EX, until: end)
            defer { flock(queue.raw, LOCK_UN) }
            try lockAfterInteractive(until: end)
        }
        noteHolder()
    }

    /// Takes the gate only when nobody holds it or waits for it.
    public func acquireIfFree() -> Bool {
        guard flock(writer.raw, LOCK_EX | LOCK_NB) == 0 else { return false }
        noteHolder()
        return true
    }

    public func release() {
        longestHold = max(longestHold, monotonicNanoseconds() - taken)
        flock(writer.raw, LOCK_UN)
    }

    /// Begins to measure anew.
    public func forgetHolds() { longestHold = 0 }

    /// Whether an interactive writer waits: a bulk writer looks every few hundred rows and commits early.
    public var isWanted: Bool {
        guard flock(prio.raw, LOCK_EX | LOCK_NB) == 0 else { return true }
        flock(prio.raw, LOCK_UN)
        return false
    }

    private func lockAfterInteractive(until end: UInt64) throws(DatabaseError) {
        let yieldEnd = monotonicNanoseconds() + Self.yieldMilliseconds * 1_000_000
        while true {
            try lock(writer, LOCK_EX, until: end)
            guard monotonicNanoseconds() < yieldEnd, isWanted else { return }
            flock(writer.raw, LOCK_UN)
            while isWanted, monotonicNanoseconds() < yieldEnd { usleep(1000) }
        }
    }

    /// Polls, because flock(2) has no time limit: at first every 0.1 ms, later every millisecond.
    private func lock(_ file: borrowing OwnedDescriptor, _ mode: Int32, until end: UInt64) throws(DatabaseError) {
        var waits: UInt32 = 0
        while flock(file.raw, mode | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw DatabaseError(.gate, SystemError("lock the writer gate").description)
            }
            guard monotonicNanoseconds() < end else {
                throw DatabaseError(.gate, "the writer gate was not free in \(deadlineMilliseconds) ms; \(holder)")
            }
            waits += 1
            usleep(waits < 20 ? 100 : 1000)
        }
    }

    private func noteHolder() {
        taken = monotonicNanoseconds()
        var pid = Int64(getpid())
        _ = pwrite(writer.raw, &pid, 8, 0)
    }

    private var holder: String {
        var pid: Int64 = 0
        guard pread(writer.raw, &pid, 8, 0) == 8 else { return "its holder is not known" }
        return "process \(pid) took it last"
    }
}
