import Support

/// How long a bulk writer goes on in one transaction: until its time is over, or another writer waits for the gate.
///
/// To ask costs two system calls, so that is done every `rows` records, and earlier when they are big: 256 rows of a
/// megabyte take seconds.
public struct WriterTurn: ~Copyable {
    /// Bytes after which at the latest it looks whether the turn is over.
    static let bytesBetweenLooks: Int64 = 256 << 10

    private let gate: WriterGate?
    private let end: UInt64
    private let rowsBetweenLooks: Int
    private var rows = 0
    private var bytes: Int64 = 0
    /// Whether another writer waited at the last look.
    public private(set) var isWanted = false

    /// - Parameters:
    ///   - nanoseconds: how long it lasts when no other writer waits.
    ///   - rows: number of records after which it looks.
    public init(_ connection: Connection, nanoseconds: UInt64, lookingEvery rows: Int = 256) {
        gate = connection.gate
        end = monotonicNanoseconds() + nanoseconds
        rowsBetweenLooks = rows
    }

    /// Counts a record.
    /// - Parameter bytes: how many were read or written for it.
    /// - Returns: whether what was written is to be committed now.
    public mutating func isOver(after bytes: Int64) -> Bool {
        rows += 1
        self.bytes += bytes
        guard rows >= rowsBetweenLooks || self.bytes >= Self.bytesBetweenLooks else { return false }
        (rows, self.bytes) = (0, 0)
        isWanted = gate?.isWanted ?? false
        return isWanted || monotonicNanoseconds() >= end
    }
}
