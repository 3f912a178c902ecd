import Database
import Jobs
import Support

/// Tells which products jobs have changed, from their revisions, in pages: for consumers who want each of them, while
/// an import itself tells once.
///
/// A page and how far was told are written in one transaction, so each revision is told once. Revisions without a job
/// are told by the change itself.
struct ChangedProductsStore {
    static let event = "products.changed"
    /// Revisions of a page.
    static let page = 500

    static let migration = Migration(
        "2026-11-30-97 catalog: how far changed products were told",
        up: [
            """
            CREATE TABLE changed_products_told (
                id INTEGER PRIMARY KEY CHECK (id = 1),
                revision_id INTEGER NOT NULL
            ) \(.strict)
            """
        ],
        down: ["DROP TABLE changed_products_told"]
    )

    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    private struct Change {
        var id: Int64
        var jobID: Int64?
        var job: String?
        var product: JSON
    }

    /// Tells the next page.
    /// - Returns: whether there may be more.
    func step(at now: Timestamp) throws -> Bool {
        guard let since = try OutboxRequestStore(connection).askedSince(Self.event) else {
            return try forget()
        }
        guard let position = try position() else {
            let start = try start(since)
            return try connection.writeIfFree { try keep(start) } != nil
        }
        let changes = try changes(after: position)
        guard let first = changes.first(where: { $0.jobID != nil }) else {
            // Changes by hand are looked at again until there are many of them: nothing is written for each.
            guard changes.count == Self.page, let last = changes.last else { return false }
            let kept: Void? = try connection.writeIfFree { try keep(last.id) }
            return kept != nil
        }
        let ofJob = changes.drop { $0.jobID == nil }.prefix { $0.jobID == first.jobID }
        guard let last = ofJob.last else { return false }
        let told: Void? = try connection.writeIfFree {
            try EventStore(connection).publish(
                "products.changed",
                subject: first.job,
                data: ["job_id": .optional(first.job), "products": .array(ofJob.map(\.product))],
                WriteContext(actor: .job(first.jobID ?? 0), jobID: first.jobID, now: now)
            )
            try keep(last.id)
        }
        return told != nil
    }

    private func position() throws(DatabaseError) -> Int64? {
        try connection.first("SELECT revision_id FROM changed_products_told") { row in row.int(0) }
    }

    private func keep(_ revision: Int64) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO changed_products_told (id, revision_id) VALUES (1, \(revision))
            ON CONFLICT (id) DO UPDATE SET revision_id = excluded.revision_id
            """
        )
    }

    /// Nobody asks any more: whoever asks next is told of what comes then.
    private func forget() throws -> Bool {
        guard try position() != nil else { return false }
        _ = try connection.writeIfFree { try connection.execute("DELETE FROM changed_products_told") }
        return false
    }

    /// How many of the newest revisions are looked through for the first one since somebody asks.
    private static let mostLookedBack: Int64 = 200_000

    /// Before the first revision that came after somebody had asked.
    private func start(_ since: Timestamp) throws(DatabaseError) -> Int64 {
        let newest = try connection.first("SELECT COALESCE(MAX(id), 0) FROM product_revision") { $0.int(0) } ?? 0
        let first = try connection.first(
            "SELECT MIN(id) FROM product_revision WHERE id > \(newest - Self.mostLookedBack) AND at >= \(since)"
        ) { row in row.intOrNil(0) }
        return (first ?? nil).map { $0 - 1 } ?? newest
    }

    private func changes(after position: Int64) throws(DatabaseError) -> [Change] {
        try connection.all(
            """
            SELECT r.id, r.job_id, j.public_id, r.product_id, r.version, r.change, p.sku,
                CASE WHEN r.change = 'delete' THEN r.before END
            FROM product_revision r LEFT JOIN product p ON p.id = r.product_id LEFT JOIN job j ON j.id = r.job_id
            WHERE r.id > \(position) ORDER BY r.id LIMIT \(Self.page)
            """
        ) { row in
            let gone = row.textOrNil(7).flatMap { try? JSON.parse($0) }?["sku"]?.stringValue
            return Change(
                id: row.int(0),
                jobID: row.intOrNil(1),
                job: row.textOrNil(2),
                product: [
                    "id": .int(row.int(3)), "sku": .optional(row.textOrNil(6) ?? gone), "version": .int(row.int(4)),
                    "change": .string(row.text(5)),
                ]
            )
        }
    }
}
