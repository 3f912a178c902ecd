package import Database
import Records
import Support

extension CategoryStore {
    /// How many products a category has.
    package func products(
        in category: Category,
        withDescendants: Bool
    ) throws(DatabaseError) -> Int64 {
        let condition: SQL =
            withDescendants
            ? "category_id IN (SELECT c.id FROM category c WHERE \(Self.isIn(CategoryBranch(category.path))))"
            : "category_id = \(category.id)"
        return try connection.first("SELECT COUNT(*) FROM product WHERE \(condition)") { row in row.int(0) } ?? 0
    }

    /// How many products each category has of its own; none where nothing stands.
    package func ownProducts() throws(DatabaseError) -> [Int64: Int64] {
        let rows = try connection.all(
            "SELECT category_id, COUNT(*) FROM product WHERE category_id IS NOT NULL GROUP BY category_id"
        ) { row in (row.int(0), row.int(1)) }
        return Dictionary(rows) { first, _ in first }
    }

    /// How many products have no category.
    package func productsWithout() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM product WHERE category_id IS NULL") { row in row.int(0) } ?? 0
    }

    /// How many products and children these categories have.
    package func figures(of categories: [Category]) throws -> [Int64: CategoryFigures] {
        var figures: [Int64: CategoryFigures] = [:]
        guard !categories.isEmpty else { return figures }
        let ids = categories.map(\.id)
        for id in ids { figures[id] = CategoryFigures() }
        let children = try connection.all(
            "SELECT parent_id, COUNT(*) FROM category WHERE parent_id IN \(list: ids) GROUP BY parent_id"
        ) { row in (row.int(0), row.int(1)) }
        for (id, count) in children { figures[id]?.children = count }
        let own = try connection.all(
            "SELECT category_id, COUNT(*) FROM product WHERE category_id IN \(list: ids) GROUP BY category_id"
        ) { row in (row.int(0), row.int(1)) }
        for (id, count) in own { figures[id]?.products = count }
        for category in categories {
            let hasChildren = figures[category.id]?.children ?? 0 > 0
            let own = figures[category.id]?.products ?? 0
            figures[category.id]?.productsBelow =
                hasChildren ? try products(in: category, withDescendants: true) : own
        }
        return figures
    }

    // MARK: Inside the caller's transaction

    /// Gives products another category, each with its revision; tells nobody, as it may be very many.
    /// - Parameters:
    ///   - categories: a query for the ids of those that they leave.
    ///   - target: nil for none.
    func moveProducts(from categories: SQL, to target: Int64?, _ context: WriteContext) throws(DatabaseError) {
        let leaving: SQL = "category_id IN (\(categories)) AND category_id <> \(target ?? 0)"
        try connection.execute(
            """
            INSERT INTO product_revision (product_id, version, at, actor, job_id, change, before)
            SELECT id, version + 1, \(context.now), \(context.actor.description), \(context.jobID), 'update',
                '{"category_id":' || category_id || '}'
            FROM product WHERE \(leaving) ORDER BY id
            """
        )
        try connection.execute(
            """
            UPDATE product SET category_id = \(target), version = version + 1,
                updated_at = \(SQL.updated(at: context.now)) WHERE \(leaving)
            """
        )
    }
}

/// What stands in a category.
package struct CategoryFigures: Sendable, Equatable {
    /// Directly below it.
    package var children: Int64 = 0
    /// Its own.
    package var products: Int64 = 0
    /// Its own and those of the categories below it.
    package var productsBelow: Int64 = 0

    package init() {}
}
