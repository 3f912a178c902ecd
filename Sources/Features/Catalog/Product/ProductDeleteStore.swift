import Database
import Support

/// All SQL of the product_delete_item table: what a deletion of many has still to do. Call inside a batch, unless
/// it says otherwise.
struct ProductDeleteStore {
    let connection: Connection
    let jobID: Int64
    private let products: ProductStore

    init(_ connection: Connection, jobID: Int64) {
        self.connection = connection
        self.jobID = jobID
        products = ProductStore(connection)
    }

    /// The next ids that match, ascending; none behind the last. Call outside a batch.
    func matching(_ filter: ProductFilter, after id: Int64, limit: Int) throws(DatabaseError) -> [Int64] {
        // Several statuses are several statements, each of which yields its own next ids: only the first so many of
        // all of them together are the next ones.
        let sort = ProductSort(.id, descends: false)
        let parts = ProductStore.parts(filter, sort, after: ProductCursor(value: .integer(id), id: id))
        let ids = parts.map { part in
            """
            SELECT id FROM (SELECT p.id FROM \(part.source) WHERE \(part.conditions.joined(separator: " AND "))
                ORDER BY \(part.order) LIMIT \(limit)) part
            """ as SQL
        }
        guard !ids.isEmpty else { return [] }
        return try connection.all(
            "SELECT id FROM (\(ids.joined(separator: " UNION ALL "))) matching ORDER BY id LIMIT \(limit)"
        ) { row in row.int(0) }
    }

    /// Notes what is to be deleted.
    func note(_ ids: [Int64]) throws(DatabaseError) {
        let statement = try connection.prepare("INSERT INTO product_delete_item (job_id, product_id) VALUES (?, ?)")
        statement.bind(1, jobID)
        for id in ids {
            statement.bind(2, id)
            try statement.run()
        }
    }

    /// Forgets what an earlier attempt has noted.
    func forgetAll() throws(DatabaseError) {
        try connection.execute("DELETE FROM product_delete_item WHERE job_id = \(jobID)")
    }

    /// How many are still to be deleted.
    func left() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM product_delete_item WHERE job_id = \(jobID)") { row in row.int(0) }
            ?? 0
    }

    /// The next ids to delete, ascending.
    func next(limit: Int = 256) throws(DatabaseError) -> [Int64] {
        try connection.all(
            """
            SELECT product_id FROM product_delete_item WHERE job_id = \(jobID) ORDER BY product_id LIMIT \(limit)
            """
        ) { row in row.int(0) }
    }

    /// Deletes a product with its revision.
    /// - Returns: about how many bytes it had; nil when it is gone already.
    func remove(_ id: Int64, _ context: WriteContext) throws -> Int64? {
        guard let product = try products.find(id) else { return nil }
        try products.remove(product, context)
        return product.bytes
    }

    /// Takes what was deleted off the list.
    func workOff(upTo id: Int64) throws(DatabaseError) {
        try connection.execute("DELETE FROM product_delete_item WHERE job_id = \(jobID) AND product_id <= \(id)")
    }

    /// Forgets, some at a time, what deletions that ended before the moment had still to do.
    /// - Returns: whether there may be more; nil when somebody else is writing.
    static func forgetAbandoned(_ connection: Connection, endedBefore moment: Timestamp) throws -> Bool? {
        try connection.writeIfFree {
            let job = try connection.first(
                """
                SELECT j.id FROM job j
                WHERE j.kind = \(ProductDeleteJob.kind) AND j.status IN ('completed', 'failed', 'cancelled')
                    AND j.completed_at < \(moment)
                    AND EXISTS (SELECT 1 FROM product_delete_item i WHERE i.job_id = j.id) LIMIT 1
                """
            ) { row in row.int(0) }
            guard let job else { return false }
            try connection.execute(
                """
                DELETE FROM product_delete_item WHERE job_id = \(job) AND product_id IN (
                    SELECT product_id FROM product_delete_item WHERE job_id = \(job) LIMIT 5000)
                """
            )
            return true
        }
    }
}
