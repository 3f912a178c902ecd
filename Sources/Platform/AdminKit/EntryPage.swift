import Support
package import Web

/// One page of a list of entries that goes along their ids: what was asked for, and where one can go from it.
package struct EntryPage {
    /// How many entries a page has.
    package static let size = 50
    /// Counting further costs more than it says.
    package static let countLimit: Int64 = 10_000

    /// The filters that say something.
    package let filters: Fields
    package let state: ListState
    /// The id behind which the page begins; nil on the first.
    package let after: Int64?
    private let query: ListQuery

    /// Throws 400 for what the rules do not know.
    package init(_ request: Request, _ rules: ListRules, path: String) throws(WebError) {
        var rules = rules
        rules.filters.append("from")
        query = try ListQuery(request, rules)
        var filters = Fields()
        for field in query.filters.all where field.name != "from" && !field.value.trimmed.isEmpty {
            filters.append(field.name, field.value)
        }
        self.filters = filters
        state = ListState(path: path, query: filters, defaultSort: rules.defaultSort.description)
        after = try query.entryID()
    }

    /// - Parameters:
    ///   - ids: those of the entries that were found, at most `size` + 1 of which the last one is not shown.
    ///   - total: how many match, counted to `countLimit` + 1.
    package func pagination(_ ids: [Int64], total: Int64, _ noun: Noun) -> Pagination {
        let shown = ids.prefix(Self.size)
        let from = max(1, Int(query.filters["from"] ?? "") ?? 1)
        return Pagination(
            from: from,
            count: shown.count,
            total: total > Self.countLimit
                ? .moreThan(Int(clamping: Self.countLimit)) : .exactly(Int(clamping: total)),
            noun: noun,
            first: after == nil ? nil : state.page(cursor: nil, from: 1),
            next: ids.count > Self.size
                ? shown.last.map { state.page(cursor: query.cursor(after: [.int($0)]), from: from + shown.count) } : nil
        )
    }
}
