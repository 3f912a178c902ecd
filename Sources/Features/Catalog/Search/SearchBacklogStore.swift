import Database
import ImportEngine
import Support

/// What tells how an index that is behind gets to the present.
extension ProductSearchStore {
    /// Whether nearly all of the next revisions are deletions.
    func isDeletion(after position: Int64, count: Int64) throws(DatabaseError) -> Bool {
        let deleted = try connection.first(
            """
            SELECT COUNT(CASE WHEN change = 'delete' THEN 1 END) FROM (
                SELECT change FROM product_revision WHERE id > \(position) ORDER BY id LIMIT \(count)) next
            """
        ) { row in row.int(0) }
        return (deleted ?? 0) * 10 >= count * 9
    }

    /// How many products the jobs that run now have still to delete, at the most.
    func deletionsToCome() throws(DatabaseError) -> Int64 {
        try connection.first(
            """
            SELECT SUM(total_rows - processed_rows) FROM job
            WHERE status = 'processing' AND (kind = \(ProductDeleteJob.kind) AND stage = 'deleting'
                OR kind = \(ImportUndo.kind) AND stage = 'undoing')
            """
        ) { row in row.int(0) } ?? 0
    }

    func products() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM product") { row in row.int(0) } ?? 0
    }
}
