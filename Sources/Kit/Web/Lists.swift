public import Support

/// What a list takes: the keys it can be sorted by and the filters it knows. Everything else in a query is refused.
public struct ListRules: Sendable {
    /// The keys that `sort` may name, without `-`.
    public var sorts: [String]
    public var defaultSort: ListSort
    /// Further parameters, each at most once.
    public var filters: [String]
    public var defaultLimit = 50

    public init(sorts: [String], defaultSort: ListSort, filters: [String]) {
        self.sorts = sorts
        self.defaultSort = defaultSort
        self.filters = filters
    }

    /// The value of `sort`, or the default. Throws 400 `bad_sort`.
    public func sort(_ text: String?) throws(WebError) -> ListSort {
        guard let text else { return defaultSort }
        let sort = ListSort(text.hasPrefix("-") ? String(text.dropFirst()) : text, descends: text.hasPrefix("-"))
        guard sorts.contains(sort.key) else {
            let allowed = sorts.joined(separator: ", ")
            throw .badParameter("sort", "bad_sort", "'sort' takes one of \(allowed), with '-' before it to descend.")
        }
        return sort
    }
}

/// A key and a direction: `name`, `-updated_at`.
public struct ListSort: Sendable, Hashable, CustomStringConvertible {
    public var key: String
    public var descends: Bool

    public init(_ key: String, descends: Bool = false) {
        self.key = key
        self.descends = descends
    }

    public var description: String { descends ? "-\(key)" : key }
}

/// A list's query, read by the conventions of the API: `limit`, `cursor`, `sort`, `include=total`, and filters.
public struct ListQuery: Sendable {
    /// 1-1000.
    public let limit: Int
    public let sort: ListSort
    /// The sort values of the last record that the client has; nil on the first page. Their number and types come from
    /// the client: check them, and throw `WebError.badCursor` where they do not fit.
    public let after: [JSON]?
    /// Whether the answer tells how many records match.
    public let includesTotal: Bool
    /// The filters as given.
    public let filters: Fields
    private let path: String
    private let query: Fields

    /// Throws 400: `unknown_parameter`, `duplicate_parameter`, `bad_limit`, `bad_sort`, `bad_include`, `bad_cursor`.
    public init(_ request: Request, _ rules: ListRules) throws(WebError) {
        let query = request.query
        try request.checkParameters(["limit", "cursor", "sort", "include"] + rules.filters)
        limit = try Self.limit(query["limit"], rules.defaultLimit)
        sort = try rules.sort(query["sort"])
        includesTotal = query["include"] != nil
        guard query["include"] ?? "total" == "total" else {
            throw .badParameter("include", "bad_include", "'include' can only be 'total'.")
        }
        if let cursor = query["cursor"] {
            after = try ListCursor.read(cursor, sort)
        } else {
            after = nil
        }
        var filters = Fields()
        for field in query.all where rules.filters.contains(field.name) { filters.append(field.name, field.value) }
        self.filters = filters
        self.query = query
        path = request.rawPath
    }

    /// The path and query of the page that begins behind a record, with everything else in the query kept.
    /// - Parameter values: the record's sort values, ending with its id: texts, numbers, booleans or nulls.
    public func next(after values: [JSON]) -> String {
        var query = query
        query.set("cursor", Self.cursor(after: values, in: sort))
        return "\(path)?\(query.queryString)"
    }

    /// The id in the cursor of a list that is sorted by nothing else; nil on the first page. Throws 400 `bad_cursor`.
    public func entryID() throws(WebError) -> Int64? {
        guard let after else { return nil }
        guard after.count == 1, let id = after[0].intValue else { throw .badCursor }
        return id
    }

    /// The cursor alone, for links that are made elsewhere.
    public static func cursor(after values: [JSON], in sort: ListSort) -> String { ListCursor.text(values, sort) }

    /// The answer to a list's request, `{"items", "next"}`, with `total` when the request asks for it.
    /// - Parameters:
    ///   - found: the records behind `after`, at most `limit` + 1 of which the last one only tells that there is more.
    ///   - total: how many records match; called only when the request asks.
    ///   - cursor: a record's sort values, see `next`.
    public func answer<Record>(
        _ found: [Record],
        total: () throws -> Int64,
        cursor: (Record) -> [JSON],
        item: (Record) throws -> JSON
    ) rethrows -> Response {
        let shown = found.prefix(limit)
        let next = found.count > limit ? shown.last.map { self.next(after: cursor($0)) } : nil
        let total = includesTotal ? try total() : nil
        return .json(Self.body(items: try shown.map(item), next: next, total: total))
    }

    /// `{"items", "next"}`, and `total` when it is given.
    public static func body(items: [JSON], next: String?, total: Int64? = nil) -> JSON {
        var members = [JSON.Member("items", .array(items)), JSON.Member("next", .optional(next))]
        if let total { members.append(JSON.Member("total", .int(total))) }
        return .object(members)
    }

    private static func limit(_ text: String?, _ defaultValue: Int) throws(WebError) -> Int {
        guard let text else { return defaultValue }
        guard isCanonicalInt(text), let limit = Int(text), (1...1000).contains(limit) else {
            throw .badParameter("limit", "bad_limit", "'limit' takes a whole number from 1 to 1000.")
        }
        return limit
    }
}

/// base64url of a JSON array: the sort it was made for, then the values.
private enum ListCursor {
    /// Sort values are short; a longer text is not ours.
    static let limit = 8 << 10

    static func text(_ values: [JSON], _ sort: ListSort) -> String {
        JSON.array([.string(sort.description)] + values).bytes.base64URL
    }

    static func read(_ text: String, _ sort: ListSort) throws(WebError) -> [JSON] {
        guard text.utf8.count <= limit, let bytes = text.base64URLDecoded(),
            let values = (try? JSON.parse(bytes, depth: 1))?.arrayValue, values.count > 1,
            values.first?.stringValue == sort.description
        else { throw .badCursor }
        return Array(values.dropFirst())
    }
}

extension Request {
    /// Refuses a query with a parameter that is not among the allowed ones (a misspelt filter must never widen what a
    /// request does) or with one that stands twice. Throws 400 `unknown_parameter` or `duplicate_parameter`.
    public func checkParameters(_ allowed: [String]) throws(WebError) {
        for name in query.names {
            guard allowed.contains(name) else {
                let detail =
                    allowed.isEmpty
                    ? "This address takes no parameters, not '\(name)'."
                    : "There is no parameter '\(name)' here; allowed are \(allowed.joined(separator: ", "))."
                throw .badParameter(name, "unknown_parameter", detail)
            }
            guard query.values(name).count == 1 else {
                throw .badParameter(name, "duplicate_parameter", "The parameter '\(name)' may stand once.")
            }
        }
    }
}

extension WebError {
    /// 400 for a cursor that this list did not make, or made for another sort.
    public static let badCursor = badParameter(
        "cursor",
        "bad_cursor",
        "The cursor does not belong to this list and sort; begin again without it."
    )

    /// 400 for one parameter of the query.
    public static func badParameter(_ name: String, _ code: String, _ detail: String) -> WebError {
        WebError(400, code, detail, problems: [Problem(name, code, detail)])
    }
}
