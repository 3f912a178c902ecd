package import Database
package import Support

/// Which products a list shows, or a job takes.
package struct ProductFilter: Sendable, Equatable {
    /// Every word as the beginning of a word, in any searched field.
    package var q: String?
    package var name: String?
    package var brand: String?
    package var description: String?
    /// The beginning of the SKU, compared folded.
    package var sku: String?
    /// Any of these; all when empty.
    package var statuses: [Product.Status] = []
    package var active: Bool?
    /// Minor units, inclusive.
    package var priceMin: Int64?
    package var priceMax: Int64?
    /// Inclusive.
    package var updatedSince: Timestamp?
    /// Those of one group, as it is written.
    package var group: String?
    /// Inclusive.
    package var stockMin: Int64?
    package var stockMax: Int64?
    /// Whether a shop has them as they are.
    package var synced: Bool?
    /// Fields in which they all have a value, and fields in which none has; names of the field table.
    package var has: [String] = []
    package var lacks: [String] = []
    /// Values of metafields, all of which they have.
    package var metafields: [MetafieldFilter] = []
    /// Only products of a category.
    package var category: ProductFilterCategory?
    /// Only these; all when empty.
    package var ids: [Int64] = []
    /// Only products that were there when something was asked for.
    package var idMax: Int64?
    /// Only products that a job changed.
    package var job: ProductFilterJob?

    package init() {}

    /// The question to the text index; `.nothing` when a text holds no word at all, which matches no product.
    package enum TextCondition: Sendable, Equatable {
        case everything
        case nothing
        case query(TextQuery)
    }

    package var textCondition: TextCondition {
        let parts: [(String?, [String])] = [
            (q, []), (name, ["name"]), (brand, ["brand"]), (description, ["description"]),
        ]
        var queries: [TextQuery] = []
        for (text, columns) in parts {
            guard let text, !text.trimmed.isEmpty else { continue }
            guard let query = TextQuery(text, columns: columns) else { return .nothing }
            queries.append(query)
        }
        return queries.isEmpty ? .everything : .query(.all(queries))
    }

    /// What `statuses` and `active` leave together; nil when that is all of them.
    var wantedStatuses: [Product.Status]? {
        let wanted = Product.Status.allCases.filter { status in
            (statuses.isEmpty || statuses.contains(status)) && (active == nil || active == (status == .active))
        }
        return wanted.count == Product.Status.allCases.count ? nil : wanted
    }

    /// Whether any product can match: not when the filters contradict each other.
    var canMatch: Bool { textCondition != .nothing && wantedStatuses != [] }

    /// Whether the text index has to be asked.
    var isText: Bool {
        if case .query = textCondition { true } else { false }
    }
}

extension ProductFilter {
    /// How the text index is asked: as what the statement begins with, or as a list of ids.
    enum TextAccess { case join, subquery }

    /// What stands behind FROM when the text is asked by `.join`. CROSS keeps SQLite from beginning with the products.
    func source() -> SQL {
        isText ? "\(ProductSearch.attached.table) CROSS JOIN product p" : "product p"
    }

    /// What SQLite is kept from finding rows by: where an index gives the wanted order, that is better than one that
    /// finds half of the catalogue and leaves it to be sorted.
    struct Masks: OptionSet {
        let rawValue: Int
        static let status = Masks(rawValue: 1)
        static let sku = Masks(rawValue: 2)
    }

    func conditions(textBy access: TextAccess = .join, masking masks: Masks = []) -> [SQL] {
        var conditions: [SQL] = []
        if case .query(let query) = textCondition {
            let index = ProductSearch.attached
            switch access {
            case .join: conditions += [index.matches(query), "p.id = \(index.id)"]
            case .subquery: conditions.append("p.id IN \(index.ids(query))")
            }
        }
        conditions += [
            skuCondition(masks), statusCondition(masks), priceCondition, updateCondition, groupCondition,
            stockCondition, syncCondition, category?.condition,
        ].compactMap { $0 }
        conditions += has.map { Self.presence(of: $0, isWanted: true) }
        conditions += lacks.map { Self.presence(of: $0, isWanted: false) }
        conditions += metafields.map(\.condition)
        if !ids.isEmpty { conditions.append("p.id IN \(list: ids)") }
        if let id = idMax { conditions.append("p.id <= \(id)") }
        if let job { conditions.append(job.condition) }
        return conditions
    }

    /// The conditions that one index serves, each alone.
    var indexed: [SQL] {
        [
            ids.isEmpty ? nil : "p.id IN \(list: ids)", category?.condition, updateCondition, skuCondition([]),
            groupCondition, statusCondition([]),
            priceCondition, stockCondition,
        ].compactMap { $0 } + metafields.map(\.indexed)
    }

    /// - Parameter name: of a field that may be empty, or the column of a metafield.
    private static func presence(of name: String, isWanted: Bool) -> SQL {
        guard let metafield = MetafieldName(column: name) else {
            return isWanted ? "p.\(ident: name) IS NOT NULL" : "p.\(ident: name) IS NULL"
        }
        let presence = MetafieldFilter.presence(of: metafield)
        return isWanted ? presence : "NOT \(presence)"
    }

    private func skuCondition(_ masks: Masks) -> SQL? {
        guard let sku, !sku.trimmed.isEmpty else { return nil }
        let key = Product.skuKey(sku)
        let column: SQL = masks.contains(.sku) ? "COALESCE(p.sku_norm, '')" : "p.sku_norm"
        return "\(column) >= \(key) AND \(column) < \("\(key)\u{10FFFF}")"
    }

    private func statusCondition(_ masks: Masks) -> SQL? {
        guard let statuses = wantedStatuses?.map(\.rawValue) else { return nil }
        let column: SQL = masks.contains(.status) ? "COALESCE(p.status, '')" : "p.status"
        return "\(column) IN \(list: statuses)"
    }

    private var priceCondition: SQL? {
        let parts: [SQL] = [
            priceMin.map { "p.price >= \($0)" as SQL }, priceMax.map { "p.price <= \($0)" as SQL },
        ].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " AND ")
    }

    private var groupCondition: SQL? { group.map { "p.group_key = \($0)" } }

    private var stockCondition: SQL? {
        let parts: [SQL] = [
            stockMin.map { "p.inventory_quantity >= \($0)" as SQL },
            stockMax.map { "p.inventory_quantity <= \($0)" as SQL },
        ].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: " AND ")
    }

    private var syncCondition: SQL? {
        synced.map { $0 ? "p.synced_at >= p.updated_at" : "(p.synced_at IS NULL OR p.synced_at < p.updated_at)" }
    }

    private var updateCondition: SQL? {
        updatedSince.map { "p.updated_at >= \($0)" }
    }
}
