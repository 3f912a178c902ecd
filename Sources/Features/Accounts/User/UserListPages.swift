import AdminKit
import Database
import Identity
import Support
import Web

/// The list of users.
enum UserListPages {
    static let routes: [AppRoute] = [
        AppRoute(.get, "/users", access: .permission(.adminUsers), .page("Users"), handler: list)
    ]

    private static let perPage = 50

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        var rules = UserSort.rules
        rules.filters += ["from"]
        let query = try ListQuery(context.request, rules)
        let state = state(context.request)
        let filter = try UserFilter(state.query)
        let sort = UserSort(query.sort)
        let after = try query.after.map { (values) throws(WebError) in try sort.place(values) }
        let store = UserStore(context.database)
        let found = try store.list(filter, sort, after: after, limit: perPage + 1)
        let shown = Array(found.prefix(perPage))
        let from = max(1, Int(query.filters["from"] ?? "") ?? 1)
        let next = found.count > perPage ? shown.last : nil
        let model = UserListModel(
            state: state,
            users: shown,
            pagination: Pagination(
                from: from,
                count: shown.count,
                total: .exactly(Int(clamping: try store.count(filter))),
                noun: Noun("user", "users"),
                first: after == nil ? nil : state.page(cursor: nil, from: 1),
                next: next.map { state.page(cursor: query.cursor(after: sort.cursor($0)), from: from + shown.count) }
            ),
            statistics: try store.statistics(at: context.environment.now())
        )
        return .page(UserListView.html(model, in: try context.shell()))
    }

    /// The list's state in the address. A form sends every field; those left blank say nothing.
    private static func state(_ request: Request) -> ListState {
        var query = Fields()
        for field in request.query.all where !field.value.trimmed.isEmpty {
            if UserFilter.parameters.contains(field.name) { query.append(field.name, field.value) }
        }
        if let sort = request.query["sort"] { query.append("sort", sort) }
        return ListState(path: AccountsPath.users.description, query: query, defaultSort: "email")
    }
}
