import Database
import Records
import Support

/// The SQL that prunes the revisions of a noun.
struct HistoryRetentionStore {
    let connection: Connection
    private let revisions: SQL
    private let owner: SQL

    init(_ connection: Connection, _ table: RecordTable) {
        self.connection = connection
        revisions = "\(ident: table.revisions)"
        owner = "\(ident: table.revisionOwner)"
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
    ///   - known: the last revision that an index of texts has read; it must find that one again.
    func prune(after id: Int64, before moment: Timestamp, known: Int64, limit: Int = 2000) throws -> Pruning {
        // Whether it may go: some newer one of the same record is old and known as well, or the record is gone for
        // good; and no job needs it for its undo.
        let rows = try connection.all(
            """
            SELECT r.id, CASE WHEN r.at < \(moment) AND r.id < \(known) AND (
                EXISTS (SELECT 1 FROM \(revisions) n WHERE n.\(owner) = r.\(owner)
                    AND n.version > r.version AND n.at < \(moment) AND n.id <= \(known))
                OR (r.change = 'delete' AND NOT EXISTS (SELECT 1 FROM \(revisions) n
                    WHERE n.\(owner) = r.\(owner) AND n.version > r.version))
                ) AND NOT EXISTS (SELECT 1 FROM job j WHERE j.id = r.job_id AND j.undo = 'possible')
                THEN 1 ELSE 0 END
            FROM \(revisions) r WHERE r.id > \(id) AND r.at < \(moment) ORDER BY r.id LIMIT \(limit)
            """
        ) { row in (id: row.int(0), mayGo: row.bool(1)) }
        guard let last = rows.last?.id else { return .done }
        let old = rows.filter(\.mayGo).map(\.id)
        if !old.isEmpty {
            let done = try connection.writeIfFree {
                try connection.execute("DELETE FROM \(revisions) WHERE id IN \(list: old)")
            }
            if done == nil { return .busy }
        }
        return rows.count == limit ? .more(after: last) : .done
    }
}
