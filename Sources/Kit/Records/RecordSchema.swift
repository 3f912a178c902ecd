public import Database

/// The tables of a noun, made of its description.
public enum RecordSchema {
    /// The statements that create the table of the records, that of their revisions, and the indexes of both.
    ///
    /// For nouns that begin with this engine. A released migration never changes, so a field that is added later is a
    /// migration of its own.
    public static func create(_ table: RecordTable) -> [SQL] {
        [records(table), key(table)] + batches(table) + revisions(table)
    }

    /// The statements that drop them again.
    public static func drop(_ table: RecordTable) -> [SQL] {
        ["DROP TABLE \(ident: table.revisions)", "DROP TABLE \(ident: table.name)"]
    }

    private static func records(_ table: RecordTable) -> SQL {
        var columns = table.fields.map(column)
        if let column = table.key.textColumn { columns.append("\(ident: column) TEXT NOT NULL") }
        if table.history == .batches { columns.append("batch_id INTEGER") }
        return """
            CREATE TABLE \(ident: table.name) (
                id \(.identity),
                \(columns.joined(separator: ", ")),
                version INTEGER NOT NULL DEFAULT 1,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL
            ) \(.strict)
            """
    }

    /// Importers work without the checks of columns, so whatever a check says the field's kind says too.
    private static func column(_ field: RecordField) -> SQL {
        let storage: SQL =
            switch field.storage {
            case .integer: "INTEGER"
            case .text: "TEXT"
            }
        let needed: SQL = field.isRequired ? " NOT NULL" : ""
        // safe: defaults and choices are literals of the description.
        let standard: SQL = field.defaultValue.map { " DEFAULT \(raw: quoted($0))" } ?? ""
        guard case .choice(let words) = field.kind else { return "\(ident: field.name) \(storage)\(needed)\(standard)" }
        let list: SQL = "\(raw: words.map(quoted).joined(separator: ", "))"
        return "\(ident: field.name) \(storage)\(needed)\(standard) CHECK (\(ident: field.name) IN (\(list)))"
    }

    private static func quoted(_ text: String) -> String {
        "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
    }

    private static func key(_ table: RecordTable) -> SQL {
        let columns = (table.key.textColumn.map { [$0] } ?? table.key.fields).map { "\(ident: $0)" as SQL }
            .joined(separator: ", ")
        return "CREATE UNIQUE INDEX \(ident: "\(table.name)_by_key") ON \(ident: table.name) (\(columns))"
    }

    /// An index of a list: by these columns, ties by id.
    public static func index(_ table: RecordTable, _ columns: [String]) -> SQL {
        let names = (columns + ["id"]).map { "\(ident: $0)" as SQL }.joined(separator: ", ")
        let name = "\(table.name)_by_\(columns.joined(separator: "_"))"
        return "CREATE INDEX \(ident: name) ON \(ident: table.name) (\(names))"
    }

    /// What finds the records that a job has brought.
    private static func batches(_ table: RecordTable) -> [SQL] {
        guard table.history == .batches else { return [] }
        return ["CREATE INDEX \(ident: "\(table.name)_by_batch") ON \(ident: table.name) (batch_id, id)"]
    }

    /// The table of the revisions alone, with its indexes, for a noun whose own table says more than its fields do. The
    /// statements hang on nothing but the table's name, so a released migration may be made of them.
    public static func revisions(_ table: RecordTable) -> [SQL] {
        // What was deleted does not say itself any more what has brought it.
        let isBatched = table.history == .batches
        let batch: SQL = isBatched ? ",\n    batch_id INTEGER" : ""
        let byBatch: [SQL] = [
            "CREATE INDEX \(ident: "\(table.revisions)_by_batch") ON \(ident: table.revisions) (batch_id)"
        ]
        return [
            """
            CREATE TABLE \(ident: table.revisions) (
                id \(.identity),
                \(ident: table.revisionOwner) INTEGER NOT NULL,
                version INTEGER NOT NULL,
                at INTEGER NOT NULL,
                actor TEXT NOT NULL,
                job_id INTEGER,
                change TEXT NOT NULL CHECK (change IN ('create', 'update', 'delete', 'restore')),
                before TEXT\(batch)
            ) \(.strict)
            """,
            """
            CREATE INDEX \(ident: "\(table.revisions)_by_record") ON \(ident: table.revisions)
                (\(ident: table.revisionOwner), version)
            """,
            "CREATE INDEX \(ident: "\(table.revisions)_by_job") ON \(ident: table.revisions) (job_id, id)",
        ] + (isBatched ? byBatch : [])
    }
}
