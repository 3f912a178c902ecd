import CSQLite
import Glibc
import Support

/// When and how the write-ahead log goes back into the database file.
public struct CheckpointPolicy: Sendable {
    /// Size of the log at which to act while others write: copying 64 MB takes about 0.3 s.
    public var sharedBytes: Int64
    /// Size of the log at which to act when nobody else writes.
    public var aloneBytes: Int64

    public init(sharedBytes: Int64 = 24 << 20, aloneBytes: Int64 = 128 << 20) {
        self.sharedBytes = sharedBytes
        self.aloneBytes = aloneBytes
    }
}

extension Connection {
    /// Bytes of the write-ahead log that are not in the database file yet.
    ///
    /// The size of the log file does not tell: it is reused from its start. The two numbers stand in the shared index
    /// (sqlite.org/walformat.html, "The WAL-Index Header"): mxFrame at byte 16, nBackfill at byte 96.
    public var logBytes: Int64 {
        guard let index = try? Files.open("\(path)-shm", O_RDONLY) else { return 0 }
        var frames: UInt32 = 0
        var copied: UInt32 = 0
        var pageSize: UInt16 = 0
        guard pread(index.raw, &pageSize, 2, 14) == 2, pread(index.raw, &frames, 4, 16) == 4,
            pread(index.raw, &copied, 4, 96) == 4
        else { return 0 }
        // 1 stands for 65536, which does not fit.
        let frameBytes = (pageSize == 1 ? 65_536 : Int64(pageSize)) + 24
        return max(0, Int64(frames) - Int64(copied)) * frameBytes
    }

    /// Hands the log to the disk without holding the gate, so that the next durable commit does not pay for it.
    public func syncLog() {
        guard let log = try? Files.open("\(path)-wal", O_RDONLY) else { return }
        fdatasync(log.raw)
    }

    /// Copies the log into the file, under the gate: PASSIVE first, TRUNCATE only when that copied everything, because
    /// TRUNCATE would wait for readers while it holds the gate.
    /// - Returns: whether the log is empty now.
    @discardableResult
    public func checkpoint() throws -> Bool {
        guard let gate, !isInTransaction else { return false }
        syncLog()
        try gate.acquire(priority: role == .importer ? .bulk : .interactive)
        defer { gate.release() }
        sqlite3_busy_timeout(handle, 0)
        defer { sqlite3_busy_timeout(handle, 5000) }
        var frames: Int32 = 0
        var copied: Int32 = 0
        let passive = sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_PASSIVE, &frames, &copied)
        guard passive == SQLITE_OK || passive & 0xFF == SQLITE_BUSY else { throw failure(passive) }
        guard passive == SQLITE_OK, frames == copied else { return false }
        let truncate = sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
        guard truncate == SQLITE_OK || truncate & 0xFF == SQLITE_BUSY else { throw failure(truncate) }
        return truncate == SQLITE_OK
    }

    /// Checkpoints when the log has grown to what the policy allows.
    public func checkpointIfDue(_ policy: CheckpointPolicy = CheckpointPolicy(), alone: Bool) throws {
        if logBytes >= (alone ? policy.aloneBytes : policy.sharedBytes) { try checkpoint() }
    }
}
