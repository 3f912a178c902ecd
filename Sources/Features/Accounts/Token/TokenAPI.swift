import Database
import Identity
import Support
import Web

/// `/api/tokens`: one's own secrets for programs. Who keeps users sees everybody's and may revoke them, but is given
/// no other user's secret.
enum TokenAPI {
    private static let path: PathPattern = "/api/tokens/{id:int}"

    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/tokens",
            access: .permission(.manageAccount),
            Operation(
                "Your tokens; everybody's with admin:users",
                parameters: [
                    .init("user_id", .integer(nil, 1...Int64.max), "whose"),
                    .init("state", .choice(APIToken.State.allCases.map(\.rawValue)), "whether they can be used"),
                    .sort(TokenStore.Sort.allCases.map(\.rawValue), defaultValue: "-id"),
                ] + Operation.Parameter.paging,
                responses: [200: [.json("TokenList")]]
            ),
            handler: list
        ),
        AppRoute(
            .post,
            "/api/tokens",
            access: .permission(.manageAccount),
            Operation(
                "Makes a token for yourself; its secret is in this answer and nowhere else",
                request: [.json("NewToken")],
                responses: [201: [.json("TokenSecret")], 409: [.problem]],
                headers: [.location]
            ),
            handler: create
        ),
        AppRoute(
            .get,
            path,
            access: .permission(.manageAccount),
            Operation("One token", responses: [200: [.json("Token")]], headers: [.etag]),
            handler: show
        ),
        AppRoute(
            .post,
            "/api/tokens/{id:int}/rotate",
            access: .permission(.manageAccount),
            Operation(
                "Gives one of your tokens another secret; the old one goes on for `grace_hours`, 0 to 24",
                request: [.json("TokenRotation")],
                isBodyOptional: true,
                responses: [200: [.json("TokenSecret")], 409: [.problem]]
            ),
            handler: rotate
        ),
        AppRoute(
            .delete,
            path,
            access: .permission(.manageAccount),
            Operation("Revokes a token for good", responses: [204: []]),
            handler: revoke
        ),
    ]

    // MARK: Reading

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let query = try ListQuery(context.request, TokenFilter.rules)
        let filter = try TokenFilter(query.filters, try context.principal)
        let sort = TokenStore.Sort(rawValue: query.sort.key) ?? .id
        let after = try query.after.map { (values) throws(WebError) in try sort.place(values) }
        let store = TokenStore(context.database)
        let now = context.environment.now()
        let found = try store.list(
            filter,
            at: now,
            sort,
            descends: query.sort.descends,
            after: after,
            limit: query.limit + 1
        )
        return try query.answer(
            found,
            total: { try store.count(filter, at: now) },
            cursor: sort.cursor,
            item: { $0.record(at: now) }
        )
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let token = try find(context)
        try context.request.checkParameters([])
        let now = context.environment.now()
        return .json(token.record(at: now)).tagged(token.entityTag(at: now), for: context.request)
    }

    /// The token that the path names, if the user may see it. Throws 404.
    static func find(_ context: RequestContext) throws -> APIToken {
        let principal = try context.principal
        guard let token = try TokenStore(context.database).find(try context.parameters.int("id")),
            token.userID == principal.user.id || principal.holds(.adminUsers)
        else { throw AccountsRefusal.noToken }
        return token
    }

    // MARK: Writing

    @Sendable static func create(_ context: RequestContext) throws -> Response {
        let body = try context.request.json()
        try context.request.checkParameters([])
        let principal = try context.principal
        let draft = TokenDraft(body, allowed: principal.permissions, now: context.environment.now())
        guard draft.problems.isEmpty else { throw WebError.invalid(draft.problems) }
        let (token, secret) = try make(draft, context)
        return answer(token, secret, context, status: 201).with("Location", "/api/tokens/\(token.id)")
    }

    /// Makes a token for the user who asks.
    static func make(_ draft: TokenDraft, _ context: RequestContext) throws -> (token: APIToken, secret: String) {
        let secret = APIToken.makeSecret(context.environment)
        let new = draft.new(secret, for: try context.principal.user.id)
        let writer = try context.writeContext
        let store = TokenStore(context.database)
        let id = try AccountsRefusal.answered { try store.create(new, context: writer) }
        guard let token = try store.find(id) else { throw AccountsRefusal.noToken }
        return (token, secret)
    }

    @Sendable static func rotate(_ context: RequestContext) throws -> Response {
        let found = try find(context)
        let hours = try graceHours(context.request)
        try context.request.checkParameters([])
        let (token, secret) = try renew(found, hours: hours, context)
        return answer(token, secret, context)
    }

    /// Gives a token another secret. Throws 403 for another user's: who may revoke it must not be able to act as them.
    static func renew(
        _ token: APIToken,
        hours: Int64,
        _ context: RequestContext
    ) throws -> (token: APIToken, secret: String) {
        let user = try context.principal.user.id
        guard token.userID == user else {
            throw WebError(403, "not_yours", "Only its user may give a token another secret. You may revoke it.")
        }
        let secret = APIToken.makeSecret(context.environment)
        let writer = try context.writeContext
        let rotated = try AccountsRefusal.answered(AccountsRefusal.noToken) {
            try TokenStore(context.database).rotate(
                token.id,
                ofUser: user,
                secret: secret,
                grace: hours * 3600,
                context: writer
            )
        }
        return (rotated, secret)
    }

    /// The member `grace_hours`; 0 when there is no body or no such member.
    private static func graceHours(_ request: Request) throws -> Int64 {
        guard request.bodyLength > 0 else { return 0 }
        let body = try request.json()
        guard let members = body.members else {
            throw WebError.invalid([Problem("", "not_an_object", "The body is an object like {\"grace_hours\": 1}.")])
        }
        var problems = members.filter { $0.name != "grace_hours" }.map { member in
            Problem(member.name, "unknown_field", "There is no member '\(member.name)' here.")
        }
        let hours = body["grace_hours"].map(\.intValue) ?? 0
        if hours == nil || !(0...TokenDraft.mostGraceHours).contains(hours ?? 0) {
            let detail = "'grace_hours' takes a whole number from 0 to \(TokenDraft.mostGraceHours)."
            problems.append(Problem("grace_hours", "bad_grace", detail))
        }
        guard problems.isEmpty else { throw WebError.invalid(problems) }
        return hours ?? 0
    }

    @Sendable static func revoke(_ context: RequestContext) throws -> Response {
        let token = try find(context)
        try context.request.checkParameters([])
        // Revoked twice is revoked.
        _ = try TokenStore(context.database).revoke(token.id, context: try context.writeContext)
        return .noContent
    }

    private static func answer(
        _ token: APIToken,
        _ secret: String,
        _ context: RequestContext,
        status: Int = 200
    ) -> Response {
        let now = context.environment.now()
        let members = (token.record(at: now).members ?? []) + [JSON.Member("secret", .string(secret))]
        return Response.json(.object(members), status: status).unstored
    }
}
