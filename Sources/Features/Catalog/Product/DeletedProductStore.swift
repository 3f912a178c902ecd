import Database
import Records

/// Reads which products were deleted and are still gone: their last revision holds what they were.
struct DeletedProductStore {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// Serves the list in its order, however many revisions there are.
    static let migration = Migration(
        "2026-11-30-98 catalog: deleted products in the order of their deletion",
        up: ["CREATE INDEX product_revision_of_deletion ON product_revision (id) WHERE change = 'delete'"],
        down: ["DROP INDEX product_revision_of_deletion"]
    )

    /// The deletions that still hold, newest first.
    /// - Parameter id: only revisions with a smaller id.
    func list(before id: Int64?, limit: Int) throws(DatabaseError) -> [Revision] {
        let columns = RevisionStore(connection).columns
        return try connection.all(
            """
            SELECT \(columns) FROM product_revision r
            WHERE r.change = 'delete' AND r.id < \(id ?? .max)
                AND NOT EXISTS (SELECT 1 FROM product p WHERE p.id = r.product_id)
                AND NOT EXISTS (
                    SELECT 1 FROM product_revision n WHERE n.product_id = r.product_id AND n.version > r.version)
            ORDER BY r.id DESC LIMIT \(limit)
            """,
            RevisionStore.read
        )
    }
}
