public import Database
public import Support

/// Removes many records of a noun inside the caller's batches, by statements that are prepared once and without making
/// texts of what is only copied.
public final class RecordRemovalStore {
    private let find: Prepared
    private let delete: Prepared
    private let revisions: RecordRevisionStore
    private let stored: StoredFields
    private var before: [UInt8] = []

    public init(_ connection: Connection, _ table: RecordTable, jobID: Int64) throws(DatabaseError) {
        stored = StoredFields(table)
        find = Prepared(
            try connection.prepare("SELECT id, version, \(stored.columns) FROM \(ident: table.name) WHERE id = ?")
        )
        delete = Prepared(try connection.prepare("DELETE FROM \(ident: table.name) WHERE id = ?"))
        revisions = try RecordRevisionStore(connection, table, jobID: jobID)
    }

    /// Removes a record; its revision keeps every field that holds something.
    /// - Returns: about how many bytes it had; nil when it is gone already.
    public func remove(_ id: Int64, at now: Timestamp) throws(DatabaseError) -> Int64? {
        find.statement.bind(1, id)
        defer { find.statement.reset() }
        guard try find.statement.step() else { return nil }
        let row = find.statement.row()
        let version = row.int(1)
        stored.writeAll(of: row, from: 2, to: &before)
        let batch = stored.batch(of: row, from: 2)
        find.statement.reset()
        delete.statement.bind(1, id)
        try delete.statement.run()
        try revisions.change(id, version: version + 1, "delete", before: before, batch: batch, at: now)
        return Int64(before.count)
    }
}
