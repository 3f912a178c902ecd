import CSQLite
import Glibc
public import Support

/// Lets one process at a time write, interactive ones first, bulk ones in turn and never starved.
///
/// SQLite's own lock has no queue: beside a busy importer a small writer waited seconds. Three flock(2) files make one:
/// *prio* (held shared by interactive writers that wait), *queue* (bulk writers stand in line), *write* (the
/// transaction itself). The kernel drops them when a process dies. The order and the bound are from measurements:
/// without the 300 ms bound two interactive writers in a loop starve an importer for good.
public final class WriterGate {
    public enum Priority: Sendable {
        case interactive
        case bulk
    }

    /// How long a bulk writer steps back for interactive ones in one turn.
    static let yieldMilliseconds: UInt64 = 300

    private let databasePath: String
    private var prio: OwnedDescriptor
    private var queue: OwnedDescriptor
    private var writer: OwnedDescriptor
    private let deadlineMilliseconds: Int
    private var taken: UInt64 = 0
    /// For how many nanoseconds this process has held the gate at one go at the most, since `forgetHolds`: what
    /// everybody else may have waited.
    public private(set) var longestHold: UInt64 = 0

    /// The files of the gate of a database file whose locks keep others waiting: that of the writer itself, and that of
    /// the bulk writer whose turn is next.
    public static func paths(of databasePath: String) -> [String] {
        ["\(databasePath)-gate-write", "\(databasePath)-gate-queue"]
    }

    /// Opens the lock files beside the database file.
    public init(databasePath: String, deadlineMilliseconds: Int) throws(SystemError) {
        self.databasePath = databasePath
        prio = try Self.open(databasePath, "prio")
        queue = try Self.open(databasePath, "queue")
        writer = try Self.open(databasePath, "write")
        self.deadlineMilliseconds = deadlineMilliseconds
    }

    private static func open(_ databasePath: String, _ part: String) throws(SystemError) -> OwnedDescriptor {
        try Files.open("\(databasePath)-gate-\(part)", O_RDWR | O_CREAT, mode: DatabaseFiles.mode)
    }

    /// A file that was removed while it is open would be locked by the processes of before only, and a new one by
    /// those that began since.
    private var isRemoved: Bool {
        var status = stat()
        return fstat(writer.raw, &status) == 0 && status.st_nlink == 0
    }

    private func reopen() throws(DatabaseError) {
        do {
            prio = try Self.open(databasePath, "prio")
            queue = try Self.open(databasePath, "queue")
            writer = try Self.open(databasePath, "write")
        } catch {
            throw DatabaseError(.gate, "the files of the writer gate were removed: \(error)")
        }
    }

    /// Waits for the gate.
    ///
    /// Throws kind `gate` after the deadline, with the process that holds it.
    public func acquire(priority: Priority) throws(DatabaseError) {
        let end = monotonicNanoseconds() + UInt64(deadlineMilliseconds) * 1_000_000
        try wait(priority, until: end)
        while isRemoved {
            // Closing gives the lock back.
            try reopen()
            try wait(priority, until: end)
        }
        noteHolder()
    }

    private func wait(_ priority: Priority, until end: UInt64) throws(DatabaseError) {
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
    }

    /// Takes the gate only when no other writer holds it or waits for it.
    public func acquireIfFree() -> Bool {
        guard flock(writer.raw, LOCK_EX | LOCK_NB) == 0 else { return false }
        if isRemoved {
            guard (try? reopen()) != nil, flock(writer.raw, LOCK_EX | LOCK_NB) == 0 else { return false }
        }
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

    /// For the writers that wait: which process took the gate last, and when. The lock tells whether it has it still.
    private func noteHolder() {
        taken = monotonicNanoseconds()
        var note = (Int64(getpid()), taken)
        _ = pwrite(writer.raw, &note, 16, 0)
    }

    /// What the file of a gate says: which process took it last, and when on the clock of `monotonicNanoseconds`.
    public static func lastTaken(databasePath: String) -> (pid: Int32, at: UInt64)? {
        guard let file = try? Files.open("\(databasePath)-gate-write", O_RDONLY) else { return nil }
        var note: (Int64, UInt64) = (0, 0)
        guard pread(file.raw, &note, 16, 0) == 16, let pid = Int32(exactly: note.0) else { return nil }
        return (pid, note.1)
    }

    private var holder: String {
        var pid: Int64 = 0
        guard pread(writer.raw, &pid, 8, 0) == 8 else { return "its holder is not known" }
        return "process \(pid) took it last"
    }
}
