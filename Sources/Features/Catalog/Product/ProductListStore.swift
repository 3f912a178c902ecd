package import Database
package import Support

/// Which products a list shows.
package struct ProductFilter: Sendable, Equatable {
    /// Every word as the beginning of a word, in any searched field.
    package var q: String?
    package var name: String?
    package var description: String?
    /// The beginning of the SKU, compared folded.
    package var sku: String?
    package var statuses: [Product.Status] = []
    /// Minor units, inclusive.
    package var priceMin: Int64?
    package var priceMax: Int64?
    /// Inclusive.
    package var updatedSince: Timestamp?
    /// Only products that were there when something was asked for.
    package var idMax: Int64?

    package init() {}

    /// Whether everything is shown.
    package var isEmpty: Bool { self == ProductFilter() }

    /// The question to the text index; `.nothing` when a text holds no word at all, which matches no product.
    package enum TextCondition: Sendable, Equatable {
        case everything
        case nothing
        case query(TextQuery)
    }

    package var textCondition: TextCondition {
        let parts: [(String?, [String])] = [(q, []), (name, ["name"]), (description, ["description"])]
        var queries: [TextQuery] = []
        for (text, columns) in parts {
            guard let text, !text.trimmed.isEmpty else { continue }
            guard let query = TextQuery(text, columns: columns) else { return .nothing }
            queries.append(query)
        }
        return queries.isEmpty ? .everything : .query(.all(queries))
    }
}

/// The order of a list; ties by id in the same direction, null last.
package struct ProductSort: Sendable, Equatable {
    package enum Key: String, Sendable, CaseIterable {
        case id, sku, name, price
        case updatedAt = "updated_at"

        var column: SQL {
            switch self {
            case .id: "p.id"
            case .sku: "p.sku_norm"
            case .name: "p.name"
            case .price: "p.price"
            case .updatedAt: "p.updated_at"
            }
        }
    }

    package var key: Key
    package var descends: Bool

    package init(_ key: Key = .id, descends: Bool = true) {
        self.key = key
        self.descends = descends
    }
}

/// Where a list goes on: behind this record.
package struct ProductCursor: Sendable, Equatable {
    package var value: DatabaseValue
    package var id: Int64

    package init(value: DatabaseValue, id: Int64) {
        self.value = value
        self.id = id
    }

    /// The place of a product in an order.
    package init(_ product: Product, _ sort: ProductSort) {
        id = product.id
        switch sort.key {
        case .id: value = .integer(product.id)
        case .sku: value = .text(Product.skuKey(product.sku))
        case .name: value = .text(product.name)
        case .price: value = product.price.map { .integer($0) } ?? .null
        case .updatedAt: value = .integer(product.updatedAt.milliseconds)
        }
    }
}

extension ProductStore {
    /// One page of products.
    package func list(
        _ filter: ProductFilter,
        _ sort: ProductSort = ProductSort(),
        after cursor: ProductCursor? = nil,
        limit: Int
    ) throws(DatabaseError) -> [Product] {
        guard filter.textCondition != .nothing else { return [] }
        // Null stands last in both directions, so a list by price is two lists, each of which an index can serve.
        guard sort.key == .price else { return try part(filter, sort, "1 = 1", cursor, limit) }
        var products: [Product] = []
        if cursor?.value != .null { products = try part(filter, sort, "p.price IS NOT NULL", cursor, limit) }
        guard products.count < limit else { return products }
        let rest = cursor?.value == .null ? cursor.map { ProductCursor(value: .integer($0.id), id: $0.id) } : nil
        let byID = ProductSort(.id, descends: sort.descends)
        return products + (try part(filter, byID, "p.price IS NULL", rest, limit - products.count))
    }

    private func part(
        _ filter: ProductFilter,
        _ sort: ProductSort,
        _ extra: SQL,
        _ cursor: ProductCursor?,
        _ limit: Int
    ) throws(DatabaseError) -> [Product] {
        let direction: SQL = sort.descends ? "DESC" : "ASC"
        let beyond: SQL = sort.descends ? "<" : ">"
        var conditions = Self.conditions(filter, textBy: sort.key == .id ? .join : .subquery) + [extra]
        // The index yields its matches in the order of their ids, also downwards, if it is asked by its own column.
        let id: SQL = sort.key == .id && Self.isText(filter) ? "product_text.rowid" : "p.id"
        if let cursor {
            conditions.append(
                sort.key == .id
                    ? "\(id) \(beyond) \(cursor.id)"
                    : "(\(sort.key.column), p.id) \(beyond) (\(cursor.value), \(cursor.id))"
            )
        }
        let order: SQL = sort.key == .id ? "\(id) \(direction)" : "\(sort.key.column) \(direction), p.id \(direction)"
        return try connection.all(
            """
            SELECT \(Self.columns) FROM \(Self.source(filter, joined: sort.key == .id))
            WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(order) LIMIT \(limit)
            """,
            Self.read
        )
    }

    /// How many products match, counting no further than the limit.
    package func count(_ filter: ProductFilter, limit: Int64 = .max) throws(DatabaseError) -> Int64 {
        guard filter.textCondition != .nothing else { return 0 }
        let conditions = Self.conditions(filter, textBy: .join)
        return try connection.first(
            """
            SELECT COUNT(*) FROM (
                SELECT 1 FROM \(Self.source(filter, joined: true))
                WHERE \(conditions.joined(separator: " AND ")) LIMIT \(limit)) matching
            """
        ) { row in row.int(0) } ?? 0
    }

    /// Ids that match, for a job that works through them.
    func noteMatching(_ filter: ProductFilter, jobID: Int64) throws(DatabaseError) -> Int {
        guard filter.textCondition != .nothing else { return 0 }
        return try connection.execute(
            """
            INSERT INTO product_delete_item (job_id, product_id)
            SELECT \(jobID), p.id FROM \(Self.source(filter, joined: true))
            WHERE \(Self.conditions(filter, textBy: .join).joined(separator: " AND "))
            """
        )
    }

    private enum TextAccess { case join, subquery }

    private static func isText(_ filter: ProductFilter) -> Bool {
        if case .query = filter.textCondition { true } else { false }
    }

    private static func source(_ filter: ProductFilter, joined: Bool) -> SQL {
        guard joined, isText(filter) else { return "product p" }
        return "\(ProductSearch.table) JOIN product p ON p.id = product_text.rowid"
    }

    private static func conditions(_ filter: ProductFilter, textBy access: TextAccess) -> [SQL] {
        var conditions: [SQL] = ["1 = 1"]
        if case .query(let query) = filter.textCondition {
            let match: SQL = "product_text MATCH \(query.expression)"
            conditions.append(
                access == .join ? match : "p.id IN (SELECT rowid FROM \(ProductSearch.table) WHERE \(match))"
            )
        }
        if let sku = filter.sku, !sku.trimmed.isEmpty {
            let key = Product.skuKey(sku)
            conditions.append("p.sku_norm >= \(key) AND p.sku_norm < \("\(key)\u{10FFFF}")")
        }
        if !filter.statuses.isEmpty { conditions.append("p.status IN \(list: filter.statuses.map(\.rawValue))") }
        if let price = filter.priceMin { conditions.append("p.price >= \(price)") }
        if let price = filter.priceMax { conditions.append("p.price <= \(price)") }
        if let since = filter.updatedSince { conditions.append("p.updated_at >= \(since)") }
        if let id = filter.idMax { conditions.append("p.id <= \(id)") }
        return conditions
    }
}
