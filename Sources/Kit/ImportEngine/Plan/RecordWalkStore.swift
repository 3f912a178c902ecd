import Database
import Glibc
import Records

/// Goes through a table beside a file that names its records in the order in which they once came, as a supplier
/// does who sends the same file again: the next record is then usually the one that the next record names, and its
/// key need not be searched. Where the orders differ it stands aside.
///
/// Holds a statement open, so it must be ended with the read transaction in which it walks.
final class RecordWalkStore {
    /// The records behind an id; the columns of `RecordImportStore.find`, and behind them the key.
    private let records: Prepared
    private let keyColumn: Int32
    private let key: StoredKey
    private let buffer = StoredKey.KeyBuffer()
    /// Whether the statement stands on a record.
    @exclusivity(unchecked) private var isOnRecord = false
    /// Whether the record that it stands on was asked for already.
    @exclusivity(unchecked) private var isSpent = false
    @exclusivity(unchecked) private var isOver = false
    /// The record that was found last.
    @exclusivity(unchecked) private var last: Int64 = 0
    /// How many records were found in the order of their ids, one after another.
    @exclusivity(unchecked) private var inOrder = 0
    /// Whether records share keys: the next one with a key need not be the one that is meant.
    private let isShared: Bool
    /// How many keys the walk had no record for, so that they had to be searched for.
    @exclusivity(unchecked) private(set) var searches: Int64 = 0

    /// Records found in order that show that walking pays.
    private static let enough = 16
    /// Records that the file does not name and that are stepped over; for more a search is cheaper.
    private static let stride: Int64 = 16

    init(_ connection: Connection, _ table: RecordTable, isShared: Bool) throws(DatabaseError) {
        self.isShared = isShared
        key = StoredKey(table)
        keyColumn = RecordImportStore.firstField + Int32(table.fields.count)
        let names = table.fields.map { "\(ident: $0.name)" as SQL }.joined(separator: ", ")
        // Nothing is sorted for it: the id is the key of the table.
        records = Prepared(
            try connection.prepare(
                """
                SELECT id, version, \(names), \(key.columns) FROM \(ident: table.name) WHERE id > ? ORDER BY id
                """
            )
        )
    }

    /// The statement, standing on the record with that key; nil when that is not the next one. Valid until the next
    /// call.
    func next(_ key: UnsafeBufferPointer<UInt8>) throws(DatabaseError) -> Prepared? {
        if try standsOn(key) { return records }
        searches += 1
        return nil
    }

    private func standsOn(_ key: UnsafeBufferPointer<UInt8>) throws(DatabaseError) -> Bool {
        guard inOrder >= Self.enough, !isOver, !isShared else { return false }
        if !isOnRecord {
            records.statement.bind(1, last)
            try step()
        } else if isSpent {
            try step()
        }
        guard isOnRecord else { return false }
        let stored = self.key.read(records.statement.row(), from: keyColumn, buffer)
        guard stored.count == key.count, let left = stored.baseAddress, let right = key.baseAddress,
            memcmp(left, right, key.count) == 0
        else { return false }
        isSpent = true
        last = records.statement.row().int(0)
        return true
    }

    /// Takes note of a record that was searched for by its key: follows when it stands a little further on, gives up
    /// walking for a while when it stands elsewhere.
    func note(found id: Int64) throws(DatabaseError) {
        let isNear = id > last && id - last <= Self.stride
        last = id
        guard isNear else {
            inOrder = 0
            return end()
        }
        inOrder += 1
        while isOnRecord, records.statement.row().int(0) < id { try step() }
        isSpent = isOnRecord && records.statement.row().int(0) == id
    }

    /// Stands on nothing any more; goes on behind the last record when it is asked again.
    func end() {
        records.statement.reset()
        isOnRecord = false
        isSpent = false
        isOver = false
    }

    private func step() throws(DatabaseError) {
        isOnRecord = try records.statement.step()
        isSpent = false
        isOver = !isOnRecord
    }
}
