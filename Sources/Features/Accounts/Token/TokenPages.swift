import AdminKit
import Database
import Identity
import Markup
import Support
import Web

/// The pages of tokens: one's own, and everybody's for those who keep users.
enum TokenPages {
    static let routes: [AppRoute] = [
        route(.get, "/tokens", .page("API tokens"), handler: list),
        route(.get, "/tokens/new", .page("The form of a new token"), handler: new),
        route(.post, "/tokens/new", .form("Makes a token"), handler: create),
        route(.get, "/tokens/{id:int}/rotate", .page("Asks before a token gets another secret"), handler: askToRotate),
        route(.post, "/tokens/{id:int}/rotate", .form("Gives a token another secret"), handler: rotate),
        route(.get, "/tokens/{id:int}/revoke", .page("Asks before a token is revoked"), handler: askToRevoke),
        route(.post, "/tokens/{id:int}/revoke", .form("Revokes a token"), handler: revoke),
    ]

    private static func route(
        _ method: Web.Method,
        _ path: PathPattern,
        _ operation: Operation,
        handler: @escaping AppRoute.Handler
    ) -> AppRoute {
        AppRoute(method, path, access: .permission(.manageAccount), operation, handler: handler)
    }

    private static let perPage = 50

    // MARK: The list

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let rules = ListRules(
            sorts: TokenStore.Sort.allCases.map(\.rawValue),
            defaultSort: ListSort("id", descends: true),
            filters: TokenFilter.parameters + ["from", "done"]
        )
        let query = try ListQuery(context.request, rules)
        let principal = try context.principal
        let state = state(context.request)
        let filter = try TokenFilter(state.query, principal)
        let sort = TokenStore.Sort(rawValue: query.sort.key) ?? .id
        let after = try query.after.map { (values) throws(WebError) in try sort.place(values) }
        let now = context.environment.now()
        let store = TokenStore(context.database)
        let found = try store.list(
            filter,
            at: now,
            sort,
            descends: query.sort.descends,
            after: after,
            limit: perPage + 1
        )
        let shown = Array(found.prefix(perPage))
        let from = max(1, Int(query.filters["from"] ?? "") ?? 1)
        let next = found.count > perPage ? shown.last : nil
        var owners: [Int64: String] = [:]
        if principal.holds(.adminUsers) {
            for id in Set(shown.map(\.userID) + [filter.userID].compactMap { $0 }) {
                owners[id] = try UserStore(context.database).find(id)?.email
            }
        }
        let model = TokenListModel(
            state: state,
            tokens: shown,
            pagination: Pagination(
                from: from,
                count: shown.count,
                total: .exactly(Int(clamping: try store.count(filter, at: now))),
                noun: Noun("token", "tokens"),
                first: after == nil ? nil : state.page(cursor: nil, from: 1),
                next: next.map { state.page(cursor: query.cursor(after: sort.cursor($0)), from: from + shown.count) }
            ),
            owners: owners,
            userID: principal.user.id,
            now: now
        )
        let flashes = query.filters["done"] == "revoked" ? [Flash(.success, "The token was revoked.")] : []
        return .page(TokenView.list(model, in: try context.shell(flashes: flashes)))
    }

    /// The list's state in the address. A form sends every field; those left blank say nothing.
    private static func state(_ request: Request) -> ListState {
        var query = Fields()
        for field in request.query.all where !field.value.trimmed.isEmpty {
            if TokenFilter.parameters.contains(field.name) { query.append(field.name, field.value) }
        }
        if let sort = request.query["sort"] { query.append("sort", sort) }
        return ListState(path: AccountsPath.tokens.description, query: query, defaultSort: "-id")
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
