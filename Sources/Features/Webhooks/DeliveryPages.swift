import AdminKit
import Database
import HTTPClient
import Identity
import Jobs
import Support
import Web

/// The page of one delivery, and what sends: test, redeliver, replay.
struct DeliveryPages: Sendable {
    let events: [EventType]

    var routes: [AppRoute] {
        [
            AppRoute(
                .get,
                WebhooksPath.delivery,
                access: .permission(.readWebhooks),
                .page("One delivery with its attempts"),
                handler: { try show($0) }
            ),
            AppRoute(
                .post,
                WebhooksPath.redeliver,
                access: .permission(.writeWebhooks),
                .form("Sends one delivery again"),
                handler: { try redeliver($0) }
            ),
            AppRoute(
                .post,
                WebhooksPath.test,
                access: .permission(.writeWebhooks),
                pool: .slow,
                .form("Sends a signed request now"),
                handler: { try test($0) }
            ),
            AppRoute(
                .get,
                WebhooksPath.replay,
                access: .permission(.writeWebhooks),
                .page("The form for sending events again"),
                handler: { try askToReplay($0) }
            ),
            AppRoute(
                .post,
                WebhooksPath.replay,
                access: .permission(.writeWebhooks),
                pool: .slow,
                .form("Asks for a job that sends the events of a stretch of time again"),
                handler: { try replay($0) }
            ),
        ]
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
        let (webhook, delivery) = try findDelivery(context)
        try context.request.checkParameters(["done"])
        let store = DeliveryListStore(context.database)
        var model = DeliveryModel(
            webhook: webhook,
            delivery: delivery,
            body: try store.body(delivery),
            attempts: try store.attempts(delivery.id)
        )
        if let body = model.body, try context.principal.holds(.writeWebhooks) {
            let now = context.environment.now()
            model.request = ShownRequest(
                delivery,
                webhook,
                body: body,
                secrets: try WebhookStore(context.database).signingSecrets(webhook.id, at: now),
                at: model.attempts.last?.startedAt ?? now
            )
        }
        let flashes = context.request.query["done"] == "again" ? [Flash(.success, "It is sent again.")] : []
        return .page(DeliveryView.html(model, in: try context.shell(flashes: flashes)))
    }

    private func redeliver(_ context: RequestContext) throws -> Response {
        let (webhook, delivery) = try findDelivery(context)
        try context.request.checkParameters([])
        try WebhookActions(context, events).redeliver(delivery, webhook, try context.writeContext)
        return .seeOther("\(WebhooksPath.delivery(webhook.id, delivery.id))?done=again")
    }

    private func test(_ context: RequestContext) throws -> Response {
        let webhook = try find(context)
        try context.request.checkParameters([])
        // Looks at the form's token, too.
        _ = try context.writeContext
        let id = try WebhookActions(context, events).test(webhook).delivery
        return .seeOther(WebhooksPath.delivery(webhook.id, id).description)
    }

    // MARK: Again

    private func askToReplay(_ context: RequestContext) throws -> Response {
        let webhook = try find(context)
        try context.request.checkParameters([])
        let isFree = webhook.missedAfter != nil
        let yesterday = isFree ? "" : String(context.environment.now().adding(seconds: -86_400).rfc3339.prefix(10))
        let fields = Self.fields(yesterday, "", "missed", isFree: isFree)
        return .page(WebhookView.replay(webhook, fields, [], in: try context.shell()))
    }

    /// - Parameter isFree: whether the first day may be left out.
    private static func fields(_ since: String, _ until: String, _ only: String, isFree: Bool) -> [FormField] {
        [
            FormField(
                "since",
                "From",
                .date,
                value: since,
                hint: isFree ? "A day in UTC; empty: what was missed since it was switched off last." : "A day in UTC.",
                isRequired: !isFree
            ),
            FormField("until", "To", .date, value: until, hint: "This day included; empty: now."),
            FormField(
                "only",
                "Which",
                .select([
                    .init("missed", "Never sent: the webhook was off, or had other events"),
                    .init("failed", "Sent and not taken"), .init("", "All, also those that were taken"),
                ]),
                value: only,
                isRequired: true
            ),
        ]
    }

    private func replay(_ context: RequestContext) throws -> Response {
        let webhook = try find(context)
        let form = try context.request.form()
        try context.request.checkParameters([])
        do {
            let writer = try context.writeContext
            let actions = WebhookActions(context, events)
            let range = try actions.range(webhook, form, until: writer.now)
            guard form["confirm"] == "1" else {
                try actions.requireOn(webhook)
                let hidden = ["since", "until", "only"].map { Form.Hidden($0, form[$0] ?? "") }
                let count = try actions.countReplay(webhook, range)
                let all = hidden + [Form.Hidden("confirm", "1")]
                return .page(WebhookView.confirmReplay(webhook, count, all, in: try context.shell()))
            }
            let userID = try context.principal.user.id
            let job = try actions.replay(webhook, range, userID: userID, writer).job
            return .seeOther(try context.jobKinds.path(of: job))
        } catch let error as WebError where error.status == 400 || error.status == 409 {
            let problems = error.problems.isEmpty ? [Problem("", error.code ?? "", error.detail)] : error.problems
            let typed = Self.fields(form["since"] ?? "", form["until"] ?? "", form["only"] ?? "", isFree: true)
            let (fields, rest) = typed.showing(problems)
            return .page(WebhookView.replay(webhook, fields, rest, in: try context.shell()), status: 422)
        }
    }
}
