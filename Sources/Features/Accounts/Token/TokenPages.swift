import AdminKit
import Database
import Identity
import Markup
import Support
import Web

/// The pages of tokens: one's own, and everybody's for those who keep users.
enum TokenPages {
    static let routes: [AppRoute] = [
        route(.get, AccountsPath.tokens, .page("API tokens"), handler: list),
        route(.get, AccountsPath.newToken, .page("The form of a new token"), handler: new),
        route(.post, AccountsPath.newToken, .form("Makes a token"), handler: create),
        route(.get, AccountsPath.rotateToken, .page("Confirmation page for rotating a token"), handler: askToRotate),
        route(.post, AccountsPath.rotateToken, .form("Gives a token another secret"), handler: rotate),
        route(.get, AccountsPath.revokeToken, .page("Confirmation page for revoking a token"), handler: askToRevoke),
        route(.post, AccountsPath.revokeToken, .form("Revokes a token"), handler: revoke),
    ]

    private static func route(
        _ method: Web.Method,
        _ path: PathPattern,
        _ operation: Operation,
        handler: @escaping AppRoute.Handler
    ) -> AppRoute {
        AppRoute(method, path, access: .permission(.manageAccount), operation, handler: handler)
    }

    // MARK: The list

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let path = AccountsPath.tokens.description
        let page = try ListPage(context.request, TokenFilter.rules, path: path, flags: ["done"])
        let principal = try context.principal
        let filter = try TokenFilter(page.state.query, principal)
        let sort = TokenStore.Sort(rawValue: page.sort.key) ?? .id
        let after = try page.query.after.map { (values) throws(WebError) in try sort.place(values) }
        let now = context.environment.now()
        let store = TokenStore(context.database)
        let found = try store.list(
            filter,
            at: now,
            sort,
            descends: page.sort.descends,
            after: after,
            limit: page.limit
        )
        let shown = Array(found.prefix(page.size))
        let total = try store.count(filter, at: now)
        var owners: [Int64: String] = [:]
        if principal.holds(.adminUsers) {
            for id in Set(shown.map(\.userID) + [filter.userID].compactMap { $0 }) {
                owners[id] = try UserStore(context.database).find(id)?.email
            }
        }
        let model = TokenListModel(
            state: page.state,
            tokens: shown,
            pagination: page.pagination(
                found,
                total: .counted(total),
                Noun("token", "tokens"),
                cursor: sort.cursor
            ),
            owners: owners,
            userID: principal.user.id,
            now: now
        )
        let flashes = page.query.filters["done"] == "revoked" ? [Flash(.success, "The token was revoked.")] : []
        return .page(TokenView.list(model, in: try context.shell(flashes: flashes)))
    }

    // MARK: A new one

    @Sendable static func new(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let fields = try fields(name: "", scopes: "", days: "90", context)
        return .page(TokenView.new(fields, [], in: try context.shell()))
    }

    private static func fields(
        name: String,
        scopes: String,
        days: String,
        _ context: RequestContext
    ) throws -> [FormField] {
        let choices = try context.principal.permissions.inOrder.map { permission in
            FormField.Choice(permission.rawValue, permission.rawValue, hint: permission.words)
        }
        return [
            FormField(
                "name",
                "Name",
                value: name,
                hint: "What the token is for, such as the program that will use it.",
                isRequired: true,
                maxLength: 100
            ),
            FormField(
                "scopes",
                "What it may do",
                .choices(choices),
                value: scopes,
                hint: "Never more than you may do yourself at the time of a request.",
                isRequired: true
            ),
            FormField("days", "Ends after", .select(expiries), value: days, isRequired: true),
        ]
    }

    private static let expiries: [FormField.Choice] = [
        .init("7", "7 days"), .init("30", "30 days"), .init("90", "90 days"), .init("365", "1 year"),
        .init("never", "Never"),
    ]

    @Sendable static func create(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        try context.request.checkParameters([])
        let draft = TokenDraft(form, allowed: try context.principal.permissions, now: context.environment.now())
        var problems = draft.problems
        if problems.isEmpty {
            do {
                let (token, secret) = try TokenAPI.make(draft, context)
                return .page(TokenView.secret(token, secret, isNew: true, in: try context.shell()))
            } catch let error as WebError where error.status == 409 {
                problems = [Problem("", error.code ?? "", error.detail)]
            }
        }
        let typed = try fields(
            name: form["name"] ?? "",
            scopes: form.values("scopes").joined(separator: " "),
            days: form["days"] ?? "",
            context
        )
        let (fields, rest) = typed.showing(problems)
        return .page(TokenView.new(fields, rest, in: try context.shell()), status: 422)
    }

    // MARK: Another secret

    private static func graceField(_ value: String, error: String? = nil) -> FormField {
        FormField(
            "grace_hours",
            "The old secret",
            .select([
                .init("0", "ends at once"), .init("1", "works for another hour"), .init("6", "works for 6 hours"),
                .init("24", "works for 24 hours"),
            ]),
            value: value,
            hint: "Give it time if the program cannot be changed at once. A secret that got out must end at once.",
            error: error,
            isRequired: true
        )
    }

    @Sendable static func askToRotate(_ context: RequestContext) throws -> Response {
        let token = try TokenAPI.find(context)
        try context.request.checkParameters([])
        return .page(TokenView.rotate(token, graceField("0"), in: try context.shell()))
    }

    @Sendable static func rotate(_ context: RequestContext) throws -> Response {
        let token = try TokenAPI.find(context)
        let form = try context.request.form()
        try context.request.checkParameters([])
        guard let hours = Int64(form["grace_hours"] ?? ""), (0...TokenDraft.mostGraceHours).contains(hours) else {
            let field = graceField("0", error: "Choose how long the old secret goes on.")
            return .page(TokenView.rotate(token, field, in: try context.shell()), status: 422)
        }
        let (rotated, secret) = try TokenAPI.renew(token, hours: hours, context)
        return .page(TokenView.secret(rotated, secret, isNew: false, in: try context.shell()))
    }

    // MARK: The end of one

    @Sendable static func askToRevoke(_ context: RequestContext) throws -> Response {
        let token = try TokenAPI.find(context)
        try context.request.checkParameters([])
        let isOwn = try token.userID == context.principal.user.id
        let owner = isOwn ? nil : try UserStore(context.database).find(token.userID)?.email
        return .page(TokenView.revoke(token, owner: owner, in: try context.shell()))
    }

    @Sendable static func revoke(_ context: RequestContext) throws -> Response {
        let token = try TokenAPI.find(context)
        try context.request.checkParameters([])
        // Revoked twice is revoked.
        _ = try TokenStore(context.database).revoke(token.id, context: try context.writeContext)
        return .seeOther("\(AccountsPath.tokens)?done=revoked")
    }
}
