import Database
import Support

/// The SQL that prunes revisions.
struct HistoryRetentionStore {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// How far a round of pruning has come.
    enum Pruning: Equatable {
        /// It goes on behind this revision.
        case more(after: Int64)
        case done
        /// Another process writes: nothing was deleted.
        case busy
    }

    /// Deletes what may go of the next revisions.
    /// - Parameters:
    ///   - moment: only what is older.
    ///   - known: the last revision that the text index has read; it must find that one again.
    func prune(after id: Int64, before moment: Timestamp, known: Int64, limit: Int = 2000) throws -> Pruning {
        // Whether it may go: some newer one of the same product is old and known as well, or the product is gone for
        // good; and no job needs it for its undo.
        let rows = try connection.all(
            """
            SELECT r.id, CASE WHEN r.at < \(moment) AND r.id < \(known) AND (
                EXISTS (SELECT 1 FROM product_revision n WHERE n.product_id = r.product_id
                    AND n.version > r.version AND n.at < \(moment) AND n.id <= \(known))
                OR (r.change = 'delete' AND NOT EXISTS (SELECT 1 FROM product_revision n
                    WHERE n.product_id = r.product_id AND n.version > r.version))
                ) AND NOT EXISTS (SELECT 1 FROM job j WHERE j.id = r.job_id AND j.undo = 'possible')
                THEN 1 ELSE 0 END
            FROM product_revision r WHERE r.id > \(id) AND r.at < \(moment) ORDER BY r.id LIMIT \(limit)
            """
        ) { row in (id: row.int(0), mayGo: row.bool(1)) }
        guard let last = rows.last?.id else { return .done }
        let old = rows.filter(\.mayGo).map(\.id)
        if !old.isEmpty {
            let done = try connection.writeIfFree {
                try connection.execute("DELETE FROM product_revision WHERE id IN \(list: old)")
            }
            if done == nil { return .busy }
        }
        return rows.count == limit ? .more(after: last) : .done
    }
}
