package import Database
import Jobs
import Records
import Support

/// All SQL of the table of categories. Every write is one transaction: it changes the tree, writes a revision of what
/// it overwrites, an entry of the audit trail, and tells of it.
package struct CategoryStore {
    package let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// Why a write was refused.
    package enum Refusal: Error, Sendable, Equatable {
        /// The category is not there any more.
        case missing
        /// Another category under the same parent has the slug.
        case slugTaken(slug: String, existingID: Int64)
        case noParent(Int64)
        /// `before` or `after` names a category that is not under that parent.
        case notASibling(Int64)
        /// The category that products or children should go to is not there, or goes with the one that is deleted.
        case noTarget(Int64)
        /// It would stand below itself.
        case belowItself
        /// The lowest category of the branch would be on this level.
        case tooDeep(Int)
        /// More, or other, things would change than were confirmed.
        case unconfirmed(CategoryRemoval)
    }

    // MARK: Reading

    static let columns: SQL = {
        let names = ["id", "level", "path", "version", "created_at", "updated_at"] + CategoryFields.all.map(\.name)
        return names.map { "c.\(ident: $0)" as SQL }.joined(separator: ", ")
    }()

    static func read(_ row: borrowing Row) -> Category {
        var category = Category()
        category.id = row.int(0)
        category.level = Int(row.int(1))
        category.path = row.text(2)
        category.version = row.int(3)
        category.createdAt = row.time(4)
        category.updatedAt = row.time(5)
        var column: Int32 = 6
        for field in CategoryFields.all {
            field.write(&category, RecordValue(row, column, field.record.storage))
            column += 1
        }
        return category
    }

    package func find(_ id: Int64) throws(DatabaseError) -> Category? {
        try connection.first("SELECT \(Self.columns) FROM category c WHERE c.id = \(id)", Self.read)
    }

    package func isEmpty() throws(DatabaseError) -> Bool {
        try connection.first("SELECT 1 FROM category LIMIT 1") { _ in true } == nil
    }

    /// How many categories there are.
    package func count() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM category") { row in row.int(0) } ?? 0
    }

    /// Those of these ids that are there, in no order.
    func find(_ ids: [Int64]) throws(DatabaseError) -> [Category] {
        try connection.all("SELECT \(Self.columns) FROM category c WHERE c.id IN \(list: ids)", Self.read)
    }

    /// The child of a parent by its slug, or by one that it had.
    func child(of parent: Int64?, slug: String) throws(DatabaseError) -> Category? {
        let own = try connection.first(
            "SELECT \(Self.columns) FROM category c WHERE \(Self.isChild(of: parent)) AND c.slug = \(slug)",
            Self.read
        )
        if let own { return own }
        return try connection.first(
            """
            SELECT \(Self.columns) FROM category_alias a JOIN category c ON c.id = a.category_id
            WHERE a.parent_id = \(parent ?? 0) AND a.slug = \(slug)
            """,
            Self.read
        )
    }

    /// The category at an address, `wine/red-wine/douro`; also at one that it had before.
    package func find(slugPath: String) throws(DatabaseError) -> Category? {
        var found: Category?
        let slugs = slugPath.split(separator: "/").map(String.init)
        guard slugs.count <= Category.mostLevels else { return nil }
        for slug in slugs {
            found = try child(of: found?.id, slug: slug)
            if found == nil { return nil }
        }
        return found
    }

    /// Of a table `c`.
    static func isChild(of parent: Int64?) -> SQL {
        parent.map { "c.parent_id = \($0)" } ?? "c.parent_id IS NULL"
    }

    /// Of a table `c`: a category or what stands below it.
    static func isIn(_ branch: CategoryBranch) -> SQL { "c.path >= \(branch.first) AND c.path < \(branch.end)" }

    /// The level of the lowest category of a branch.
    func lowestLevel(of category: Category) throws(DatabaseError) -> Int {
        let branch = CategoryBranch(category.path)
        let level = try connection.first("SELECT MAX(c.level) FROM category c WHERE \(Self.isIn(branch))") { row in
            row.int(0)
        }
        return Int(level ?? Int64(category.level))
    }

    // MARK: Inside the caller's transaction

    /// The category, if it is still there. Throws `Refusal.missing`.
    func require(_ id: Int64) throws -> Category {
        guard let category = try find(id) else { throw Refusal.missing }
        return category
    }

    /// - Parameter id: nil for the top.
    func requireParent(_ id: Int64?) throws -> Category? {
        guard let id else { return nil }
        guard let parent = try find(id) else { throw Refusal.noParent(id) }
        return parent
    }

    /// Throws `Refusal.slugTaken` when another category than these has the slug there.
    func requireFree(_ slug: String, under parent: Int64?, but ids: Int64...) throws {
        let taken = try connection.first(
            """
            SELECT c.id FROM category c
            WHERE \(Self.isChild(of: parent)) AND c.slug = \(slug) AND c.id NOT IN \(list: ids)
            """
        ) { row in row.int(0) }
        if let taken { throw Refusal.slugTaken(slug: slug, existingID: taken) }
        // Where a category stands, no former one is meant.
        try connection.execute("DELETE FROM category_alias WHERE parent_id = \(parent ?? 0) AND slug = \(slug)")
    }

    /// Lets an address that is given up lead to a category.
    func keepAddress(_ slug: String, under parent: Int64?, for id: Int64, at now: Timestamp) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO category_alias (parent_id, slug, category_id, created_at)
            VALUES (\(parent ?? 0), \(slug), \(id), \(now))
            ON CONFLICT (parent_id, slug) DO UPDATE SET category_id = excluded.category_id,
                created_at = excluded.created_at
            """
        )
    }

    /// Stores the fields of a category that differ, with their revision.
    /// - Returns: it as it stands now.
    @discardableResult
    func store(
        _ wanted: Category,
        over current: Category,
        _ context: WriteContext,
        as kind: Revision.Change = .update
    ) throws(DatabaseError) -> Category {
        let fields = CategoryFields.differing(current, wanted)
        guard !fields.isEmpty else { return current }
        let assignments = fields.map { "\(ident: $0.name) = \($0.read(wanted).databaseValue)" as SQL }
        let time = max(context.now, current.updatedAt)
        try connection.execute(
            """
            UPDATE category SET \(assignments.joined(separator: ", ")), search_text = \(wanted.searchText),
                version = version + 1, updated_at = \(time) WHERE id = \(current.id)
            """
        )
        try RevisionStore(connection, CategoryFields.table).append(
            current.id,
            version: current.version + 1,
            kind,
            before: CategoryFields.snapshot(current, fields).text,
            context
        )
        var stored = wanted
        (stored.version, stored.updatedAt) = (current.version + 1, time)
        return stored
    }

    /// Adds an entry to the audit trail with the fields that differ.
    /// - Parameter verb: what was done, e.g. `move`.
    func audit(
        _ verb: String,
        _ id: Int64,
        from old: Category?,
        to new: Category?,
        more: [JSON.Member] = [],
        _ context: WriteContext
    ) throws(DatabaseError) {
        let fields: [CategoryField]
        if let old, let new { fields = CategoryFields.differing(old, new) } else { fields = CategoryFields.all }
        func summary(_ category: Category) -> JSON { CategoryFields.snapshot(category, fields) }
        var after = new.flatMap { summary($0).members } ?? []
        after += more
        let entry = AuditEntry(
            "category.\(verb)",
            "category",
            id: id,
            before: old.map(summary),
            after: after.isEmpty ? nil : .object(after)
        )
        try AuditStore(connection).append(entry, context: context)
    }

    /// Tells webhooks and feeds, and whoever watches the catalogue just now.
    func announce(
        _ type: String,
        _ category: Category,
        more: [JSON.Member] = [],
        _ context: WriteContext
    ) throws(DatabaseError) {
        let members = [
            JSON.Member("id", .int(category.id)), JSON.Member("name", .string(category.name)),
            JSON.Member("parent_id", category.parentID.map { .int($0) } ?? .null),
            JSON.Member("version", .int(category.version)),
        ]
        try EventStore(connection).publish(
            type,
            subject: String(category.id),
            data: .object(members + more),
            topic: CatalogEvents.topic,
            context
        )
    }
}

extension Category {
    /// What a search looks in: the name folded, and again without marks.
    var searchText: String { "\(name.caseFolded) \(CategorySlug.folded(name))" }
}
