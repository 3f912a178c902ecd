import Database
import Jobs
import Support

/// The indexes of the catalogue, which a load into an empty one builds afterwards from sorted runs: twice as fast as
/// when each row finds its place in each of them, and as fast for the last row of many as for the first.
///
/// Jobs that remove, or put back, half of the catalogue or more do without those of lists, see `leavingOutLists`.
///
/// Whoever drops them is a stage of a job that builds them again; a job that died is made up for by the next one and by
/// the runner. While the key index is missing, `record_load` names that job, and the catalogue holds nothing but what
/// it has put there: a file's own keys are told apart before it begins, so it looks for no product. Whoever else is
/// about to give a product a SKU builds the key index first.
///
/// Where products share SKUs, so that the key cannot be built, another index stands in for it: `DuplicateSKUStore`.
struct ProductIndexStore {
    let connection: Connection

    /// Up to so many ids somebody's request may wait while the key index is built: half a second.
    private static let quickProducts: Int64 = 500_000

    init(_ connection: Connection) {
        self.connection = connection
    }

    // MARK: What there is

    /// What is missing, the key first.
    func missing() throws(DatabaseError) -> [CatalogSchema.Index] {
        let present = try connection.indexNames()
        let key = present.contains(DuplicateSKUStore.index.name) ? ProductKeySchema.index.name : nil
        return CatalogSchema.deferredIndexes.filter { !present.contains($0.name) && $0.name != key }
    }

    /// Whether SKUs are indexed, so that products are found by them.
    func hasKey() throws(DatabaseError) -> Bool {
        try keepsApart() ? true : try DuplicateSKUStore(connection).isInForce()
    }

    /// Whether an index keeps two products from having the same SKU.
    func keepsApart() throws(DatabaseError) -> Bool {
        try connection.hasIndex(ProductKeySchema.index.name)
    }

    /// Whether a job has dropped the key and it is still missing.
    func isLoad(_ jobID: Int64) throws(DatabaseError) -> Bool {
        try connection.first(
            "SELECT 1 FROM record_load WHERE table_name = 'product' AND job_id = \(jobID)"
        ) { _ in true } != nil
    }

    /// Whether a job goes on without the key: it has dropped it, and nobody waits for it.
    func isWithoutKey(_ jobID: Int64) throws(DatabaseError) -> Bool {
        try connection.first(
            "SELECT 1 FROM record_load WHERE table_name = 'product' AND job_id = \(jobID) AND key_wanted = 0"
        ) { _ in true } != nil
    }

    /// Whether nothing has been stored yet.
    func isCatalogueEmpty() throws(DatabaseError) -> Bool {
        try connection.first("SELECT 1 FROM product LIMIT 1") { _ in true } == nil
    }

    /// Whether nothing was ever stored; products that are gone have left their histories.
    private func isHistoryEmpty() throws(DatabaseError) -> Bool {
        try connection.first("SELECT 1 FROM product_revision LIMIT 1") { _ in true } == nil
    }

    // MARK: Inside the caller's transaction

    /// Drops them for the load of an empty catalogue, unless another load does without them already. Those of the
    /// histories stay when there are any: to build them would sort what was there before the load.
    /// - Returns: whether that was done.
    func deferIndexes(for jobID: Int64) throws(DatabaseError) -> Bool {
        let isAlone = try hasKey() ? true : try isWithoutKey(jobID)
        guard isAlone, try isCatalogueEmpty() else { return false }
        let products = [ProductKeySchema.index] + CatalogSchema.listIndexes
        try drop(try isHistoryEmpty() ? CatalogSchema.deferredIndexes : products)
        try DuplicateSKUStore(connection).end()
        try connection.execute("DELETE FROM record_load WHERE table_name = 'product'")
        try connection.execute("INSERT INTO record_load (table_name, job_id) VALUES ('product', \(jobID))")
        return true
    }

    func drop(_ indexes: [CatalogSchema.Index]) throws(DatabaseError) {
        for index in indexes { try connection.execute("DROP INDEX IF EXISTS \(ident: index.name)") }
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

    /// Somebody else may have been first.
    func buildIfMissing(_ index: CatalogSchema.Index) throws(DatabaseError) {
        if try missing().contains(where: { $0.name == index.name }) { try build(index) }
    }

    private func build(_ index: CatalogSchema.Index) throws(DatabaseError) {
        do throws(DatabaseError) {
            try connection.execute(index.create)
        } catch {
            guard error.isUniqueViolation else { throw error }
            return try DuplicateSKUStore(connection).begin(at: .now())
        }
        guard index.name == ProductKeySchema.index.name else { return }
        try connection.execute("DELETE FROM record_load WHERE table_name = 'product'")
    }

    // MARK: In transactions of their own

    /// Builds what is missing.
    func ensure() throws {
        try DuplicateSKUStore(connection).resolve(at: .now())
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
        // Ids go on behind those of products that are gone.
        let ids = try connection.first(
            "SELECT (SELECT MAX(id) FROM product) - (SELECT MIN(id) FROM product)"
        ) { row in row.int(0) }
        guard ids ?? 0 <= Self.quickProducts else {
            try requestKeyIndex()
            // The error takes back what a shared commit wrote. Where this fails too, the next request wishes again.
            connection.afterRollback { try? requestKeyIndex() }
            throw DatabaseError(.gate, "SKUs are being indexed for a first load")
        }
        try connection.sortingOnDisk { try connection.write { try requireKey() } }
    }

    /// Asks the load to build the key index with its next batch.
    private func requestKeyIndex() throws {
        try connection.write {
            try connection.execute("UPDATE record_load SET key_wanted = 1 WHERE table_name = 'product'")
        }
    }
}
