import Database
import Support

/// How the products of a list divide: by status, brand and category. Each division leaves its own filter out, so that
/// it shows what the others would give.
package struct ProductFacets: Sendable, Equatable {
    /// Products of one value.
    struct Count: Sendable, Equatable {
        /// A status, a brand, or the id of a category; nil for those without one.
        var value: String?
        var label: String
        var count: Int64
    }

    var statuses: [Count]
    /// The most frequent, and those without a brand.
    var brands: [Count]
    /// The most frequent, and those without a category.
    var categories: [Count]
}

/// Counts products by what they have in common.
struct ProductFacetStore {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// - Parameter most: brands and categories that are named.
    func facets(_ filter: ProductFilter, most: Int) throws -> ProductFacets {
        try ProductSearch.reading(connection, filter) {
            try connection.read {
                ProductFacets(
                    statuses: try statuses(filter),
                    brands: try counts("brand", filter, most: most).map { value, count in
                        ProductFacets.Count(value: value, label: value ?? "No brand", count: count)
                    },
                    categories: try categories(filter, most: most)
                )
            }
        }
    }

    private func statuses(_ filter: ProductFilter) throws -> [ProductFacets.Count] {
        var others = filter
        (others.statuses, others.active) = ([], nil)
        let found = try counts("status", others, most: Product.Status.allCases.count)
        return Product.Status.allCases.map { status in
            ProductFacets.Count(
                value: status.rawValue,
                label: ProductStatusBadge.word(status.rawValue),
                count: found.first { $0.value == status.rawValue }?.count ?? 0
            )
        }
    }

    private func categories(_ filter: ProductFilter, most: Int) throws -> [ProductFacets.Count] {
        var others = filter
        others.category = nil
        let names = CategoryNames(connection)
        return try counts("category_id", others, most: most).map { value, count in
            let label = try value.flatMap { Int64($0) }.flatMap { try names.text(of: $0) }
            return ProductFacets.Count(value: value, label: label ?? "No category", count: count)
        }
    }

    /// The most frequent values of a column; those without one are counted apart, at the end.
    private func counts(
        _ column: String,
        _ filter: ProductFilter,
        most: Int
    ) throws(DatabaseError) -> [(value: String?, count: Int64)] {
        guard filter.canMatch else { return [] }
        let conditions = filter.conditions()
        let matching: SQL =
            conditions.isEmpty
            ? filter.source() : "\(filter.source()) WHERE \(conditions.joined(separator: " AND "))"
        // One more than is shown: those without a value may be among the most frequent.
        let found = try connection.all(
            """
            SELECT CAST(p.\(ident: column) AS TEXT), COUNT(*) FROM \(matching)
            GROUP BY p.\(ident: column) ORDER BY COUNT(*) DESC, p.\(ident: column) LIMIT \(most + 1)
            """
        ) { row in (value: row.textOrNil(0), count: row.int(1)) }
        let named = found.filter { $0.value != nil }.prefix(most)
        let blank = found.filter { $0.value == nil }
        return Array(named) + blank
    }
}
