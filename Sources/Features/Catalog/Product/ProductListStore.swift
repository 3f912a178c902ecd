package import Database
import Support

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

/// One statement of a list, without its limit. Most lists are one; some are several that are put together.
struct ProductListPart {
    var source: SQL
    var conditions: [SQL]
    var order: SQL

    func statement(limit: Int) -> SQL {
        """
        SELECT \(ProductStore.columns) FROM \(source)
        WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(order) LIMIT \(limit)
        """
    }
}

extension ProductStore {
    /// One page of products.
    /// - Parameter fewRows: up to so many are sorted rather than read in an index's order.
    package func list(
        _ filter: ProductFilter,
        _ sort: ProductSort = ProductSort(),
        after cursor: ProductCursor? = nil,
        limit: Int,
        fewRows: Int64 = 2000
    ) throws -> [Product] {
        try ProductSearch.reading(connection, filter) {
            try listed(filter, sort, after: cursor, limit: limit, fewRows: fewRows)
        }
    }

    private func listed(
        _ filter: ProductFilter,
        _ sort: ProductSort,
        after cursor: ProductCursor?,
        limit: Int,
        fewRows: Int64
    ) throws(DatabaseError) -> [Product] {
        let parts = Self.parts(filter, sort, after: cursor, few: try fewest(filter, fewRows))
        var products: [Product] = []
        for part in parts {
            // By id the parts are woven into each other; else each begins where the one before it ends.
            let wanted = sort.key == .id ? limit : limit - products.count
            if wanted > 0 { products += try connection.all(part.statement(limit: wanted), Self.read) }
        }
        guard sort.key == .id, parts.count > 1 else { return products }
        products.sort { sort.descends ? $0.id > $1.id : $0.id < $1.id }
        return Array(products.prefix(limit))
    }

    /// How many products match, counting no further than the limit.
    package func count(_ filter: ProductFilter, limit: Int64? = nil) throws -> Int64 {
        try ProductSearch.reading(connection, filter) { try counted(filter, limit) }
    }

    private func counted(_ filter: ProductFilter, _ limit: Int64?) throws(DatabaseError) -> Int64 {
        guard filter.canMatch else { return 0 }
        let conditions = filter.conditions()
        // Without any condition SQLite counts an index's pages instead of its rows.
        let matching: SQL =
            conditions.isEmpty
            ? filter.source() : "\(filter.source()) WHERE \(conditions.joined(separator: " AND "))"
        let statement: SQL =
            limit.map { "SELECT COUNT(*) FROM (SELECT 1 FROM \(matching) LIMIT \($0)) matching" }
            ?? "SELECT COUNT(*) FROM \(matching)"
        return try connection.first(statement) { row in row.int(0) } ?? 0
    }

    /// The greatest id that stands in the catalogue; 0 when it is empty.
    package func lastID() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT MAX(id) FROM product") { row in row.int(0) } ?? 0
    }

    /// The condition that leaves only few products, if one does: they are best found by it and then sorted, whatever
    /// the order. Found by counting no further than that.
    func fewest(_ filter: ProductFilter, _ fewRows: Int64 = 2000) throws(DatabaseError) -> SQL? {
        // A page sorts what a small job changed; twenty thousand take a twentieth of a second.
        if let job = filter.job, try job.isSmall(connection, limit: 10 * fewRows) { return job.ids }
        for condition in filter.indexed {
            let count: SQL = "SELECT 1 FROM product p WHERE \(condition) LIMIT \(fewRows + 1)"
            let found = try connection.first("SELECT COUNT(*) FROM (\(count)) matching") { row in row.int(0) } ?? 0
            if found <= fewRows { return condition }
        }
        return nil
    }

    /// The statements of a page. An index serves the order of each, so that a page costs what it shows.
    /// - Parameters:
    ///   - few: a condition that leaves so few products that they may be sorted.
    ///   - isScan: whether all products are wanted rather than a page: then the parts are to be read one after the
    ///     other and never woven into each other.
    static func parts(
        _ filter: ProductFilter,
        _ sort: ProductSort,
        after cursor: ProductCursor? = nil,
        few: SQL? = nil,
        isScan: Bool = false
    ) -> [ProductListPart] {
        guard filter.canMatch else { return [] }
        switch sort.key {
        case .id: return byID(filter, sort, after: cursor, few, isScan)
        case .price: return byPrice(filter, sort, after: cursor, few)
        case .sku, .name, .updatedAt: return [byColumn(filter, sort, after: cursor, few)]
        }
    }

    /// The filter's conditions on products, in a form that leaves SQLite the order's index, or the few.
    private static func conditions(_ filter: ProductFilter, _ sort: ProductSort, _ few: SQL?) -> [SQL] {
        guard let few else {
            let masks: ProductFilter.Masks =
                switch sort.key {
                case .id: .sku
                case .sku: .status
                case .name, .price, .updatedAt: [.sku, .status]
                }
            return filter.conditions(textBy: sort.key == .id ? .join : .subquery, masking: masks)
        }
        let ids: SQL = "p.id IN (SELECT p.id FROM product p WHERE \(few))"
        return [ids] + filter.conditions(textBy: .subquery, masking: [.sku, .status])
    }

    /// An index on (status, id) gives one status in the order of ids, but not several.
    private static func byID(
        _ filter: ProductFilter,
        _ sort: ProductSort,
        after cursor: ProductCursor?,
        _ few: SQL?,
        _ isScan: Bool
    ) -> [ProductListPart] {
        if filter.isText { return [ordered(filter, filter.conditions(), sort, after: cursor)] }
        guard few == nil, let statuses = filter.wantedStatuses, statuses.count > 1 else {
            return [ordered(filter, conditions(filter, sort, few), sort, after: cursor)]
        }
        if isScan { return [ordered(filter, filter.conditions(masking: [.sku, .status]), sort, after: cursor)] }
        return statuses.map { status in
            var one = filter
            one.statuses = [status]
            return ordered(one, conditions(one, sort, nil), sort, after: cursor)
        }
    }

    private static func ordered(
        _ filter: ProductFilter,
        _ conditions: [SQL],
        _ sort: ProductSort,
        after cursor: ProductCursor?
    ) -> ProductListPart {
        // The text index yields its matches in the order of their ids, if it is asked by its own column.
        let id: SQL = filter.isText ? ProductSearch.attached.id : "p.id"
        let direction: SQL = sort.descends ? "DESC" : "ASC"
        let beyond: SQL = sort.descends ? "<" : ">"
        let start = cursor?.id ?? (sort.descends ? .max : 0)
        return ProductListPart(
            source: filter.source(),
            conditions: conditions + ["\(id) \(beyond) \(start)"],
            order: "\(id) \(direction)"
        )
    }

    private static func byColumn(
        _ filter: ProductFilter,
        _ sort: ProductSort,
        after cursor: ProductCursor?,
        _ few: SQL?
    ) -> ProductListPart {
        let direction: SQL = sort.descends ? "DESC" : "ASC"
        let beyond: SQL = sort.descends ? "<" : ">"
        let column = sort.key.column
        var conditions = conditions(filter, sort, few)
        if let cursor {
            conditions.append("(\(column), p.id) \(beyond) (\(cursor.value), \(cursor.id))")
        } else if conditions.isEmpty {
            conditions.append("1 = 1")
        }
        return ProductListPart(
            source: "product p",
            conditions: conditions,
            order: "\(column) \(direction), p.id \(direction)"
        )
    }

    /// Null stands last in both directions, so a list by price is two lists, each of which an index can serve.
    private static func byPrice(
        _ filter: ProductFilter,
        _ sort: ProductSort,
        after cursor: ProductCursor?,
        _ few: SQL?
    ) -> [ProductListPart] {
        var parts: [ProductListPart] = []
        if cursor?.value != .null {
            var priced = byColumn(filter, sort, after: cursor, few)
            // Says IS NOT NULL in a form that an index takes for a range.
            priced.conditions.append("p.price >= \(Int64.min)")
            parts.append(priced)
        }
        guard filter.priceMin == nil, filter.priceMax == nil else { return parts }
        let direction: SQL = sort.descends ? "DESC" : "ASC"
        let beyond: SQL = sort.descends ? "<" : ">"
        var conditions = conditions(filter, sort, few) + ["p.price IS NULL"]
        if let cursor, cursor.value == .null { conditions.append("p.id \(beyond) \(cursor.id)") }
        parts.append(ProductListPart(source: "product p", conditions: conditions, order: "p.id \(direction)"))
        return parts
    }
}
