import Database
import Support

/// The texts of one product at two positions of the log; nil where it was not there.
struct ProductTextChange: Sendable, Equatable {
    var id: Int64
    var old: [String?]?
    var new: [String?]?
}

/// Reads from the revisions what a text index has to do.
struct ProductSearchStore {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    func lastRevisionID() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT MAX(id) FROM product_revision") { row in row.int(0) } ?? 0
    }

    /// What tells a revision from another one that got the same id after the database was put back.
    func mark(of revisionID: Int64) throws(DatabaseError) -> String {
        guard revisionID > 0 else { return "" }
        return try connection.first(
            "SELECT product_id, version, at FROM product_revision WHERE id = \(revisionID)"
        ) { row in "\(row.int(0)) \(row.int(1)) \(row.int(2))" } ?? "gone"
    }

    struct Batch {
        /// By ascending id; either these or `new`.
        var changes: [ProductTextChange] = []
        /// When nothing but new products came, by ascending id.
        var new = NewProductTexts(columns: ProductFields.searched.count)
        /// Nil when there was no revision.
        var end: TextIndex.Position?

        /// The ids must ascend, see `TextIndex.update`.
        func remove(from statement: borrowing TextIndexStatement) throws(DatabaseError) {
            for change in changes { if let old = change.old { try statement.record(change.id, old) } }
        }

        func add(to statement: borrowing TextIndexStatement) throws(DatabaseError) {
            try new.record(into: statement)
            for change in changes { if let new = change.new { try statement.record(change.id, new) } }
        }
    }

    /// What the next revisions mean for the index. Call inside a read transaction.
    func batch(after position: Int64, limit: Int64) throws -> Batch {
        guard let last = try lastID(after: position, limit: limit) else { return Batch() }
        let end = TextIndex.Position(id: last, mark: try mark(of: last))
        let (new, others) = try touched(after: position, upTo: last)
        guard !others.isEmpty else { return Batch(new: new, end: end) }
        var changes = new.changes.filter { !others.contains($0.id) }
        for id in others.sorted() { changes.append(try change(of: id, after: position, upTo: last)) }
        changes = changes.filter { $0.old != $0.new }
        changes.sort { $0.id < $1.id }
        return Batch(changes: changes, end: end)
    }

    private func lastID(after position: Int64, limit: Int64) throws(DatabaseError) -> Int64? {
        try connection.first(
            """
            SELECT MAX(id) FROM (
                SELECT id FROM product_revision WHERE id > \(position) ORDER BY id LIMIT \(limit)) next
            """
        ) { row in row.intOrNil(0) } ?? nil
    }

    /// Products that were created in the range and not touched since, with their texts: nearly all during a first
    /// import. And the ids of all others.
    private func touched(
        after position: Int64,
        upTo last: Int64
    ) throws(DatabaseError) -> (new: NewProductTexts, others: Set<Int64>) {
        var new = NewProductTexts(columns: ProductFields.searched.count)
        var others: Set<Int64> = []
        let statement = try connection.prepare(
            """
            SELECT r.product_id, r.change = 'create' AND p.version = 1, \(texts)
            FROM product_revision r LEFT JOIN product p ON p.id = r.product_id
            WHERE r.id > \(position) AND r.id <= \(last) ORDER BY r.id
            """
        )
        while try statement.step() {
            let row = statement.row()
            if row.bool(1), row.int(0) > new.ids.last ?? 0 {
                new.append(row.int(0), row, from: 2)
            } else {
                others.insert(row.int(0))
            }
        }
        return (new, others)
    }

    private var texts: SQL {
        ProductFields.searched.map { "p.\(ident: $0.name)" as SQL }.joined(separator: ", ")
    }

    /// The texts of one product at both ends of a range of the log: the present ones with later revisions undone.
    private func change(of id: Int64, after position: Int64, upTo last: Int64) throws -> ProductTextChange {
        let fields = ProductFields.searched.map(\.name)
        var present: [String?]? = try connection.first("SELECT \(texts) FROM product p WHERE p.id = \(id)") { row in
            var found: [String?] = []
            for column in 0..<fields.count { found.append(row.textOrNil(Int32(column))) }
            return found
        }
        var change = ProductTextChange(id: id, old: nil, new: nil)
        let revisions = try connection.all(
            """
            SELECT \(RevisionStore.columns) FROM product_revision r
            WHERE r.product_id = \(id) AND r.id > \(position) ORDER BY r.id DESC
            """,
            RevisionStore.read
        )
        var hasNew = false
        for revision in revisions {
            if revision.id <= last, !hasNew {
                change.new = present
                hasNew = true
            }
            present = Self.undo(revision, present, fields)
        }
        // What was pruned of a history is pruned up to a revision that stays, so a product without any up to here is
        // not in the index yet: it is being built anew.
        change.old = try isKnown(id, at: position) ? present : nil
        return change
    }

    private func isKnown(_ id: Int64, at position: Int64) throws(DatabaseError) -> Bool {
        try connection.first(
            "SELECT 1 FROM product_revision WHERE product_id = \(id) AND id <= \(position) LIMIT 1"
        ) { _ in true } ?? false
    }

    /// The texts before a revision, from those after it.
    static func undo(_ revision: Revision, _ texts: [String?]?, _ fields: [String]) -> [String?]? {
        // Created, or put back after a deletion.
        guard let before = revision.before else { return nil }
        var result = texts ?? fields.map { _ in nil }
        for (index, field) in fields.enumerated() {
            if let value = before[field] { result[index] = value.stringValue }
        }
        return result
    }
}
