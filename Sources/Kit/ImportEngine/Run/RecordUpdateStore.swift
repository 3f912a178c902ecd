import Database
import Records

/// One UPDATE for each set of fields that records change together, prepared once.
///
/// Only the changed columns are set: SQLite rewrites an index whenever a column of it is named.
struct RecordUpdateStore {
    /// With nine fields there are 512 sets, with thirty too many to keep: the one that was not used for longest goes.
    static let most = 64

    private final class Entry {
        let prepared: Prepared
        var usedAt: Int64 = 0

        package init(_ prepared: Prepared) {
            self.prepared = prepared
        }
    }

    private let connection: Connection
    private let table: RecordTable
    private var entries: [UInt64: Entry] = [:]
    private var clock: Int64 = 0

    init(_ connection: Connection, _ table: RecordTable) {
        self.connection = connection
        self.table = table
    }

    /// How many are kept.
    var count: Int { entries.count }

    /// A change is never older than the one before it, whatever the clock says; takes the time twice.
    static let later: SQL = "updated_at = CASE WHEN updated_at > ? THEN updated_at ELSE ? END"

    /// Takes the fields' values in their order, the time twice, and the id.
    mutating func statement(_ mask: UInt64) throws(DatabaseError) -> Prepared {
        clock += 1
        if let known = entries[mask] {
            known.usedAt = clock
            return known.prepared
        }
        if entries.count >= Self.most, let oldest = entries.min(by: { $0.value.usedAt < $1.value.usedAt }) {
            entries[oldest.key] = nil
        }
        let changed = table.fields.enumerated().filter { mask & 1 << UInt64($0.offset) != 0 }
        let assignments = changed.map { "\(ident: $0.element.name) = ?" as SQL }.joined(separator: ", ")
        let entry = Entry(
            Prepared(
                try connection.prepare(
                    """
                    UPDATE \(ident: table.name) SET \(assignments), version = version + 1, \(Self.later) WHERE id = ?
                    """
                )
            )
        )
        entry.usedAt = clock
        entries[mask] = entry
        return entry.prepared
    }
}
