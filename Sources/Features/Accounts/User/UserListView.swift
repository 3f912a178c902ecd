import AdminKit
import Identity
import Markup
import Support
import Web

/// What the list of users shows.
struct UserListModel: Sendable {
    /// The list's address and its query: `q`, `role`, `active`, `sort`.
    var state: ListState
    var users: [User]
    var pagination: Pagination
    var statistics: UserStatistics
}

/// The list of users: figures, search, filters, order, pages.
enum UserListView {
    static func html(_ model: UserListModel, in shell: Shell) -> HTML {
        Page(
            "Users",
            actions: Link("New user", AccountsPath.newUser.description).button(.primary, key: "n"),
            content: """
                \(figures(model.statistics))
                \(filterBar(model.state).html)
                \(model.users.isEmpty ? nothingFound(model.state) : list(model))
                """
        ).html(in: shell)
    }

    private static func figures(_ figures: UserStatistics) -> HTML {
        let roles = Role.allCases.map { role in
            let count = figures.byRole[role] ?? 0
            return tile(RoleWords.title(role) + "s", count, "role=\(role.rawValue)")
        }
        let recent = figures.day + figures.week + figures.month
        let never = "\(Format.integer(figures.never)) never logged in"
        return """
            <ul class="tiles" aria-label="Users by role and state">
            \(tile("Active", figures.active, "active=true", "of \(Format.count(figures.total, Noun("user", "users")))"))
            \(roles)
            \(tile("Seen in 30 days", recent, "sort=-last_login_at", never))
            </ul>
            """
    }

    private static func tile(_ title: String, _ value: Int64, _ query: String, _ note: String? = nil) -> HTML {
        DashboardTile(
            title,
            value: Format.integer(value),
            note: note,
            path: "\(AccountsPath.users)?\(query)",
            permission: .adminUsers
        ).html
    }

    private static func nothingFound(_ state: ListState) -> HTML {
        EmptyState(
            "No user matches",
            "Every word must stand somewhere in the email address, the username or the names.",
            action: Link("Clear all filters", state.path).button()
        ).html
    }

    private static func list(_ model: UserListModel) -> HTML {
        """
        \(Table(
            "Users",
            columns: [
                Column("Email address", sortKey: "email", style: "wide", isRowHeading: true, cell: name),
                Column("Role") { HTML(escaping: RoleWords.title($0.role)) },
                Column("State") { UserStateBadge.html($0) },
                Column("Last login", sortKey: "last_login_at", style: "nowrap") { Time.html($0.lastLoginAt) },
                Column("Created", sortKey: "created_at", style: "nowrap") { Time($0.createdAt).html },
                .number("ID", sortKey: "id") { "\($0.id)" },
            ],
            rows: model.users,
            style: "people",
            state: model.state
        ).html)
        \(model.pagination.html)
        """
    }

    private static func name(_ user: User) -> HTML {
        let names = [user.displayName, user.username].compactMap { $0 }.filter { $0 != user.email }
        let note = names.first == names.last ? names.first : names.joined(separator: " · ")
        return """
            \(Link(user.email, AccountsPath.user(user.id).description).html)\
            \(note.map { "<span class=\"row-note\">\($0)</span>" })
            """
    }

    private static func filterBar(_ state: ListState) -> FilterBar {
        FilterBar(
            state: state,
            search: FormField("q", "Search users", .search, value: state["q"], maxLength: UserFilter.maxText),
            fields: [
                FormField(
                    "role",
                    "Role",
                    .select([.init("", "All")] + Role.allCases.map { .init($0.rawValue, RoleWords.title($0)) }),
                    value: state["role"]
                ),
                FormField(
                    "active",
                    "State",
                    .select([.init("", "All"), .init("true", "Active"), .init("false", "Deactivated")]),
                    value: state["active"]
                ),
            ],
            sorts: [
                .init("email", "Email, A–Z"), .init("-email", "Email, Z–A"),
                .init("-last_login_at", "Logged in last"), .init("last_login_at", "Logged in first"),
                .init("-created_at", "Newest first"), .init("created_at", "Oldest first"),
            ]
        )
    }
}

/// Whether a user may log in, in a word with a colour.
enum UserStateBadge {
    static func html(_ user: User) -> HTML {
        (user.isActive ? StatusBadge("Active", .success) : StatusBadge("Deactivated", .neutral)).html
    }
}
