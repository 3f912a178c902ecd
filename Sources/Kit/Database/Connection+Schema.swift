// What stands in the database's own list of its tables and indexes.

extension Connection {
    /// Whether a table of this name stands in the database.
    public func hasTable(_ name: String) throws(DatabaseError) -> Bool {
        try first("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = \(name)") { _ in true } != nil
    }

    /// Whether an index of this name stands in the database.
    public func hasIndex(_ name: String) throws(DatabaseError) -> Bool {
        try first("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = \(name)") { _ in true } != nil
    }

    /// The names of all indexes, those that belong to a constraint too.
    public func indexNames() throws(DatabaseError) -> Set<String> {
        Set(try all("SELECT name FROM sqlite_schema WHERE type = 'index'") { row in row.text(0) })
    }
}
