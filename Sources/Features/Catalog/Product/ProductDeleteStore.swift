import Database
import Support

/// All SQL of the product_delete_range table: what a deletion of many has still to do. Call inside a batch, unless
/// it says otherwise.
struct ProductDeleteStore {
    let connection: Connection
    let jobID: Int64

    init(_ connection: Connection, jobID: Int64) {
        self.connection = connection
        self.jobID = jobID
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

    /// How many products match, and which: of the same set it is the same.
    func survey(_ filter: ProductFilter) throws(DatabaseError) -> (count: Int64, seen: SetHash) {
        guard filter.canMatch else { return (0, SetHash()) }
        var (count, seen) = (Int64(0), SetHash())
        let conditions = [SQL("p.id > 0")] + filter.conditions()
        let statement = try connection.prepare(
            "SELECT p.id FROM \(filter.source()) WHERE \(conditions.joined(separator: " AND "))"
        )
        while try statement.step() {
            seen.add(statement.row().int(0))
            count += 1
        }
        return (count, seen)
    }

    /// Notes what is to be deleted.
    /// - Parameter ids: ascending. Those that follow each other without a gap are noted as one range; no id that is not
    ///   named is ever in it, because a product that is gone now may be put back.
    func note(_ ids: [Int64]) throws(DatabaseError) {
        let statement = try connection.prepare(
            "INSERT INTO product_delete_range (job_id, first_id, last_id) VALUES (?, ?, ?)"
        )
        statement.bind(1, jobID)
        var rest = ids[...]
        while let first = rest.first {
            var last = first
            rest.removeFirst()
            while rest.first == last + 1 { last = rest.removeFirst() }
            statement.bind(2, first)
            statement.bind(3, last)
            try statement.run()
        }
    }

    /// Forgets what an earlier attempt has noted.
    func forgetAll() throws(DatabaseError) {
        try connection.execute("DELETE FROM product_delete_range WHERE job_id = \(jobID)")
    }

    /// How many are still to be deleted.
    func left() throws(DatabaseError) -> Int64 {
        try connection.first(
            "SELECT SUM(last_id - first_id + 1) FROM product_delete_range WHERE job_id = \(jobID)"
        ) { row in row.int(0) } ?? 0
    }

    /// The next ids to delete, ascending.
    func next(limit: Int = 256) throws(DatabaseError) -> [ClosedRange<Int64>] {
        try connection.all(
            """
            SELECT first_id, last_id FROM product_delete_range WHERE job_id = \(jobID)
            ORDER BY first_id LIMIT \(limit)
            """
        ) { row in row.int(0)...max(row.int(0), row.int(1)) }
    }

    /// Takes what was deleted off the list.
    func workOff(upTo id: Int64) throws(DatabaseError) {
        // The first bound is the one that an index knows.
        try connection.execute(
            "DELETE FROM product_delete_range WHERE job_id = \(jobID) AND first_id <= \(id) AND last_id <= \(id)"
        )
        try connection.execute(
            "UPDATE product_delete_range SET first_id = \(id + 1) WHERE job_id = \(jobID) AND first_id <= \(id)"
        )
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
                    AND EXISTS (SELECT 1 FROM product_delete_range i WHERE i.job_id = j.id) LIMIT 1
                """
            ) { row in row.int(0) }
            guard let job else { return false }
            try connection.execute(
                """
                DELETE FROM product_delete_range WHERE job_id = \(job) AND first_id IN (
                    SELECT first_id FROM product_delete_range WHERE job_id = \(job) LIMIT 5000)
                """
            )
            return true
        }
    }
}
