package import Database

/// The indexes that only lists and histories need.
///
/// A load into an empty catalogue goes twice as fast when they are built afterwards from sorted runs than when each row
/// finds its place in each of them. Whoever drops them is a stage of a job that builds them again; a job that died is
/// made up for by the next one and by the runner's start.
package struct ProductIndexStore {
    package let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// What is missing, as steps: each is a statement for a transaction of its own.
    func missing() throws(DatabaseError) -> [SQL] {
        let present = Set(
            try connection.all("SELECT name FROM sqlite_schema WHERE type = 'index'") { row in row.text(0) }
        )
        return CatalogSchema.secondaryIndexes.filter { !present.contains($0.name) }.map(\.create)
    }

    /// Whether nothing has been stored yet.
    func isCatalogueEmpty() throws(DatabaseError) -> Bool {
        try connection.first("SELECT 1 FROM product LIMIT 1") { _ in true } == nil
    }

    /// Whether nothing was ever stored, so that there is nothing that building the indexes afterwards would repeat.
    func isUntouched() throws(DatabaseError) -> Bool {
        guard try isCatalogueEmpty() else { return false }
        return try connection.first("SELECT 1 FROM product_revision LIMIT 1") { _ in true } == nil
    }

    /// Drops them all; inside the caller's transaction.
    func dropAll() throws(DatabaseError) {
        for index in CatalogSchema.secondaryIndexes {
            try connection.execute("DROP INDEX IF EXISTS \(ident: index.name)")
        }
    }

    /// Builds what is missing.
    package func ensure() throws {
        for statement in try missing() { try connection.write(.normal) { try connection.execute(statement) } }
    }
}
