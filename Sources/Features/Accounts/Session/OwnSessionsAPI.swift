import Identity
import Support
import Web

/// `/api/sessions`: where one is logged in, and ending that. Everybody sees their own only.
enum OwnSessionsAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/sessions",
            access: .permission(.manageAccount),
            Operation(
                "Your own sessions",
                parameters: [
                    .sort(SessionStore.Sort.allCases.map(\.rawValue), defaultValue: "-last_seen_at")
                ] + Operation.Parameter.paging,
                responses: [200: [.json("SessionList")]]
            ),
            handler: list
        ),
        AppRoute(
            .delete,
            "/api/sessions",
            access: .permission(.manageAccount),
            Operation(
                "Ends all your sessions but the one that asks",
                responses: [200: [.json("SessionsEnded")]]
            ),
            handler: endOthers
        ),
        AppRoute(
            .delete,
            "/api/sessions/{id:int}",
            access: .permission(.manageAccount),
            Operation("Ends one of your sessions", responses: [204: []]),
            handler: end
        ),
    ]

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let rules = ListRules(
            sorts: SessionStore.Sort.allCases.map(\.rawValue),
            defaultSort: ListSort("last_seen_at", descends: true),
            filters: []
        )
        let query = try ListQuery(context.request, rules)
        let sort = SessionStore.Sort(rawValue: query.sort.key) ?? .lastSeenAt
        let after = try query.after.map { (values) throws(WebError) in try place(values) }
        let current = try context.principal.sessionID
        let user = try context.principal.user.id
        let now = context.environment.now()
        let store = SessionStore(context.database)
        let found = try store.list(
            ofUser: user,
            at: now,
            sort,
            descends: query.sort.descends,
            after: after,
            limit: query.limit + 1
        )
        let shown = found.prefix(query.limit)
        let last = found.count > query.limit ? shown.last : nil
        return .json(
            ListQuery.body(
                items: shown.map { $0.record(isCurrent: $0.id == current) },
                next: last.map { query.next(after: [.int(sort.value(of: $0)), .int($0.id)]) },
                total: query.includesTotal ? try store.count(ofUser: user, at: now) : nil
            )
        )
    }

    /// Reads the values of a cursor, which come from a client. Throws 400 when they are none of ours.
    private static func place(_ values: [JSON]) throws(WebError) -> (value: Int64, id: Int64) {
        guard values.count == 2, let value = values[0].intValue, let id = values[1].intValue else {
            throw .badCursor
        }
        return (value, id)
    }

    @Sendable static func end(_ context: RequestContext) throws -> Response {
        let id = try context.parameters.int("id")
        let user = try context.principal.user.id
        try context.request.checkParameters([])
        let writer = try context.writeContext
        try AccountsRefusal.answered(AccountsRefusal.noSession) {
            try SessionStore(context.database).end(id, ofUser: user, context: writer)
        }
        return .noContent
    }

    @Sendable static func endOthers(_ context: RequestContext) throws -> Response {
        let principal = try context.principal
        try context.request.checkParameters([])
        let ended = try SessionStore(context.database).endOthers(
            ofUser: principal.user.id,
            but: principal.sessionID,
            context: try context.writeContext
        )
        return .json(["ended": .int(ended)])
    }
}

extension Principal {
    /// The session that makes the request; nil for a token.
    var sessionID: Int64? {
        guard case .session(let id, _) = credential else { return nil }
        return id
    }
}

extension Session {
    /// The record as the API shows it.
    func record(isCurrent: Bool) -> JSON {
        [
            "id": .int(id), "device": .string(DeviceName.words(userAgent)), "user_agent": .string(userAgent),
            "ip": .string(ip), "current": .bool(isCurrent), "created_at": .string(createdAt.rfc3339),
            "last_seen_at": .string(lastSeenAt.rfc3339), "expires_at": .string(expiresAt.rfc3339),
        ]
    }
}
