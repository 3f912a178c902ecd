import AdminKit
import Database
import Identity
import Support
import Web

/// `/api/webhooks`: endpoints of other systems, and `/api/event-types`: what they can be told.
struct WebhookAPI: Sendable {
    let events: [EventType]

    static let path: PathPattern = "/api/webhooks/{id:int}"

    var routes: [AppRoute] { endpoints + others + records }

    private var endpoints: [AppRoute] {
        [
            AppRoute(
                .get,
                "/api/webhooks",
                access: .permission(.readWebhooks),
                Operation(
                    "The endpoints",
                    parameters: [.sort(["id"], defaultValue: "-id")] + Operation.Parameter.paging,
                    responses: [200: [.json("WebhookList")]]
                ),
                handler: { try list($0) }
            ),
            AppRoute(
                .post,
                "/api/webhooks",
                access: .permission(.writeWebhooks),
                Operation(
                    "Adds an endpoint; its secret is in this answer and nowhere else",
                    request: [.json("NewWebhook")],
                    responses: [201: [.json("WebhookSecret")], 409: [.problem]],
                    headers: [.location]
                ),
                handler: { try create($0) }
            ),
        ]
    }

    private var others: [AppRoute] {
        [
            AppRoute(
                .post,
                "/api/webhooks/{id:int}/rotate-secret",
                access: .permission(.writeWebhooks),
                Operation(
                    "Gives an endpoint another secret; for 24 hours both sign",
                    parameters: [
                        .init("signature", WebhookSchemas.signature, "how it is signed for from now on; else as before")
                    ],
                    responses: [200: [.json("WebhookSecret")]]
                ),
                handler: { try rotate($0) }
            ),
            AppRoute(
                .get,
                "/api/event-types",
                access: .permission(.readWebhooks),
                Operation("What webhooks can be told of", responses: [200: [.json("EventTypes")]]),
                handler: { try types($0) }
            ),
        ]
    }

    private var records: [AppRoute] {
        AppRoute.record(
            Self.path,
            "webhook",
            schema: "Webhook",
            read: .readWebhooks,
            write: .writeWebhooks,
            .init(
                show: { try show($0) },
                merge: { try write($0, replaces: false, Request.mergePatchTypes) },
                replace: { try write($0, replaces: true, ["application/json"]) },
                delete: { try delete($0) }
            )
        )
    }

    static let rules = ListRules(sorts: ["id"], defaultSort: ListSort("id", descends: true), filters: [])

    // MARK: Reading

    private func list(_ context: RequestContext) throws -> Response {
        let query = try ListQuery(context.request, Self.rules)
        let store = WebhookStore(context.database)
        let after = try query.entryID()
        let found = try store.list(descends: query.sort.descends, after: after, limit: query.limit + 1)
        let now = context.environment.now()
        return try query.answer(
            found,
            total: { try store.count() },
            cursor: { [.int($0.id)] },
            item: { $0.record(previousUntil: try store.previousUntil($0.id, at: now)) }
        )
    }

    private func show(_ context: RequestContext) throws -> Response {
        let webhook = try WebhookActions(context, events).find(try context.parameters.int("id"))
        try context.request.checkParameters([])
        return try answer(webhook, context)
    }

    private func answer(_ webhook: Webhook, _ context: RequestContext) throws -> Response {
        let until = try WebhookStore(context.database).previousUntil(webhook.id, at: context.environment.now())
        return .json(webhook.record(previousUntil: until))
            .tagged(webhook.entityTag(previousUntil: until), for: context.request)
    }

    /// What can be told, with an example of each as it is sent.
    private func types(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        return .json(ListQuery.body(items: Self.types(events), next: nil))
    }

    static func types(_ events: [EventType]) -> [JSON] {
        events.map { event -> JSON in
            [
                "name": .string(event.name), "version": .int(event.version), "summary": .string(event.summary),
                "schema": event.schema.json, "example": example(event),
            ]
        }
    }

    /// A body as it is sent.
    static func example(_ event: EventType) -> JSON {
        [
            "type": .string(event.name), "timestamp": "2026-11-29T10:31:02.000Z",
            "data": event.schema.json["examples"]?.arrayValue?.first ?? .object([]),
        ]
    }

    // MARK: Writing

    private func create(_ context: RequestContext) throws -> Response {
        let body = try context.request.json()
        try context.request.checkParameters([])
        let writer = try context.writeContext
        let (webhook, secret) = try WebhookActions(context, events).create(writer) { reading in
            reading.read(body, replaces: true, record: nil)
        }
        return secretAnswer(webhook, secret, nil, status: 201).with("Location", "/api/webhooks/\(webhook.id)")
    }

    private func write(_ context: RequestContext, replaces: Bool, _ types: [String]) throws -> Response {
        let request = context.request
        let actions = WebhookActions(context, events)
        let found = try actions.find(try context.parameters.int("id"))
        let body = try request.json(types: types)
        try request.checkParameters([])
        let writer = try context.writeContext
        let until = try actions.store.previousUntil(found.id, at: writer.now)
        let webhook = try actions.update(found.id, writer, check: { try $0.requireMatch(request) }) {
            reading,
            current in
            reading.read(body, replaces: replaces, record: current.record(previousUntil: until))
        }
        return try answer(webhook, context)
    }

    private func rotate(_ context: RequestContext) throws -> Response {
        let actions = WebhookActions(context, events)
        let found = try actions.find(try context.parameters.int("id"))
        try context.request.checkParameters(["signature"])
        let scheme = try Self.scheme(context.request.query["signature"])
        let writer = try context.writeContext
        let (webhook, secret) = try actions.answered {
            try actions.store.rotate(found.id, to: scheme, context.environment, context: writer)
        }
        let until = try actions.store.previousUntil(found.id, at: writer.now)
        return secretAnswer(webhook, secret, until, status: 200)
    }

    /// Throws 400.
    static func scheme(_ text: String?) throws(WebError) -> Signature.Scheme? {
        guard let text, !text.isEmpty else { return nil }
        guard let scheme = Signature.Scheme(rawValue: text) else {
            throw .badParameter("signature", "bad_option", "'signature' takes v1 or v1a.")
        }
        return scheme
    }

    private func secretAnswer(
        _ webhook: Webhook,
        _ secret: String?,
        _ until: Timestamp?,
        status: Int
    ) -> Response {
        let members = (webhook.record(previousUntil: until).members ?? []) + [JSON.Member("secret", .optional(secret))]
        // No cache may keep what is shown once.
        return Response.json(.object(members), status: status).with("Cache-Control", "no-store")
    }

    private func delete(_ context: RequestContext) throws -> Response {
        let actions = WebhookActions(context, events)
        let found = try actions.find(try context.parameters.int("id"))
        try context.request.checkParameters([])
        let writer = try context.writeContext
        try actions.answered {
            try actions.store.delete(found.id, context: writer) { try $0.requireMatch(context.request) }
        }
        return .noContent
    }
}
