package import Database
package import Support

/// One change of one product: who, when, in which job, and what the changed fields held before.
package struct Revision: Sendable, Equatable {
    package enum Change: String, Sendable {
        case create, update, delete, restore
    }

    package var id: Int64
    package var productID: Int64
    /// The version that the change made.
    package var version: Int64
    package var at: Timestamp
    /// As `Actor.description`.
    package var actor: String
    package var jobID: Int64?
    package var change: Change
    /// The changed fields as they were, by column name, in stored form; nil when the product was not there before: for
    /// a creation, and when a deleted one was put back.
    package var before: JSON?
}

/// Reads the revisions of products; they are written by whoever changes a product, in the same transaction.
package struct RevisionStore {
    package let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    static let columns: SQL = "r.id, r.product_id, r.version, r.at, r.actor, r.job_id, r.change, r.before"

    static func read(_ row: borrowing Row) throws(DatabaseError) -> Revision {
        guard let change = Revision.Change(rawValue: row.text(6)) else {
            throw DatabaseError(.decoding, "revision \(row.int(0)) has an unknown change")
        }
        let before: JSON?
        do {
            before = try row.textOrNil(7).map { try JSON.parse($0) }
        } catch {
            throw DatabaseError(.decoding, "revision \(row.int(0)) is not readable: \(error)")
        }
        return Revision(
            id: row.int(0),
            productID: row.int(1),
            version: row.int(2),
            at: row.time(3),
            actor: row.text(4),
            jobID: row.intOrNil(5),
            change: change,
            before: before
        )
    }

    /// The history of one product, newest first.
    package func history(_ productID: Int64, limit: Int = 50) throws(DatabaseError) -> [Revision] {
        try connection.all(
            """
            SELECT \(Self.columns) FROM product_revision r
            WHERE r.product_id = \(productID) ORDER BY r.version DESC LIMIT \(limit)
            """,
            Self.read
        )
    }

    /// What happened to a product last; nil when nothing is known of it.
    func newest(_ productID: Int64) throws(DatabaseError) -> Revision? {
        try history(productID, limit: 1).first
    }

    /// The version that the last change of a product made; nil when nothing is known of it.
    func newestVersion(_ productID: Int64) throws(DatabaseError) -> Int64? {
        try connection.first("SELECT MAX(version) FROM product_revision WHERE product_id = \(productID)") { row in
            row.intOrNil(0)
        } ?? nil
    }

    /// The newest changes of a product as long as the closure wants to see more.
    func walk(_ productID: Int64, _ visit: (Revision) throws -> Bool) throws {
        let statement = try connection.prepare(
            "SELECT \(Self.columns) FROM product_revision r WHERE r.product_id = \(productID) ORDER BY r.version DESC"
        )
        while try statement.step() {
            if try !visit(try Self.read(statement.row())) { return }
        }
    }

    func count(productID: Int64) throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM product_revision WHERE product_id = \(productID)") { row in
            row.int(0)
        } ?? 0
    }

    /// When the oldest change of a product that is still known was made.
    func firstMoment(_ productID: Int64) throws(DatabaseError) -> Timestamp? {
        try connection.first(
            "SELECT r.at FROM product_revision r WHERE r.product_id = \(productID) ORDER BY r.version LIMIT 1"
        ) { row in row.time(0) }
    }

    /// The SKUs of the first products that a job changed, each as often as it was changed.
    /// - Parameter after: only revisions with a greater id count.
    func skus(jobID: Int64, after: Int64, limit: Int) throws(DatabaseError) -> [String] {
        try connection.all(
            """
            SELECT p.sku, CASE WHEN p.id IS NULL THEN r.before END
            FROM product_revision r LEFT JOIN product p ON p.id = r.product_id
            WHERE r.job_id = \(jobID) AND r.id > \(after) ORDER BY r.id LIMIT \(limit)
            """
        ) { row in
            // A product that is gone stands whole in the revision of its deletion.
            row.textOrNil(0) ?? row.textOrNil(1).flatMap { (try? JSON.parse($0))?["sku"]?.stringValue }
        }.compactMap { $0 }
    }

    /// The id of the last revision of all; 0 before the first.
    package func lastID() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT MAX(id) FROM product_revision") { row in row.int(0) } ?? 0
    }

    /// How many products a job created, updated and deleted, by its revisions.
    /// - Parameter after: only revisions with a greater id count: those since the job was restarted.
    package func counts(
        jobID: Int64,
        after: Int64 = 0
    ) throws(DatabaseError) -> (created: Int64, updated: Int64, deleted: Int64) {
        try connection.first(
            """
            SELECT COUNT(CASE WHEN change = 'create' THEN 1 END), COUNT(CASE WHEN change = 'update' THEN 1 END),
                COUNT(CASE WHEN change = 'delete' THEN 1 END)
            FROM product_revision WHERE job_id = \(jobID) AND id > \(after)
            """
        ) { row in (row.int(0), row.int(1), row.int(2)) } ?? (0, 0, 0)
    }
}
