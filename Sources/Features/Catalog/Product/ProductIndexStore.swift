package import Database
import Jobs

/// The indexes of the catalogue, which a load into an empty one builds afterwards from sorted runs: twice as fast as
/// when each row finds its place in each of them, and as fast for the last row of many as for the first.
///
/// Whoever drops them is a stage of a job that builds them again; a job that died is made up for by the next one and by
/// the runner. While the key index is missing, `product_load` names that job, and the catalogue holds nothing but what
/// it has put there: a file's own keys are told apart before it begins, so it looks for no product. Whoever else is
/// about to give a product a SKU builds the key index first.
package struct ProductIndexStore {
    package let connection: Connection

    /// Up to this id somebody's request may wait while the key index is built: half a second.
    private static let quickProducts: Int64 = 500_000

    package init(_ connection: Connection) {
        self.connection = connection
    }

    // MARK: What there is

    /// What is missing, the key first.
    func missing() throws(DatabaseError) -> [CatalogSchema.Index] {
        let present = Set(
            try connection.all("SELECT name FROM sqlite_schema WHERE type = 'index'") { row in row.text(0) }
        )
        return CatalogSchema.deferredIndexes.filter { !present.contains($0.name) }
    }

    /// Whether SKUs are indexed, and kept apart.
    func hasKey() throws(DatabaseError) -> Bool {
        let name = ProductKeySchema.index.name
        return try connection.first("SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = \(name)") { _ in true }
            != nil
    }

    /// Whether a job goes on without the key: it has dropped it, and nobody waits for it.
    func isWithoutKey(_ jobID: Int64) throws(DatabaseError) -> Bool {
        try connection.first("SELECT 1 FROM product_load WHERE job_id = \(jobID) AND key_wanted = 0") { _ in true }
            != nil
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

    // MARK: Inside the caller's transaction

    /// Drops them all for the load of an untouched catalogue, unless another load does without them already.
    /// - Returns: whether that was done.
    func putOff(for jobID: Int64) throws(DatabaseError) -> Bool {
        let isAlone = try hasKey() ? true : try isWithoutKey(jobID)
        guard isAlone, try isUntouched() else { return false }
        for index in CatalogSchema.deferredIndexes {
            try connection.execute("DROP INDEX IF EXISTS \(ident: index.name)")
        }
        try connection.execute("DELETE FROM product_load")
        try connection.execute("INSERT INTO product_load (job_id) VALUES (\(jobID))")
        return true
    }

    /// Builds the key index if it is missing: before a product is looked for by its SKU in order to change the
    /// catalogue.
    func requireKey() throws(DatabaseError) {
        if try !hasKey() { try build(ProductKeySchema.index) }
    }

    /// Builds one index that is missing.
    /// - Returns: whether there was one.
    @discardableResult
    func buildNext() throws(DatabaseError) -> Bool {
        guard let index = try missing().first else { return false }
        try build(index)
        return true
    }

    private func build(_ index: CatalogSchema.Index) throws(DatabaseError) {
        try connection.execute(index.create)
        if index.name == ProductKeySchema.index.name { try connection.execute("DELETE FROM product_load") }
    }

    // MARK: In transactions of their own

    /// Builds what is missing.
    package func ensure() throws {
        while try step() { continue }
    }

    /// Builds one index that is missing, in some seconds where there are millions of products.
    /// - Returns: whether there was one.
    func step() throws -> Bool {
        guard !(try missing().isEmpty) else { return false }
        return try connection.sortingOnDisk { try connection.write(.normal) { try buildNext() } }
    }

    /// Has the key index built if it is missing, before a product is given a SKU at somebody's request. So many
    /// products that it would take too long are left to the load, which does it with its next batch.
    ///
    /// Throws kind `gate` when it is not there yet.
    func prepareKey() throws {
        guard try !hasKey() else { return }
        let greatest = try connection.first("SELECT MAX(id) FROM product") { row in row.intOrNil(0) } ?? nil
        guard greatest ?? 0 <= Self.quickProducts else {
            try wish()
            // The error takes back what a shared commit wrote. Where this fails too, the next request wishes again.
            connection.afterRollback { try? wish() }
            throw DatabaseError(.gate, "SKUs are being indexed for a first load")
        }
        try connection.sortingOnDisk { try connection.write { try requireKey() } }
    }

    /// Asks the load to build the key index with its next batch.
    private func wish() throws {
        try connection.write { try connection.execute("UPDATE product_load SET key_wanted = 1") }
    }
}
