/// Reads a table that only grows, such as a log or a trail, by pages along its ids.
public struct EntryStore<Entry: Sendable>: Sendable {
    /// The table with the alias that columns and conditions use, e.g. `audit_log a`.
    private let table: SQL
    private let id: SQL
    private let columns: SQL
    private let read: @Sendable (borrowing Row) throws(DatabaseError) -> Entry

    public init(
        _ table: StaticString,
        _ alias: StaticString,
        columns: SQL,
        _ read: @escaping @Sendable (borrowing Row) throws(DatabaseError) -> Entry
    ) {
        // safe: both are literals of the program.
        self.table = "\(raw: table.description) \(raw: alias.description)"
        id = "\(raw: alias.description).id"
        self.columns = columns
        self.read = read
    }

    /// One page in the order of the ids.
    /// - Parameter after: the id behind which the page begins.
    public func list(
        _ connection: Connection,
        where condition: SQL,
        after: Int64?,
        descends: Bool,
        limit: Int
    ) throws(DatabaseError) -> [Entry] {
        let start: SQL = after.map { descends ? " AND \(id) < \($0)" : " AND \(id) > \($0)" } ?? ""
        let direction: SQL = descends ? "DESC" : "ASC"
        return try connection.all(
            "SELECT \(columns) FROM \(table) WHERE \(condition)\(start) ORDER BY \(id) \(direction) LIMIT \(limit)",
            read
        )
    }

    public func find(_ connection: Connection, _ entry: Int64) throws(DatabaseError) -> Entry? {
        try connection.first("SELECT \(columns) FROM \(table) WHERE \(id) = \(entry)", read)
    }

    /// How many entries match.
    /// - Parameter limit: counting ends there.
    public func count(_ connection: Connection, where condition: SQL, limit: Int64) throws(DatabaseError) -> Int64 {
        let matching: SQL = "SELECT 1 FROM \(table) WHERE \(condition) LIMIT \(limit)"
        return try connection.first("SELECT COUNT(*) FROM (\(matching)) matching") { row in row.int(0) } ?? 0
    }

    /// The texts that a column has, in their order, without NULL and "": one step along its index for each, not one for
    /// each row.
    public func distinct(_ connection: Connection, _ column: String) throws(DatabaseError) -> [String] {
        var found: [String] = []
        while let next = try connection.first(
            "SELECT MIN(\(ident: column)) FROM \(table) WHERE \(ident: column) > \(found.last ?? "")",
            { row in row.textOrNil(0) }
        ) ?? nil {
            found.append(next)
        }
        return found
    }
}
