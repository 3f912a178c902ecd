extension Connection {
    /// How many rows of an index are looked at: enough to tell how much it narrows, within milliseconds.
    private static let analysedRows = 1000

    /// Counts anew how much each index narrows, which is what the planner goes by. Holds the gate meanwhile.
    public func refreshStatistics() throws {
        // safe: a number of the program.
        try run("PRAGMA analysis_limit = \(Self.analysedRows)")
        try write(.normal) { try run("ANALYZE main") }
    }

    /// Rows whose reference leads nowhere, each as `table: row`; at most `limit`.
    public func danglingReferences(limit: Int = 20) throws(DatabaseError) -> [String] {
        let found = try all("PRAGMA foreign_key_check") { row in "\(row.text(0)): row \(row.int(1))" }
        return Array(found.prefix(limit))
    }
}
