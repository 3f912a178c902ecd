public import Database
public import Support

/// Puts many deleted records back under their old ids inside the caller's batches, by statements that are prepared
/// once.
public final class RecordReturnStore {
    private let insert: Prepared
    private let revisions: RecordRevisionStore
    private let records: RecordStore
    private let table: RecordTable

    public init(_ connection: Connection, _ table: RecordTable, jobID: Int64) throws(DatabaseError) {
        records = RecordStore(connection, table)
        self.table = table
        var own = table.fields.map { "\(ident: $0.name)" as SQL }
        if let column = table.key.textColumn { own.append("\(ident: column)") }
        if table.history == .batches { own.append("batch_id") }
        // safe: as many question marks as there are columns.
        let marks: SQL = "\(raw: own.map { _ in "?" }.joined(separator: ", "))"
        insert = Prepared(
            try connection.prepare(
                """
                INSERT INTO \(ident: table.name) (id, version, created_at, updated_at, \(own.joined(separator: ", ")))
                VALUES (?, ?, ?, ?, \(marks))
                """
            )
        )
        revisions = try RecordRevisionStore(connection, table, jobID: jobID)
    }

    /// Its version goes on; a reference to what is gone since comes back blank. The caller has made sure that no other
    /// record has its key.
    /// - Parameter record: its values, its id, and when it was created first.
    public func putBack(_ record: StoredRecord, version: Int64, at now: Timestamp) throws(DatabaseError) {
        // A line is known by what it was, also where that names what is gone.
        let key = records.keyText(record).map { DatabaseValue.text($0) } ?? .null
        let record = try records.withoutLostReferences(record)
        let statement = insert
        statement.statement.bind(1, record.id)
        statement.statement.bind(2, version)
        statement.statement.bind(3, record.createdAt.milliseconds)
        statement.statement.bind(4, now.milliseconds)
        var values = record.values.map(\.databaseValue)
        if table.key.textColumn != nil { values.append(key) }
        if table.history == .batches { values.append(record.batch.map { .integer($0) } ?? .null) }
        for (index, value) in values.enumerated() { try statement.statement.bind(Int32(5 + index), value) }
        try statement.statement.run()
        try revisions.change(record.id, version: version, "restore", before: nil, batch: record.batch, at: now)
    }
}
