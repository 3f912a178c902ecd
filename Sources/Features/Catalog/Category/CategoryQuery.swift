import Database
import Support
import Web

// Lists of categories as addresses ask for them. What cannot be read is 400, never ignored.

extension CategoryFilter {
    /// The parameters that filter, as the API names them.
    static let parameters = ["parent_id", "q", "active", "slug_path", "counts"]
    /// How many characters of `q` are looked for: each word is a condition.
    static let maxText = 200

    /// Throws 400.
    init(_ query: Fields) throws(WebError) {
        self.init()
        q = query["q"]
        guard q?.unicodeScalars.count ?? 0 <= Self.maxText else {
            throw .badParameter("q", "too_long", "'q' takes at most \(Self.maxText) characters.")
        }
        if let text = query["parent_id"] {
            guard let id = Int64(text), id >= 0 else {
                throw .badParameter("parent_id", "bad_number", "'parent_id' takes the id of a category, or 0.")
            }
            parent = id == 0 ? .top : .category(id)
        }
        switch query["active"] {
        case nil: break
        case "true", "1": isActive = true
        case "false", "0": isActive = false
        default: throw .badParameter("active", "bad_boolean", "'active' takes true or false.")
        }
    }
}

extension CategorySort {
    init(_ sort: ListSort) {
        self.init(Key(rawValue: sort.key) ?? .order, descends: sort.descends)
    }

    static let rules = ListRules(
        sorts: Key.allCases.map(\.rawValue),
        defaultSort: ListSort(Key.order.rawValue),
        filters: CategoryFilter.parameters
    )

    /// The values that stand in a list's cursor.
    func cursor(_ category: Category) -> [JSON] {
        if case .text(let text) = value(of: category) { return [.string(text), .int(category.id)] }
        if case .integer(let number) = value(of: category) { return [.int(number), .int(category.id)] }
        return [.null, .int(category.id)]
    }

    /// Reads the values of a cursor, which come from a client. Throws 400 when they are not of this order's types.
    func place(_ values: [JSON]) throws(WebError) -> (value: DatabaseValue, id: Int64) {
        guard values.count == 2, let id = values[1].intValue else { throw .badCursor }
        if key == .name, let text = values[0].stringValue { return (.text(text), id) }
        guard key != .name, let number = values[0].intValue else { throw .badCursor }
        return (.integer(number), id)
    }
}
