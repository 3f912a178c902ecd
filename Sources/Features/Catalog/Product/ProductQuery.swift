import Database
import Identity
import Money
import Support
import Web

// Lists of products as addresses ask for them. What cannot be read is 400, never ignored: a misspelt filter must not
// widen what is deleted.

extension ProductFilter {
    /// The parameters that filter, as the API names them.
    static let parameters = [
        "q", "name", "brand", "description", "sku", "status", "active", "price_min", "price_max", "updated_since",
        "group_key", "inventory_quantity_min", "inventory_quantity_max", "synced", "has", "lacks",
        "category_id", "descendants", "ids",
    ]

    /// The fields that `has` and `lacks` take: those that may be empty.
    static let optional = ProductFields.all.filter { !$0.isRequired }.map(\.name)

    /// Whether `has` and `lacks` take a name: of one of these fields, or of a metafield.
    static func isOptional(_ name: String) -> Bool {
        optional.contains(where: name.hasSameBytes) || MetafieldName(column: name) != nil
    }

    /// Reads the filters of a query. Empty texts filter nothing.
    /// - Parameter isStrict: refuses empty texts too: where much is at stake they are taken for a mistake.
    ///
    /// Throws 400.
    init(_ query: Fields, _ currency: Currency, isStrict: Bool = false) throws(WebError) {
        self.init()
        for name in Self.texts where isStrict && query[name]?.trimmed == "" {
            throw .badParameter(name, "empty_parameter", "'\(name)' is empty; leave it out to filter nothing.")
        }
        if let problem = Self.textProblem(query) {
            throw .badParameter(problem.field, problem.code, "'\(problem.field)' is too much. \(problem.detail)")
        }
        q = query["q"]
        name = query["name"]
        brand = query["brand"]
        description = query["description"]
        sku = query["sku"]
        if let list = query["status"] { statuses = try Self.statuses(list) }
        if let text = query["active"] { active = try Self.boolean(text, "active") }
        priceMin = try Self.amount(query["price_min"], "price_min", currency)
        priceMax = try Self.amount(query["price_max"], "price_max", currency)
        if let text = query["group_key"], !text.isEmpty {
            guard text.unicodeScalars.count <= 255 else {
                throw WebError.badParameter("group_key", "too_long", "'group_key' takes at most 255 characters.")
            }
            group = text
        }
        stockMin = try Self.whole(query["inventory_quantity_min"], "inventory_quantity_min")
        stockMax = try Self.whole(query["inventory_quantity_max"], "inventory_quantity_max")
        if let text = query["synced"] { synced = try Self.boolean(text, "synced") }
        has = try Self.fields(query["has"], "has")
        lacks = try Self.fields(query["lacks"], "lacks")
        if let text = query["updated_since"] {
            guard let time = Timestamp(rfc3339: text) else {
                throw .badParameter(
                    "updated_since",
                    "bad_time",
                    "'updated_since' takes a time like 2026-11-21T05:46:00Z."
                )
            }
            updatedSince = time
        }
        category = try ProductFilterCategory(query)
        ids = try Self.ids(query["ids"])
    }

    /// The parameters that take a text.
    private static let texts = ["q", "name", "brand", "description", "sku"]
    /// How many characters each of them takes.
    static let maxText = 1000

    /// The first text that is too much to look for, as a page says it at the field; `init` refuses it.
    static func textProblem(_ query: Fields) -> Problem? {
        for name in texts {
            guard let text = query[name] else { continue }
            if text.unicodeScalars.count > maxText {
                return Problem(name, "too_long", "Write at most \(maxText) characters.")
            }
            if name != "sku", TextQuery.hasTooManyWords(text) {
                return Problem(name, "too_many_words", "Write at most \(TextQuery.maxWords) different words.")
            }
        }
        return nil
    }

    private static func statuses(_ list: String) throws(WebError) -> [Product.Status] {
        var statuses: [Product.Status] = []
        for word in list.split(separator: ",", omittingEmptySubsequences: false) {
            guard let status = Product.Status(rawValue: String(word).trimmed) else {
                let allowed = Product.Status.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badParameter("status", "bad_status", "'status' takes one or more of \(allowed), with commas.")
            }
            if !statuses.contains(status) { statuses.append(status) }
        }
        return statuses
    }

    private static func boolean(_ text: String, _ name: String) throws(WebError) -> Bool {
        switch text {
        case "true", "1": return true
        case "false", "0": return false
        default: throw .badParameter(name, "bad_boolean", "'\(name)' takes true or false.")
        }
    }

    private static func whole(_ text: String?, _ name: String) throws(WebError) -> Int64? {
        guard let text else { return nil }
        guard let number = Int64(text), (-1_000_000_000...1_000_000_000).contains(number) else {
            throw .badParameter(name, "bad_number", "'\(name)' takes a whole number up to a thousand millions.")
        }
        return number
    }

    private static func fields(_ list: String?, _ name: String) throws(WebError) -> [String] {
        guard let list else { return [] }
        var fields: [String] = []
        for word in list.split(separator: ",", omittingEmptySubsequences: false) {
            let field = String(word).trimmed
            guard isOptional(field) else {
                let detail = """
                    '\(name)' takes names of fields that may be empty, with commas, like price,upc, and of metafields, \
                    like metafield:custom.material.
                    """
                throw .badParameter(name, "unknown_field", detail)
            }
            if !fields.contains(field) { fields.append(field) }
        }
        return fields
    }

    /// How many ids a filter takes: more than a page of the list has, and no more than an address holds.
    static let mostIDs = 200

    private static func ids(_ list: String?) throws(WebError) -> [Int64] {
        guard let list else { return [] }
        var ids: [Int64] = []
        for word in list.split(separator: ",", omittingEmptySubsequences: false) {
            guard let id = Int64(word), id > 0, ids.count < mostIDs else {
                let detail = "'ids' takes up to \(mostIDs) ids of products, with commas, like 12,15."
                throw .badParameter("ids", "bad_number", detail)
            }
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    private static func amount(
        _ text: String?,
        _ name: String,
        _ currency: Currency
    ) throws(WebError) -> Int64? {
        guard let text else { return nil }
        do {
            return try currency.minorUnits(text)
        } catch {
            let example = currency.text(1250)
            throw .badParameter(name, "bad_price", "'\(name)' takes an amount in \(currency.code), like \(example).")
        }
    }
}

extension ProductSort {
    init(_ sort: ListSort) {
        self.init(Key(rawValue: sort.key) ?? .id, descends: sort.descends)
    }
}

extension ListRules {
    /// What a list of products takes. A search comes in the order of ids only.
    static func products(_ query: Fields) -> ListRules {
        let isSearch = query["q"]?.trimmed.isEmpty == false
        return ListRules(
            sorts: isSearch ? ["id"] : ProductSort.Key.allCases.map(\.rawValue),
            defaultSort: ListSort("id", descends: true),
            filters: ProductFilter.parameters + ProductFilterJob.parameters + MetafieldFilter.parameters(in: query)
        )
    }
}

extension ProductCursor {
    /// The values that stand in a list's cursor.
    func values(_ sort: ProductSort) -> [JSON] {
        guard sort.key != .id else { return [.int(id)] }
        switch value {
        case .text(let text): return [.string(text), .int(id)]
        case .integer(let number): return [.int(number), .int(id)]
        case .null, .real, .blob: return [.null, .int(id)]
        }
    }

    /// Reads the values of a cursor, which come from a client. Throws 400 when they are not of this order's types.
    init(_ values: [JSON], _ sort: ProductSort) throws(WebError) {
        guard let id = values.last?.intValue, values.count == (sort.key == .id ? 1 : 2) else { throw .badCursor }
        switch (sort.key, values[0]) {
        case (.id, _): self.init(value: .integer(id), id: id)
        case (.sku, .string(let text)), (.name, .string(let text)): self.init(value: .text(text), id: id)
        case (.price, .null): self.init(value: .null, id: id)
        case (.price, _), (.updatedAt, _):
            guard let number = values[0].intValue else { throw .badCursor }
            self.init(value: .integer(number), id: id)
        default: throw .badCursor
        }
    }
}
