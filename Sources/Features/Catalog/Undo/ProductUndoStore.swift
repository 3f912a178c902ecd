import Database
import Support

/// All SQL of undos: which revisions a job left, and which products an undo has kept.
struct ProductUndoStore {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    // MARK: The job's revisions

    /// The next revisions of a job, newest first: what was done last is taken back first.
    func next(
        _ scope: UndoScope,
        before id: Int64,
        limit: Int = 256
    ) throws(DatabaseError) -> [(id: Int64, productID: Int64)] {
        try connection.all(
            """
            SELECT id, product_id FROM product_revision
            WHERE job_id = \(scope.jobID) AND id > \(scope.after) AND id < \(id) ORDER BY id DESC LIMIT \(limit)
            """
        ) { row in (row.int(0), row.int(1)) }
    }

    /// How many products the job changed.
    func products(_ scope: UndoScope) throws(DatabaseError) -> Int64 {
        try connection.first(
            """
            SELECT COUNT(DISTINCT product_id) FROM product_revision
            WHERE job_id = \(scope.jobID) AND id > \(scope.after)
            """
        ) { row in row.int(0) } ?? 0
    }

    /// Whether the job changed the product once more after a revision.
    func hasLater(_ scope: UndoScope, _ productID: Int64, after id: Int64) throws(DatabaseError) -> Bool {
        try connection.first(
            """
            SELECT 1 FROM product_revision
            WHERE product_id = \(productID) AND id > \(id) AND job_id = \(scope.jobID) LIMIT 1
            """
        ) { _ in true } ?? false
    }

    /// How many revisions an undo wrote, by what they do.
    func written(by jobID: Int64) throws(DatabaseError) -> (deleted: Int64, restored: Int64) {
        try connection.first(
            """
            SELECT COUNT(CASE WHEN change = 'delete' THEN 1 END), COUNT(CASE WHEN change = 'restore' THEN 1 END)
            FROM product_revision WHERE job_id = \(jobID)
            """
        ) { row in (row.int(0), row.int(1)) } ?? (0, 0)
    }

    // MARK: What was kept

    /// Notes a product that the undo leaves alone; call inside its batch.
    func note(_ kept: Kept, jobID: Int64) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO product_undo_kept (job_id, product_id, sku, reason, actor, by_job_id, at)
            VALUES (\(jobID), \(kept.productID), \(kept.sku), \(kept.reason.rawValue), \(kept.actor), \(kept.jobID),
                \(kept.at))
            """
        )
    }

    /// Products that an undo left alone, by id.
    func kept(by jobID: Int64, after productID: Int64, limit: Int) throws(DatabaseError) -> [Kept] {
        try connection.all(
            """
            SELECT product_id, sku, reason, actor, by_job_id, at FROM product_undo_kept
            WHERE job_id = \(jobID) AND product_id > \(productID) ORDER BY product_id LIMIT \(limit)
            """
        ) { row in
            Kept(
                productID: row.int(0),
                sku: row.text(1),
                reason: Kept.Reason(rawValue: row.text(2)) ?? .edited,
                actor: row.text(3),
                jobID: row.intOrNil(4),
                at: row.time(5)
            )
        }
    }

    func keptCount(by jobID: Int64) throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM product_undo_kept WHERE job_id = \(jobID)") { row in row.int(0) }
            ?? 0
    }
}
