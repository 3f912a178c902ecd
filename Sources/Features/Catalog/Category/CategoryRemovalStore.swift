package import Database
import Records
import Support

/// What becomes of the products of a category that is deleted.
package enum CategoryProducts: Sendable, Equatable {
    /// They go to its parent; at the top they have no category.
    case parent
    /// They have no category.
    case none
    case category(Int64)
}

/// What becomes of the categories below one that is deleted.
package enum CategoryChildren: Sendable, Equatable {
    /// They take its place.
    case up
    /// They are deleted with it.
    case along
}

/// How much a deletion changes.
package struct CategoryRemoval: Sendable, Equatable {
    /// Categories that are deleted.
    package var categories: Int64
    /// Children that take the place of the one that is deleted.
    package var children: Int64
    /// Products that get another category, or none.
    package var products: Int64

    package init(categories: Int64, children: Int64, products: Int64) {
        (self.categories, self.children, self.products) = (categories, children, products)
    }

    /// What has to be confirmed.
    package var count: Int64 { categories + children + products }
    /// One category that nothing hangs on needs no confirmation.
    package var isSmall: Bool { count <= 1 }
}

extension CategoryStore {
    /// How much deleting a category would change.
    package func removal(of category: Category, children: CategoryChildren) throws(DatabaseError) -> CategoryRemoval {
        let branch = CategoryBranch(category.path)
        switch children {
        case .along:
            let categories =
                try connection.first("SELECT COUNT(*) FROM category c WHERE \(Self.isIn(branch))") { row in
                    row.int(0)
                } ?? 0
            return CategoryRemoval(
                categories: categories,
                children: 0,
                products: try products(in: category, withDescendants: true)
            )
        case .up:
            let children =
                try connection.first("SELECT COUNT(*) FROM category WHERE parent_id = \(category.id)") { row in
                    row.int(0)
                } ?? 0
            return CategoryRemoval(
                categories: 1,
                children: children,
                products: try products(in: category, withDescendants: false)
            )
        }
    }

    /// Deletes a category.
    ///
    /// Throws `Refusal`, and what the closure throws. `Refusal.unconfirmed` where it would change another number of
    /// things than was confirmed, and more than one category without anything.
    /// - Parameter check: sees the category that would go.
    package func delete(
        _ id: Int64,
        products: CategoryProducts,
        children: CategoryChildren,
        confirmed: Int64?,
        _ context: WriteContext,
        _ check: (Category) throws -> Void = { _ in }
    ) throws -> CategoryRemoval {
        try connection.write {
            let current = try require(id)
            try check(current)
            let removal = try removal(of: current, children: children)
            guard confirmed == removal.count || (confirmed == nil && removal.isSmall) else {
                throw Refusal.unconfirmed(removal)
            }
            let target = try target(products, of: current, children)
            let branch = CategoryBranch(current.path)
            let gone: SQL = children == .along ? Self.isIn(branch) : "c.id = \(id)"
            try moveProducts(from: "SELECT c.id FROM category c WHERE \(gone)", to: target, context)
            if children == .up { try lift(current, into: try requireParent(current.parentID), context) }
            try remove(gone, current, context)
            let numbers = [
                JSON.Member("categories", .int(removal.categories)), JSON.Member("products", .int(removal.products)),
            ]
            try announce("category.deleted", current, more: numbers, context)
            try audit("delete", id, from: current, to: nil, more: numbers, context)
            return removal
        }
    }

    /// Puts everything of a category into another one: its products and the categories below it. Its address leads
    /// there from then on.
    ///
    /// Throws `Refusal`, and what the closure throws.
    /// - Returns: the other one, and how much has moved.
    package func merge(
        _ id: Int64,
        into other: Int64,
        _ context: WriteContext,
        _ check: (Category) throws -> Void = { _ in }
    ) throws -> (into: Category, moved: CategoryRemoval) {
        try connection.write {
            let current = try require(id)
            try check(current)
            guard let into = try find(other) else { throw Refusal.noTarget(other) }
            guard !current.contains(into) else { throw Refusal.belowItself }
            let moved = try removal(of: current, children: .up)
            try moveProducts(from: "SELECT c.id FROM category c WHERE c.id = \(id)", to: other, context)
            try lift(current, into: into, context)
            // What led to it leads to the other one, and so do the addresses that began with it.
            try connection.execute("UPDATE category_alias SET category_id = \(other) WHERE category_id = \(id)")
            try connection.execute(
                """
                UPDATE category_alias SET parent_id = \(other) WHERE parent_id = \(id)
                AND NOT EXISTS (SELECT 1 FROM category_alias b WHERE b.parent_id = \(other)
                    AND b.slug = category_alias.slug)
                AND NOT EXISTS (SELECT 1 FROM category c WHERE c.parent_id = \(other) AND c.slug = category_alias.slug)
                """
            )
            try remove("c.id = \(id)", current, context)
            try keepAddress(current.slug, under: current.parentID, for: other, at: context.now)
            let numbers = [
                JSON.Member("into", .int(other)), JSON.Member("children", .int(moved.children)),
                JSON.Member("products", .int(moved.products)),
            ]
            try announce("category.merged", current, more: numbers, context)
            try audit("merge", id, from: current, to: nil, more: numbers, context)
            return (into, moved)
        }
    }

    // MARK: Inside the caller's transaction

    /// Where the products of a category go that is deleted; nil for nowhere.
    private func target(
        _ products: CategoryProducts,
        of category: Category,
        _ children: CategoryChildren
    ) throws -> Int64? {
        switch products {
        case .parent: return category.parentID
        case .none: return nil
        case .category(let id):
            guard let target = try find(id), target.id != category.id else { throw Refusal.noTarget(id) }
            if children == .along, category.contains(target) { throw Refusal.noTarget(id) }
            return id
        }
    }

    /// Puts the children of a category under another one: in its own place where that is its parent, else at the end.
    private func lift(_ category: Category, into parent: Category?, _ context: WriteContext) throws {
        let children = try connection.all(
            """
            SELECT \(Self.columns) FROM category c WHERE c.parent_id = \(category.id) ORDER BY c.sort_order, c.id
            """,
            Self.read
        )
        guard !children.isEmpty else { return }
        let level = (parent?.level ?? 0) + 1
        let lowest = try lowestLevel(of: category) - category.level - 1 + level
        guard lowest <= Category.mostLevels else { throw Refusal.tooDeep(lowest) }
        let staysThere = parent?.id == category.parentID
        let (start, step) =
            staysThere
            ? try roomBehind(category, for: children.count) : (try lastOrder(under: parent?.id, but: 0) ?? 0, Self.room)
        for (index, child) in children.enumerated() {
            try requireFree(child.slug, under: parent?.id, but: category.id, child.id)
            // The slug of the category whose place it takes, which goes in the same transaction.
            if staysThere, child.slug.hasSameBytes(as: category.slug) {
                try connection.execute(
                    "UPDATE category SET slug = \("\(category.slug)/\(category.id)") WHERE id = \(category.id)"
                )
            }
            var wanted = child
            wanted.parentID = parent?.id
            wanted.sortOrder = start + Int64(index + 1) * step
            try store(wanted, over: child, context)
        }
        let below = CategoryBranch(category.path)
        try connection.execute(
            """
            UPDATE category SET path = \(parent?.path ?? "/") || SUBSTR(path, \(below.first.utf8.count + 1)),
                level = level + \(level - category.level - 1)
            WHERE path > \(below.first) AND path < \(below.end)
            """
        )
    }

    /// Deletes rows and what leads to them; their revisions keep every field.
    /// - Parameters:
    ///   - condition: of a table `c`.
    ///   - top: the category that was asked for, as it was before this transaction.
    private func remove(_ condition: SQL, _ top: Category, _ context: WriteContext) throws {
        let gone = try connection.all("SELECT \(Self.columns) FROM category c WHERE \(condition)", Self.read)
        let revisions = RevisionStore(connection, CategoryFields.table)
        for category in gone {
            let before = CategoryFields.snapshot(category.id == top.id ? top : category).text
            try revisions.append(category.id, version: category.version + 1, .delete, before: before, context)
        }
        let ids: SQL = "(SELECT c.id FROM category c WHERE \(condition))"
        try connection.execute(
            "DELETE FROM category_alias WHERE category_id IN \(ids) OR parent_id IN \(ids)"
        )
        // One statement, so that parents and children go together.
        try connection.execute("DELETE FROM category WHERE id IN \(ids)")
    }
}
