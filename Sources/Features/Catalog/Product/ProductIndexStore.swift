package import Database

/// The indexes of the catalogue, which a load into an empty one builds afterwards from sorted runs: twice as fast as
/// when each row finds its place in each of them, and as fast for the last row of many as for the first.
///
/// Whoever drops them is a stage of a job that builds them again; a job that died is made up for by the next one and by
/// the runner. While the key index is missing, the catalogue holds nothing but what that one load has put there, and a
/// file's own keys are told apart before it begins. So the load asks for no product that was there before, and whoever
/// else is about to give a product a SKU builds the key index first (`requireKey`).
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
        return CatalogSchema.deferredIndexes.filter { !present.contains($0.name) }.map(\.create)
    }

    /// Whether SKUs are indexed, and kept apart.
    func hasKey() throws(DatabaseError) -> Bool {
        let name = ProductKeySchema.index.name
        return try connection.first("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = \(name)") { _ in true }
            != nil
    }

    /// Builds the key index if it is missing, inside the caller's transaction: before a product is looked for by its
    /// SKU in order to change the catalogue.
    func requireKey() throws(DatabaseError) {
        if try !hasKey() { try connection.execute(ProductKeySchema.index.create) }
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
        for index in CatalogSchema.deferredIndexes {
            try connection.execute("DROP INDEX IF EXISTS \(ident: index.name)")
        }
    }

    /// Builds what is missing.
    package func ensure() throws {
        while try step() { continue }
    }

    /// Builds one index that is missing.
    /// - Returns: whether there was one.
    func step() throws -> Bool {
        guard !(try missing().isEmpty) else { return false }
        try connection.write(.normal) {
            // Somebody else may have been first.
            if let statement = try missing().first { try connection.execute(statement) }
        }
        return true
    }
}
