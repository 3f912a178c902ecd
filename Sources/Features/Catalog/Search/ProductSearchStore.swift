import Database
import Records
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
        /// By ascending id; none of them stands in `new`.
        var changes: [ProductTextChange] = []
        /// Products that were never in the index, by ascending id.
        var new = NewProductTexts()
        /// Nil when there was nothing to do.
        var end: TextIndex.Progress?

        var count: Int64 { Int64(changes.count + new.ids.count) }

        /// Everything in one pass, see `TextIndex.update`.
        func apply(to pass: inout TextIndexPass) throws(DatabaseError) {
            var next = 0
            for change in changes {
                let end = new.ids[next...].firstIndex { $0 > change.id } ?? new.ids.count
                try new.record(next..<end, into: &pass)
                next = end
                try pass.replace(change.id, old: change.old, new: change.new)
            }
            try new.record(next..<new.ids.count, into: &pass)
        }
    }

    /// What the next revisions mean for the index. Call inside a read transaction.
    func batch(after position: TextIndex.Position, limit: Int64) throws -> Batch {
        guard let last = try lastID(after: position.id, limit: limit) else { return Batch() }
        let end = TextIndex.Position(id: last, mark: try mark(of: last))
        var (new, alone, others) = try touched(after: position.id, upTo: last)
        new.leaveOut(others)
        var changes = alone.filter { !others.contains($0.id) }
        for id in others { changes.append(try change(of: id, after: position.id, upTo: last)) }
        changes = changes.filter { $0.old != $0.new }
        changes.sort { $0.id < $1.id }
        return Batch(changes: changes, new: new, end: TextIndex.Progress(position: end))
    }

    /// What a new index begins with: the products as they are now, all of them still to be put in.
    func beginning(_ reason: String?) throws(DatabaseError) -> TextIndex.Progress {
        let last = try lastRevisionID()
        guard last > 0 else { return .start }
        let position = TextIndex.Position(id: last, mark: try mark(of: last))
        return TextIndex.Progress(position: position, builtUpTo: 0, reason: reason)
    }

    /// The next products for an index that is built anew, as they stood at a position of the log. Call inside a read
    /// transaction.
    func products(after id: Int64, asOf position: TextIndex.Position, limit: Int64) throws -> Batch {
        var new = NewProductTexts()
        do {
            let statement = try connection.prepare(
                """
                SELECT p.id, \(ProductFields.searchedColumns) FROM product p
                WHERE p.id > \(id) ORDER BY p.id LIMIT \(limit)
                """
            )
            while try statement.step() { new.append(statement.row().int(0), statement.row(), from: 1) }
        }
        let last = new.ids.count < limit ? nil : new.ids.last
        let changed = Set(
            try connection.all(
                """
                SELECT DISTINCT product_id FROM product_revision
                WHERE id > \(position.id) AND product_id > \(id) AND product_id <= \(last ?? .max)
                """
            ) { row in row.int(0) }
        )
        new.leaveOut(changed)
        let changes = try changed.sorted().map { id in
            ProductTextChange(id: id, old: nil, new: try change(of: id, after: position.id, upTo: .max).old)
        }
        return Batch(
            changes: changes.filter { $0.new != nil },
            new: new,
            end: TextIndex.Progress(position: position, builtUpTo: last)
        )
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
    /// import. Products about which one revision tells all: those that are gone with it, and those that came back with
    /// it. And the ids of all others.
    private func touched(
        after position: Int64,
        upTo last: Int64
    ) throws -> (new: NewProductTexts, alone: [ProductTextChange], others: Set<Int64>) {
        var new = NewProductTexts()
        var alone: [Int64: ProductTextChange] = [:]
        var others: Set<Int64> = []
        let statement = try connection.prepare(
            """
            SELECT r.product_id, CASE WHEN CASE WHEN p.version = r.version THEN r.before IS NULL
                    ELSE p.id IS NULL AND r.change = 'delete' AND EXISTS (SELECT 1 FROM product_revision e
                        WHERE e.product_id = r.product_id AND e.id <= \(position)) END THEN 1 ELSE 0 END,
                r.change, CASE WHEN p.id IS NULL THEN r.before END, \(ProductFields.searchedColumns)
            FROM product_revision r LEFT JOIN product p ON p.id = r.product_id
            WHERE r.id > \(position) AND r.id <= \(last) ORDER BY r.id
            """
        )
        while try statement.step() {
            let row = statement.row()
            let id = row.int(0)
            if row.bool(1), row.bytes(2).elementsEqual("create".utf8), id > new.ids.last ?? 0 {
                new.append(id, row, from: 4)
            } else if row.bool(1), alone[id] == nil {
                alone[id] = try Self.change(of: id, in: row)
            } else {
                others.insert(id)
            }
        }
        return (new, Array(alone.values), others)
    }

    /// What a single revision says: of a product that is gone with it the texts before, else those that are there now.
    private static func change(of id: Int64, in row: borrowing Row) throws -> ProductTextChange {
        if let text = row.textOrNil(3) {
            let before = try JSON.parse(text)
            return ProductTextChange(id: id, old: ProductFields.searched.map { $0.indexed(before: before) ?? nil })
        }
        return ProductTextChange(id: id, new: ProductFields.indexed(row, from: 4))
    }

    /// The present texts of a product; nil when it is not there.
    func texts(of id: Int64) throws(DatabaseError) -> [String?]? {
        try connection.first("SELECT \(ProductFields.searchedColumns) FROM product p WHERE p.id = \(id)") { row in
            ProductFields.indexed(row, from: 0)
        }
    }

    /// The texts of one product at both ends of a range of the log: the present ones with later revisions undone.
    private func change(of id: Int64, after position: Int64, upTo last: Int64) throws -> ProductTextChange {
        var present = try texts(of: id)
        var change = ProductTextChange(id: id, old: nil, new: nil)
        let revisions = try connection.all(
            """
            SELECT \(RevisionStore(connection).columns) FROM product_revision r
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
            present = Self.undo(revision, present)
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
    static func undo(_ revision: Revision, _ texts: [String?]?) -> [String?]? {
        // Created, or put back after a deletion.
        guard let before = revision.before else { return nil }
        var result = texts ?? ProductFields.searched.map { _ in nil }
        for (index, field) in ProductFields.searched.enumerated() {
            if let value = field.indexed(before: before) { result[index] = value }
        }
        return result
    }
}
