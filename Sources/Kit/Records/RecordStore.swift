public import Database
import Support

/// Reads single records of a noun, and writes what takes many of them back; each change with its revision, told to
/// nobody. Call what writes inside a transaction.
public struct RecordStore {
    public let connection: Connection
    public let table: RecordTable
    let columns: SQL

    public init(_ connection: Connection, _ table: RecordTable) {
        self.connection = connection
        self.table = table
        let names = table.fields.map { "\(ident: $0.name)" as SQL }.joined(separator: ", ")
        let batch: SQL = table.history == .batches ? ", batch_id" : ""
        columns = "id, version, created_at, updated_at, \(names)\(batch)"
    }

    func read(_ row: borrowing Row) -> StoredRecord {
        var values: [RecordValue] = []
        values.reserveCapacity(table.fields.count)
        for (index, field) in table.fields.enumerated() {
            values.append(RecordValue(row, 4 + Int32(index), field.storage))
        }
        return StoredRecord(
            id: row.int(0),
            values: values,
            version: row.int(1),
            createdAt: row.time(2),
            updatedAt: row.time(3),
            batch: table.history == .batches ? row.intOrNil(4 + Int32(table.fields.count)) : nil
        )
    }

    public func find(_ id: Int64) throws(DatabaseError) -> StoredRecord? {
        try connection.first("SELECT \(columns) FROM \(ident: table.name) WHERE id = \(id)") { row in read(row) }
    }

    /// The newest record with the key of another one; nil when its key is blank or free.
    public func find(keyOf record: StoredRecord) throws(DatabaseError) -> StoredRecord? {
        let conditions: SQL
        if let column = table.key.textColumn {
            guard let text = keyText(record) else { return nil }
            conditions = "\(ident: column) = \(text)"
        } else {
            conditions = table.key.fields.compactMap { name in
                table.position(of: name).map { (name, record.values[$0]) }
            }
            .map { "\(ident: $0.0) = \($0.1.databaseValue)" as SQL }.joined(separator: " AND ")
        }
        return try connection.first(
            "SELECT \(columns) FROM \(ident: table.name) WHERE \(conditions) ORDER BY id DESC LIMIT 1"
        ) { row in read(row) }
    }

    /// The record with a value in a field in which no two have the same.
    public func find(_ value: RecordValue, in field: RecordField) throws(DatabaseError) -> StoredRecord? {
        try connection.first(
            "SELECT \(columns) FROM \(ident: table.name) WHERE \(ident: field.name) = \(value.databaseValue)"
        ) { row in read(row) }
    }

    /// Whether two records have the same key.
    public func haveSameKey(_ one: StoredRecord, _ other: StoredRecord) -> Bool {
        guard table.key.textColumn == nil else { return keyText(one) == keyText(other) }
        return table.key.fields.compactMap(table.position).allSatisfy { one.values[$0] == other.values[$0] }
    }

    /// A key that is one text, as it is stored beside the fields; nil for a key of several fields, and where it is
    /// blank.
    public func keyText(_ record: StoredRecord) -> String? {
        switch table.key {
        case .folded(let field):
            guard let position = table.position(of: field), case .text(let text) = record.values[position] else {
                return nil
            }
            return text.trimmed.caseFolded
        case .exact: return nil
        case .occurrence(let fields, let number):
            guard let position = table.position(of: number) else { return nil }
            return LineKey.key(of: record, fields: fields.compactMap(table.position), number: position)
        }
    }

    /// What people know a stored record by.
    public func label(of record: StoredRecord) -> String {
        label { field in table.position(of: field.name).map { record.values[$0] } ?? .none }
    }

    /// What people know a record by: the fields of its key.
    public func label(_ values: (RecordField) -> RecordValue) -> String {
        Self.label(table.key.fields.compactMap(table.field).map(values))
    }

    /// - Parameter values: those of the key.
    static func label(_ values: [RecordValue]) -> String {
        values.compactMap { value in
            switch value {
            case .text(let text): text
            case .integer(let number): String(number)
            case .none: nil
            }
        }.joined(separator: " ")
    }

    // MARK: Inside the caller's transaction

    /// The same record; fields that name another one which is gone are blank.
    public func withoutLostReferences(_ record: StoredRecord) throws(DatabaseError) -> StoredRecord {
        var kept = record
        for (index, field) in table.fields.enumerated() {
            guard case .reference(let other) = field.kind, case .integer(let id) = record.values[index] else {
                continue
            }
            let isThere = try connection.first("SELECT 1 FROM \(ident: other) WHERE id = \(id)") { _ in true }
            if isThere == nil { kept.values[index] = .none }
        }
        return kept
    }

    /// Gives a record the values of another moment. A reference to what is gone since comes back blank.
    /// - Returns: whether anything differed.
    public func restore(
        _ wanted: StoredRecord,
        over current: StoredRecord,
        _ context: WriteContext
    ) throws(DatabaseError) -> Bool {
        let key = haveSameKey(wanted, current) ? nil : keyText(wanted)
        let wanted = try withoutLostReferences(wanted)
        let changed = table.fields.indices.filter { wanted.values[$0] != current.values[$0] }
        guard !changed.isEmpty else { return false }
        var assignments = changed.map { index in
            "\(ident: table.fields[index].name) = \(wanted.values[index].databaseValue)" as SQL
        }
        // A column that is named is written to its indexes again, so the key stands here only when it differs.
        if let column = table.key.textColumn, let key {
            assignments.append("\(ident: column) = \(key)")
        }
        try connection.execute(
            """
            UPDATE \(ident: table.name) SET \(assignments.joined(separator: ", ")), version = version + 1,
                updated_at = \(max(context.now, current.updatedAt)) WHERE id = \(current.id)
            """
        )
        let before = JSON.object(
            changed.map { JSON.Member(table.fields[$0].name, current.values[$0].stored) }
        )
        try RevisionStore(connection, table).append(
            current.id,
            version: current.version + 1,
            .restore,
            before: before.text,
            context
        )
        return true
    }
}
