import Support
package import Web

/// The state of a list as it stands in its address: filters, sort order, page. Links keep all of it but what they
/// change, so a list can be sent to another user.
package struct ListState: Sendable, Equatable {
    package var path: String
    /// What the address says now.
    package var query: Fields
    /// The sort order when the address names none, e.g. `-id`.
    package var defaultSort: String

    package init(path: String, query: Fields, defaultSort: String) {
        self.path = path
        self.query = query
        self.defaultSort = defaultSort
    }

    /// The state in the address of a request. A form sends every field; those left blank say nothing.
    /// - Parameter filters: the parameters that filter.
    package init(path: String, _ request: Request, filters: [String], defaultSort: String) {
        var kept = Fields()
        for field in request.query.all where filters.contains(field.name) && !field.value.trimmed.isEmpty {
            kept.append(field.name, field.value)
        }
        if let sort = request.query["sort"] { kept.append("sort", sort) }
        self.init(path: path, query: kept, defaultSort: defaultSort)
    }

    /// The order in force: a field's name, with `-` in front when it descends.
    package var sort: String { query["sort"] ?? defaultSort }

    /// One value of the address; empty when it is not there.
    package subscript(name: String) -> String { query[name] ?? "" }

    /// What belongs to one page of the list and is dropped when the list changes.
    private static let pageState = ["cursor", "from"]

    /// The address with these values in place of its own; nil or "" removes one. It leads to the first page.
    package func link(_ changes: [(name: String, value: String?)]) -> String {
        var fields = query
        for name in Self.pageState { fields.remove(name) }
        for (name, value) in changes { fields.set(name, value ?? "") }
        return address(fields)
    }

    /// The address of another page of the same list.
    package func page(cursor: String?, from: Int) -> String {
        var fields = query
        for name in Self.pageState { fields.remove(name) }
        if let cursor {
            fields.set("cursor", cursor)
            fields.set("from", String(from))
        }
        return address(fields)
    }

    /// Another path with this list's filters, without sort and page: what an action on all matching things needs.
    package func action(_ path: String) -> String {
        var copy = ListState(path: path, query: query, defaultSort: defaultSort)
        copy.query.remove("sort")
        return copy.link([])
    }

    private func address(_ fields: Fields) -> String {
        var kept = Fields()
        for field in fields.all where !field.value.isEmpty { kept.append(field.name, field.value) }
        return kept.isEmpty ? path : "\(path)?\(kept.queryString)"
    }
}
