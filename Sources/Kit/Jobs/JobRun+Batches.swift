public import Database

extension JobRun {
    /// What one batch has done.
    public struct Batch: Sendable {
        /// Whether there is more to do.
        public var more: Bool
        /// About how many bytes it has written.
        public var bytes: Int64

        public init(more: Bool, bytes: Int64) {
            self.more = more
            self.bytes = bytes
        }
    }

    /// Does work batch by batch until there is no more: each holds the gate for a while, or until another writer waits,
    /// and commits rows, counters, checkpoint and event together; between two the log is brought to the disk and into
    /// the database file.
    /// - Parameters:
    ///   - nanoseconds: how long a batch lasts when no other writer waits.
    ///   - rows: number of records after which it looks whether it is over.
    ///   - prepare: called before each batch, outside of its transaction.
    ///   - body: does some of the work: after each record it asks the turn whether the batch is over.
    ///
    /// Throws as `batch`, and what the closures throw.
    public func batches(
        lasting nanoseconds: UInt64,
        lookingEvery rows: Int = 256,
        prepare: () throws -> Void = {},
        _ body: (inout State, inout WriterTurn) throws -> Batch
    ) throws {
        var more = true
        while more {
            try prepare()
            let done = try batch { state in
                var turn = WriterTurn(connection, nanoseconds: nanoseconds, lookingEvery: rows)
                defer { bulkLog.end(turn) }
                return try body(&state, &turn)
            }
            more = done.more
            try settle(written: done.bytes)
        }
    }

    /// After a batch of one's own: brings the log to the disk and into the database file where that is due.
    /// - Parameter bytes: about how many were written.
    public func settle(written bytes: Int64) throws { try bulkLog.syncAndCheckpoint(connection, after: bytes) }
}
