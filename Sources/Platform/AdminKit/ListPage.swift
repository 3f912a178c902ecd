package import Support
package import Web

/// One page of a list: what its address asks for, and where one can go from it.
package struct ListPage {
    /// Counting further costs more than it says.
    package static let countLimit: Int64 = 10_000

    package let query: ListQuery
    /// The filters that say something, and the order.
    package private(set) var state: ListState
    /// The order in which the page comes.
    package private(set) var sort: ListSort
    private let rules: ListRules
    /// How many records it has.
    package let size: Int

    /// - Parameter flags: parameters that belong to one visit and that links to other pages do not keep, such as
    ///   `done`.
    ///
    /// Throws 400 for what the rules do not know.
    package init(
        _ request: Request,
        _ rules: ListRules,
        path: String,
        size: Int = 50,
        flags: [String] = []
    ) throws(WebError) {
        var allowed = rules
        allowed.filters += ["from"] + flags
        query = try ListQuery(request, allowed)
        sort = query.sort
        self.rules = rules
        state = ListState(path: path, request, filters: rules.filters, defaultSort: rules.defaultSort.description)
        self.size = size
    }

    /// Takes the list's own order in the place of the one that was asked for.
    package mutating func dropSort() {
        sort = rules.defaultSort
        state.query.remove("sort")
    }

    /// How many records to look for: one more than the page has tells whether there is a next one.
    package var limit: Int { size + 1 }

    /// - Parameters:
    ///   - found: the records, at most `limit` of which the last one is not shown.
    ///   - cursor: a record's sort values, ending with its id.
    package func pagination<Record>(
        _ found: [Record],
        total: Pagination.Total,
        _ noun: Noun,
        cursor: (Record) -> [JSON]
    ) -> Pagination {
        let count = min(found.count, size)
        let from = max(1, Int(query.filters["from"] ?? "") ?? 1)
        let (next, overflow) = from.addingReportingOverflow(count)
        return Pagination(
            from: from,
            count: count,
            total: total,
            noun: noun,
            first: query.after == nil ? nil : state.page(cursor: nil, from: 1),
            next: found.count > size
                ? state.page(
                    cursor: ListQuery.cursor(after: cursor(found[size - 1]), in: sort),
                    from: overflow ? from : next
                ) : nil
        )
    }
}
