package import Database
package import Support

/// Which products a list shows, or a job takes.
package struct ProductFilter: Sendable, Equatable {
    /// Every word as the beginning of a word, in any searched field.
    package var q: String?
    package var name: String?
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
    /// Only products that were there when something was asked for.
    package var idMax: Int64?

    package init() {}

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
        isText ? "\(ProductSearch.table) CROSS JOIN product p" : "product p"
    }

    /// - Parameter statusByIndex: false keeps SQLite from finding the rows by their status: an index that gives the
    ///   wanted order is better than one that finds half of the catalogue and leaves it to be sorted.
    func conditions(textBy access: TextAccess = .join, statusByIndex: Bool = true) -> [SQL] {
        var conditions: [SQL] = []
        if case .query(let query) = textCondition {
            let match: SQL = "product_text MATCH \(query.expression)"
            switch access {
            case .join: conditions += [match, "p.id = product_text.rowid"]
            case .subquery: conditions.append("p.id IN (SELECT rowid FROM \(ProductSearch.table) WHERE \(match))")
            }
        }
        if let sku, !sku.trimmed.isEmpty {
            let key = Product.skuKey(sku)
            conditions.append("p.sku_norm >= \(key) AND p.sku_norm < \("\(key)\u{10FFFF}")")
        }
        if let statuses = wantedStatuses?.map(\.rawValue) {
            let column: SQL = statusByIndex ? "p.status" : "COALESCE(p.status, '')"
            conditions.append("\(column) IN \(list: statuses)")
        }
        if let price = priceMin { conditions.append("p.price >= \(price)") }
        if let price = priceMax { conditions.append("p.price <= \(price)") }
        if let since = updatedSince { conditions.append("p.updated_at >= \(since)") }
        if let id = idMax { conditions.append("p.id <= \(id)") }
        return conditions
    }
}
