import CSQLite
import Glibc
import Support

/// When and how the write-ahead log goes back into the database file.
public struct CheckpointPolicy: Sendable {
    /// Size of the log at which to act while others write: copying 64 MB takes about 0.3 s.
    public var sharedBytes: Int64
    /// Size of the log at which to act when no other process writes.
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
    ///
    /// They are read where SQLite has them mapped. Opening the index file here would be fatal: the kernel drops all of
    /// a process's locks on a file as soon as it closes any descriptor of it, and SQLite's locks live on that file.
    public var logBytes: Int64 {
        var file: UnsafeMutablePointer<sqlite3_file>?
        var index: UnsafeMutableRawPointer?
        guard gate != nil,
            sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK,
            let file, let map = file.pointee.pMethods?.pointee.xShmMap,
            map(file, 0, 32_768, 0, &index) == SQLITE_OK, let index
        else { return 0 }
        let pageSize = index.load(fromByteOffset: 14, as: UInt16.self)
        let frames = index.load(fromByteOffset: 16, as: UInt32.self)
        let copied = index.load(fromByteOffset: 96, as: UInt32.self)
        // 1 stands for 65536, which does not fit.
        let frameBytes = (pageSize == 1 ? 65_536 : Int64(pageSize)) + 24
        return max(0, Int64(frames) - Int64(copied)) * frameBytes
    }

    /// Fsyncs the log without holding the gate, so that the next durable commit does not pay for it.
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
