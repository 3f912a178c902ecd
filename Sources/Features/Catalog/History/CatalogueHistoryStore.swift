import Database
import Records
import Support

/// Which changes of the catalogue are wanted.
struct CatalogueHistoryFilter: Sendable, Equatable {
    /// What was changed.
    enum Subject: String, Sendable, CaseIterable {
        case product, category
    }

    var subject = Subject.product
    /// As `Actor.description`.
    var actor: String?
    var jobID: Int64?
    /// The name of a field, or the column of a metafield.
    var field: String?
    var change: Revision.Change?
    var range: (since: Timestamp?, until: Timestamp?) = (nil, nil)

    static func == (left: CatalogueHistoryFilter, right: CatalogueHistoryFilter) -> Bool {
        left.subject == right.subject && left.actor == right.actor && left.jobID == right.jobID
            && left.field == right.field && left.change == right.change && left.range == right.range
    }
}

/// Reads the revisions of all products, or of all categories, newest first.
struct CatalogueHistoryStore {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// One change, with what its record is called now.
    struct Entry {
        var revision: Revision
        /// SKU and name of a product, or the name of a category; nil where it is deleted.
        var label: String?
    }

    /// Revisions that one page looks at, at most: what is rare is looked for page by page.
    static let span: Int64 = 200_000
    private static let window: Int64 = 20_000

    /// - Parameter before: only revisions with a smaller id.
    /// - Returns: the changes, and where the look ended with the page not full; nil where there is nothing more.
    func page(
        _ filter: CatalogueHistoryFilter,
        before: Int64?,
        limit: Int
    ) throws(DatabaseError) -> (entries: [Entry], next: Int64?) {
        let table: SQL = filter.subject == .product ? "product_revision" : "category_revision"
        let newest = try connection.first("SELECT MAX(id) FROM \(table)") { row in row.int(0) } ?? 0
        var upper = min(before ?? .max, newest + 1)
        let end = filter.jobID == nil ? max(0, upper - Self.span) : 0
        var entries: [Entry] = []
        while upper > end, entries.count < limit {
            // A job's revisions have an index of their own; all others are read by their ids, a window at a time.
            let lower = filter.jobID == nil ? max(end, upper - Self.window) : 0
            entries += try window(filter, table, lower..<upper, limit: limit - entries.count)
            upper = lower
        }
        if entries.count == limit { return (entries, entries.last?.revision.id) }
        return (entries, upper > 1 && filter.jobID == nil ? upper : nil)
    }

    private func window(
        _ filter: CatalogueHistoryFilter,
        _ table: SQL,
        _ ids: Range<Int64>,
        limit: Int
    ) throws(DatabaseError) -> [Entry] {
        let isProduct = filter.subject == .product
        let owner: SQL = isProduct ? "r.product_id" : "r.category_id"
        let label: SQL = isProduct ? "n.sku || ' · ' || n.name" : "n.name"
        let names: SQL = isProduct ? "product" : "category"
        var conditions: [SQL] = ["r.id >= \(ids.lowerBound)", "r.id < \(ids.upperBound)"]
        if let actor = filter.actor { conditions.append("r.actor = \(actor)") }
        if let job = filter.jobID { conditions.append("r.job_id = \(job)") }
        if let change = filter.change { conditions.append("r.change = \(change.rawValue)") }
        if let since = filter.range.since { conditions.append("r.at >= \(since)") }
        if let until = filter.range.until { conditions.append("r.at < \(until)") }
        if let field = filter.field {
            // Members stand as "name": in the text; a value that holds the same has its quotes escaped.
            conditions.append("r.before LIKE \("%\"\(field.escapedForLike)\":%") ESCAPE '\\'")
        }
        return try connection.all(
            """
            SELECT r.id, \(owner), r.version, r.at, r.actor, r.job_id, r.change, r.before, \(label)
            FROM \(table) r LEFT JOIN \(names) n ON n.id = \(owner)
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY r.id DESC LIMIT \(limit)
            """
        ) { (row) throws(DatabaseError) in
            Entry(revision: try RevisionStore.read(row), label: row.textOrNil(8))
        }
    }
}

extension String {
    /// What LIKE takes for any character stands for itself.
    fileprivate var escapedForLike: String {
        String(flatMap { "\\%_".contains($0) ? ["\\", $0] : [$0] })
    }
}
