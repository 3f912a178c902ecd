import AdminKit
import Database
import Identity
import Jobs
import Support
import Web

/// `/api/webhooks/{id}/deliveries` and what sends: test, redeliver, replay.
struct DeliveryAPI: Sendable {
    let events: [EventType]

    var routes: [AppRoute] { reading + sending }

    private var reading: [AppRoute] {
        [
            AppRoute(
                .get,
                "/api/webhooks/{id:int}/deliveries",
                access: .permission(.readWebhooks),
                Operation(
                    "What was sent to an endpoint, and what waits",
                    parameters: [
                        .init("status", .choice(Delivery.Status.allCases.map(\.rawValue)), "how far they are"),
                        .init("event_type", "string", "of one type of event"),
                        .sort(["id"], defaultValue: "-id"),
                    ] + TimeRange.operationParameters + Operation.Parameter.paging,
                    responses: [200: [.json("DeliveryList")]]
                ),
                handler: { try list($0) }
            ),
            AppRoute(
                .get,
                "/api/webhooks/{id:int}/deliveries/{delivery:int}",
                access: .permission(.readWebhooks),
                Operation("One delivery with its attempts", responses: [200: [.json("DeliveryDetail")]]),
                handler: { try show($0) }
            ),
        ]
    }

    private var sending: [AppRoute] {
        [
            AppRoute(
                .post,
                "/api/webhooks/{id:int}/test",
                access: .permission(.writeWebhooks),
                pool: .slow,
                Operation("Sends a signed request now", responses: [200: [.json("WebhookTest")]]),
                handler: { try test($0) }
            ),
            AppRoute(
                .post,
                "/api/webhooks/{id:int}/deliveries/{delivery:int}/redeliver",
                access: .permission(.writeWebhooks),
                Operation("Sends one delivery again", responses: [202: [.json("Delivery")], 409: [.problem]]),
                handler: { try redeliver($0) }
            ),
            AppRoute(
                .post,
                "/api/webhooks/{id:int}/replay",
                access: .permission(.writeWebhooks),
                pool: .slow,
                Operation(
                    "Asks for a job that sends the events of a stretch of time again",
                    parameters: Self.replayParameters,
                    responses: [202: [.json("JobAccepted")], 409: [.problem]],
                    headers: [.location]
                ),
                handler: { try replay($0) }
            ),
            AppRoute(
                .get,
                "/api/webhooks/{id:int}/replay",
                access: .permission(.readWebhooks),
                pool: .slow,
                Operation(
                    "How many deliveries that job would send",
                    parameters: Self.replayParameters,
                    responses: [200: [.json("WebhookReplay")]]
                ),
                handler: { try countReplay($0) }
            ),
        ]
    }

    private static let replayParameters =
        TimeRange.operationParameters + [
            .init(
                "only",
                .choice(["failed", "missed"]),
                "`failed`: not taken; `missed`: never sent, as the endpoint was off; else all"
            )
        ]

    // MARK: Reading

    private func list(_ context: RequestContext) throws -> Response {
        let webhook = try find(context)
        let query = try ListQuery(context.request, DeliveryFilter.rules)
        let filter = try DeliveryFilter(query.filters)
        let store = DeliveryListStore(context.database)
        let after = try query.entryID()
        let found = try store.list(
            webhook.id,
            filter,
            descends: query.sort.descends,
            after: after,
            limit: query.limit + 1
        )
        return try query.answer(
            found,
            total: { try store.count(webhook.id, filter) },
            cursor: { [.int($0.id)] },
            item: { $0.record }
        )
    }

    private func find(_ context: RequestContext) throws -> Webhook {
        try WebhookActions(context, events).find(try context.parameters.int("id"))
    }

    private func findDelivery(_ context: RequestContext) throws -> (Webhook, Delivery) {
        let webhook = try find(context)
        let id = try context.parameters.int("delivery")
        return (webhook, try WebhookActions(context, events).findDelivery(id, of: webhook.id))
    }

    private func show(_ context: RequestContext) throws -> Response {
        let (_, delivery) = try findDelivery(context)
        try context.request.checkParameters([])
        let store = DeliveryListStore(context.database)
        return .json(delivery.record(body: try store.body(delivery), attempts: try store.attempts(delivery.id)))
    }

    // MARK: Sending

    private func test(_ context: RequestContext) throws -> Response {
        let webhook = try find(context)
        try context.request.checkParameters([])
        // Looks at the form's token, too.
        _ = try context.writeContext
        return .json(TestAnswer(try WebhookActions(context, events).test(webhook).outcome).json)
    }

    private func redeliver(_ context: RequestContext) throws -> Response {
        let (webhook, delivery) = try findDelivery(context)
        try context.request.checkParameters([])
        let actions = WebhookActions(context, events)
        try actions.redeliver(delivery, webhook, try context.writeContext)
        return .json(try actions.findDelivery(delivery.id, of: webhook.id).record, status: 202)
    }

    /// As things stand.
    private func countReplay(_ context: RequestContext) throws -> Response {
        let webhook = try find(context)
        try context.request.checkParameters(TimeRange.parameters + ["only"])
        let actions = WebhookActions(context, events)
        let range = try actions.range(webhook, context.request.query, until: context.environment.now())
        return .json(["deliveries": .int(try actions.countReplay(webhook, range))])
    }

    private func replay(_ context: RequestContext) throws -> Response {
        let webhook = try find(context)
        try context.request.checkParameters(TimeRange.parameters + ["only"])
        let actions = WebhookActions(context, events)
        let writer = try context.writeContext
        let range = try actions.range(webhook, context.request.query, until: writer.now)
        let userID = try context.principal.user.id
        return try JobAnswers.accepted(try actions.replay(webhook, range, userID: userID, writer).job, context)
    }
}

extension DeliveryFilter {
    static let rules = ListRules(
        sorts: ["id"],
        defaultSort: ListSort("id", descends: true),
        filters: ["status", "event_type"] + TimeRange.parameters
    )

    /// Reads the filters of a list. Throws 400.
    init(_ query: Fields) throws(WebError) {
        self.init()
        if let text = query["status"], !text.isEmpty {
            guard let status = Delivery.Status(rawValue: text) else {
                let words = Delivery.Status.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badParameter("status", "bad_state", "'status' takes one of \(words).")
            }
            self.status = status
        }
        if let text = query["event_type"], !text.isEmpty { eventType = text }
        let range = try TimeRange(query)
        (since, until) = (range.since, range.until)
    }
}
