import Database
import Records
import Support

/// Plans what is left of a file by matching it with the whole table: what most records of a file in an order of its
/// own do becomes known without a single look-up (see `RecordMatches`).
///
/// First every record is noted, then everything stored is met, then both are joined; then each record can be asked for.
/// A stored one counts as it was when it was met, and that version of it stands in the plan.
final class PlanMatching {
    /// The first record that is matched.
    let firstRow: Int64
    private let connection: Connection
    private let hash: RecordHash
    private let stored: RecordScanStore
    @exclusivity(unchecked) private var matches: RecordMatches

    /// - Parameters:
    ///   - rows: the records that are left.
    ///   - count: how many the table may hold.
    ///   - folder: for temporary files.
    init(
        rows: ClosedRange<Int64>,
        _ hash: RecordHash,
        _ connection: Connection,
        _ table: RecordTable,
        stored count: Int64,
        folder: String
    ) throws {
        firstRow = rows.lowerBound
        self.connection = connection
        self.hash = hash
        stored = try RecordScanStore(connection, table, fields: hash.fields)
        matches = RecordMatches(rows: rows, stored: count, folder: folder)
    }

    /// Notes a record. No two may have the same key.
    func note(_ key: UnsafeBufferPointer<UInt8>, _ values: borrowing [ImportValue], row: Int64) throws {
        // One whose values do not tell enough has to be looked at, as any that nothing was found for.
        guard let record = hash.record(key, values) else { return }
        try matches.add(record, row: row)
    }

    /// Meets what is stored until the time is over or all were met.
    /// - Parameter end: in nanoseconds of the monotonic clock.
    /// - Returns: whether there are more.
    func meetStored(until end: UInt64) throws -> Bool {
        try connection.read {
            try stored.part(until: end) { key, row in
                try matches.add(hash.stored(key, row, stored.columns), id: row.int(0), version: row.int(1))
            }
        }
    }

    /// How much of the table was met, from 0 to 1.
    var shareMet: Double { stored.share }

    /// Joins a part of the records with what is stored.
    /// - Returns: whether there is more.
    func joinNext() throws -> Bool { try matches.joinNext() }

    /// What was found for a record; rows ascend.
    func match(of row: Int64) throws -> RecordMatches.Match { try matches.match(of: row) }
}
