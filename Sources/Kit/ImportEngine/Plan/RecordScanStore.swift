import Database
import Records
import Support

/// Goes through a whole table in the order of ids, in pieces, so that no read transaction is long.
final class RecordScanStore {
    private let records: Prepared
    private let key: StoredKey
    private let buffer = StoredKey.KeyBuffer()
    /// Where a row has the chosen fields.
    let columns: [Int32]
    /// The record that was met last.
    private var last: Int64 = 0
    private let greatestID: Int64

    /// - Parameter fields: those that are wanted of each record, by position.
    init(_ connection: Connection, _ table: RecordTable, fields: [Int]) throws(DatabaseError) {
        key = StoredKey(table)
        let names = fields.map { ", \(ident: table.fields[$0].name)" as SQL }.joined(separator: "")
        // Nothing is sorted for it: the id is the key of the table.
        records = Prepared(
            try connection.prepare(
                "SELECT id, version, \(key.columns)\(names) FROM \(ident: table.name) WHERE id > ? ORDER BY id"
            )
        )
        let first = 2 + key.count
        columns = fields.indices.map { first + Int32($0) }
        greatestID = try ImportPlanStore(connection, table).greatestID()
    }

    /// How much of the table was met, from 0 to 1.
    var share: Double { greatestID > 0 ? min(1, Double(last) / Double(greatestID)) : 1 }

    /// Meets records until the time is over or all were met; inside a read transaction.
    /// - Parameters:
    ///   - end: in nanoseconds of the monotonic clock.
    ///   - meet: gets the key and the row.
    /// - Returns: whether there are more.
    func part(
        until end: UInt64,
        _ meet: (_ key: UnsafeBufferPointer<UInt8>, _ row: borrowing Row) throws -> Void
    ) throws -> Bool {
        records.statement.bind(1, last)
        defer { records.statement.reset() }
        var count = 0
        while try records.statement.step() {
            let row = records.statement.row()
            try meet(key.read(row, from: 2, buffer), row)
            last = row.int(0)
            count += 1
            if count & 0xFF == 0, monotonicNanoseconds() >= end { return true }
        }
        return false
    }
}
