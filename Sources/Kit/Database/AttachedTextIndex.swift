/// A text index as the statements of another connection see it, which has its file attached; see `Connection.attach`.
public struct AttachedTextIndex: Sendable {
    /// The name under which the file is attached.
    public let schema: String
    /// The index's own name.
    public let name: String

    public init(schema: StaticString, name: StaticString) {
        self.schema = schema.description
        self.name = name.description
    }

    /// What stands behind FROM.
    // safe here and below: both names are literals of the program.
    public var table: SQL { "\(raw: schema).\(raw: name)" }

    /// The id of a record that was found. A statement that takes it from `table` finds records in its order.
    public var id: SQL { "\(raw: name).rowid" }

    /// The condition that a record matches, for statements that take it from `table`.
    public func matches(_ query: TextQuery) -> SQL { "\(raw: name) MATCH \(query.expression)" }

    /// The ids of all records that match, for IN.
    public func ids(_ query: TextQuery) -> SQL { "(SELECT rowid FROM \(table) WHERE \(matches(query)))" }
}

extension Connection {
    /// How many records of an attached index match.
    public func count(_ query: TextQuery, in index: AttachedTextIndex) throws(DatabaseError) -> Int64 {
        try first("SELECT COUNT(*) FROM \(index.table) WHERE \(index.matches(query))") { row in row.int(0) } ?? 0
    }

    /// Whether an attached index is built anew and does not hold all records yet; so is one without a state.
    public func isBeingBuilt(_ index: AttachedTextIndex) throws(DatabaseError) -> Bool {
        try first(
            """
            SELECT built_up_to FROM \(ident: index.schema).text_index_progress WHERE name = \(index.name)
            """
        ) { row in !row.isNull(0) } ?? true
    }
}
