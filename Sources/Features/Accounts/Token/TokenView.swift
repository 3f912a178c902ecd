import AdminKit
import Identity
import Markup
import Support
import Web

/// What the list of tokens shows.
struct TokenListModel: Sendable {
    /// The list's address and its query: `state`, `user_id`, `sort`.
    var state: ListState
    var tokens: [APIToken]
    var pagination: Pagination
    /// Whose they are, where everybody's are shown; else empty.
    var owners: [Int64: String]
    /// Who looks.
    var userID: Int64
    var now: Timestamp
}

/// The pages of tokens: the list, a new one, its secret, and the questions before it is changed.
enum TokenView {
    private static let parent = Link("API tokens", AccountsPath.tokens.description)

    static func list(_ model: TokenListModel, in shell: Shell) -> HTML {
        let isAll = shell.allows(.adminUsers)
        let filters = filterBar(model, isAll: isAll)
        return Page(
            "API tokens",
            actions: Link("New token", AccountsPath.newToken.description).button(.primary, key: "n"),
            content: """
                \(if: !model.tokens.isEmpty || filters.isNarrowed, filters.html)
                \(model.tokens.isEmpty ? nothing(model, filters.isNarrowed) : table(model, isAll: isAll))
                """
        ).html(in: shell)
    }

    private static func nothing(_ model: TokenListModel, _ isNarrowed: Bool) -> HTML {
        guard !isNarrowed else {
            return EmptyState(
                "No token matches",
                "Choose another state.",
                action: Link("Clear all filters", model.state.path).button()
            ).html
        }
        return EmptyState(
            "No tokens yet",
            "A token lets a program use the API in your name, as far as you allow it. Make one for each program.",
            action: Link("New token", AccountsPath.newToken.description).button(.primary)
        ).html
    }

    private static func filterBar(_ model: TokenListModel, isAll: Bool) -> FilterBar {
        var fields = [
            FormField(
                "state",
                "State",
                .select([
                    .init("", "All"), .init("valid", "Valid"), .init("expired", "Expired"), .init("revoked", "Revoked"),
                ]),
                value: model.state["state"]
            )
        ]
        if isAll {
            var choices = [FormField.Choice("", "Everybody"), .init(String(model.userID), "You")]
            let chosen = model.state["user_id"]
            if !choices.contains(where: { $0.value == chosen }) {
                choices.append(.init(chosen, Int64(chosen).flatMap { model.owners[$0] } ?? "User \(chosen)"))
            }
            fields.append(FormField("user_id", "Whose", .select(choices), value: chosen))
        }
        return FilterBar(
            state: model.state,
            fields: fields,
            sorts: [.init("-id", "Newest first"), .init("id", "Oldest first"), .init("name", "Name, A–Z")]
        )
    }

    private static func table(_ model: TokenListModel, isAll: Bool) -> HTML {
        var columns = [
            Column<APIToken>("Name", sortKey: "name", style: "wide", isRowHeading: true) { token in
                """
                \(token.name)<span class="row-note"><code>\(token.prefix)…</code> · \(scopes(token))</span>
                """
            },
            Column("State") { state($0, model.now) },
            Column("Last used", style: "nowrap") { Time.html($0.lastUsedAt) },
            Column("Expires", style: "nowrap") { $0.expiresAt.map { Time($0).html } ?? "never" },
            Column("Actions") { actions($0, model) },
        ]
        if isAll { columns.insert(Column("User") { HTML.text(model.owners[$0.userID]) }, at: 1) }
        return """
            \(Table("API tokens", columns: columns, rows: model.tokens, style: "people", state: model.state).html)
            \(model.pagination.html)
            """
    }

    private static func scopes(_ token: APIToken) -> String {
        token.scopes.inOrder.map(\.rawValue).joined(separator: ", ")
    }

    private static func state(_ token: APIToken, _ now: Timestamp) -> HTML {
        let badge =
            switch token.state(at: now) {
            case .valid: StatusBadge("Valid", .success)
            case .expired: StatusBadge("Expired", .neutral)
            case .revoked: StatusBadge("Revoked", .neutral)
            }
        let old = token.previousUntil.flatMap { now < $0 ? $0 : nil }
        return "\(badge.html)\(old.map { "<span class=\"row-note\">old secret until \(Time($0).html)</span>" })"
    }

    private static func actions(_ token: APIToken, _ model: TokenListModel) -> HTML {
        guard token.isAlive(at: model.now) else { return .absent }
        func link(_ verb: String, _ path: PathPattern) -> HTML {
            """
            <a class="button secondary small" href="\(path.description)">\(verb)\
            <span class="visually-hidden"> \(token.name), token \(token.id)</span></a>
            """
        }
        return """
            <div class="actions">\
            \(if: token.userID == model.userID, link("Rotate", AccountsPath.rotateToken(token.id)))\
            \(link("Revoke", AccountsPath.revokeToken(token.id)))</div>
            """
    }

    // MARK: A new one

    static func new(_ fields: [FormField], _ problems: [Problem], in shell: Shell) -> HTML {
        Page(
            "New token",
            parent: parent,
            errors: ErrorSummary(fields, general: problems).html,
            content: Form(
                action: AccountsPath.newToken.description,
                csrf: shell.csrf,
                fields: fields,
                submit: "Create token",
                cancel: Link("Cancel", AccountsPath.tokens.description)
            ).html
        ).html(in: shell)
    }

    /// The secret, this once.
    static func secret(_ token: APIToken, _ secret: String, isNew: Bool, in shell: Shell) -> HTML {
        Page(
            isNew ? "The token \(token.name) was created" : "The token \(token.name) has another secret",
            parent: parent,
            content: """
                \(Banner(.warning, "Copy the secret now. It is not shown again.").html)
                \(SecretField(label: "Secret", secret: secret).html)
                <p class="quiet">Programs send it with every request, as <code>Authorization: Bearer \
                \(token.prefix)…</code></p>
                <p>\(Link("I have copied it", AccountsPath.tokens.description).button())</p>
                """
        ).html(in: shell)
    }

    // MARK: Before it is changed

    static func rotate(_ token: APIToken, _ field: FormField, in shell: Shell) -> HTML {
        Page(
            "Rotate the token \(token.name)?",
            parent: parent,
            errors: ErrorSummary([field]).html,
            content: """
                <p>It gets another secret. Name, scopes and expiry stay as they are.</p>
                \(Form(
                    action: AccountsPath.rotateToken(token.id).description,
                    csrf: shell.csrf,
                    fields: [field],
                    submit: "Rotate token",
                    cancel: Link("Cancel", AccountsPath.tokens.description)
                ).html)
                """
        ).html(in: shell)
    }

    static func revoke(_ token: APIToken, owner: String?, in shell: Shell) -> HTML {
        ConfirmPage(
            "Revoke the token \(token.name)?",
            parent: parent,
            count: 1,
            noun: Noun("token", "tokens"),
            consequence: """
                Programs that use it are refused from the next request on. This cannot be undone.
                """,
            details: owner.map { "<p>It belongs to \($0).</p>" } ?? "",
            action: AccountsPath.revokeToken(token.id).description,
            verb: "Revoke"
        ).html(in: shell)
    }
}
