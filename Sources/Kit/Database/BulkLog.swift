import Support

/// Fsyncs the write-ahead log of a bulk writer and checkpoints it between its batches, in bigger pieces as long as no
/// other writer waits for the gate.
public struct BulkLog {
    /// Bytes after which the log is fsynced, so that no other writer's durable commit pays for more.
    private static let syncBytes: Int64 = 8 << 20
    /// Another writer that waited for the gate within this time is taken to write still.
    private static let contentionNanoseconds: UInt64 = 5_000_000_000

    private var lastContention: UInt64 = 0
    private var unsyncedBytes: Int64 = 0

    public init() {}

    /// Notes at the end of a turn whether another writer waited.
    public mutating func end(_ turn: borrowing WriterTurn) {
        if turn.isWanted { lastContention = monotonicNanoseconds() }
    }

    /// After a batch, outside its transaction.
    /// - Parameter bytes: about how many it has written.
    public mutating func syncAndCheckpoint(_ connection: Connection, after bytes: Int64) throws {
        unsyncedBytes += bytes
        if unsyncedBytes >= Self.syncBytes {
            connection.syncLog()
            unsyncedBytes = 0
        }
        let isAlone = monotonicNanoseconds() - lastContention > Self.contentionNanoseconds
        try connection.checkpointIfDue(alone: isAlone)
    }
}
