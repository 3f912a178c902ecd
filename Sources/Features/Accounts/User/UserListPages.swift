import AdminKit
import Database
import Identity
import Support
import Web

/// The list of users.
enum UserListPages {
    static let routes: [AppRoute] = [
        AppRoute(.get, AccountsPath.users, access: .permission(.adminUsers), .page("Users"), handler: list)
    ]

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let page = try ListPage(context.request, UserSort.rules, path: AccountsPath.users.description)
        let filter = try UserFilter(page.state.query)
        let sort = UserSort(page.sort)
        let after = try page.query.after.map { (values) throws(WebError) in try sort.place(values) }
        let store = UserStore(context.database)
        let found = try store.list(filter, sort, after: after, limit: page.limit)
        let total = try store.count(filter)
        let model = UserListModel(
            state: page.state,
            users: Array(found.prefix(page.size)),
            pagination: page.pagination(
                found,
                total: .counted(total),
                Noun("user", "users"),
                cursor: sort.cursor
            ),
            statistics: try store.statistics(at: context.environment.now())
        )
        return .page(UserListView.html(model, in: try context.shell()))
    }
}
