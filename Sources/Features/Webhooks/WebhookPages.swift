import AdminKit
import Database
import HTTPClient
import Identity
import Markup
import Support
import Web

/// The pages of endpoints.
struct WebhookPages: Sendable {
    let events: [EventType]

    var routes: [AppRoute] {
        [
            AppRoute(
                .get,
                WebhooksPath.list,
                access: .permission(.readWebhooks),
                .page("Webhooks"),
                handler: { try list($0) }
            ),
            route(.get, WebhooksPath.new, .page("The form of a new webhook")) { try new($0) },
            route(.post, WebhooksPath.new, .form("Adds a webhook")) { try create($0) },
            AppRoute(
                .get,
                WebhooksPath.webhook,
                access: .permission(.readWebhooks),
                .page("One webhook with its deliveries"),
                handler: { try show($0) }
            ),
            route(.get, WebhooksPath.edit, .page("The form of a webhook")) { try edit($0) },
            route(.post, WebhooksPath.edit, .form("Changes a webhook")) { try update($0) },
            route(.get, WebhooksPath.rotate, .page("Confirmation page for another secret")) { try askToRotate($0) },
            route(.post, WebhooksPath.rotate, .form("Gives a webhook another secret")) { try rotate($0) },
            route(.get, WebhooksPath.delete, .page("Confirmation page for removing a webhook")) { try askToDelete($0) },
            route(.post, WebhooksPath.delete, .form("Removes a webhook")) { try delete($0) },
        ]
    }

    private func route(
        _ method: Web.Method,
        _ path: PathPattern,
        _ operation: Operation,
        handler: @escaping AppRoute.Handler
    ) -> AppRoute {
        AppRoute(method, path, access: .permission(.writeWebhooks), operation, handler: handler)
    }

    private func find(_ context: RequestContext) throws -> Webhook {
        try WebhookActions(context, events).find(try context.parameters.int("id"))
    }

    // MARK: The list

    private func list(_ context: RequestContext) throws -> Response {
        let path = WebhooksPath.list.description
        let page = try ListPage(context.request, WebhookAPI.rules, path: path, flags: ["done"])
        let store = WebhookStore(context.database)
        let deliveries = DeliveryListStore(context.database)
        let now = context.environment.now()
        let after = try page.query.entryID()
        let found = try store.list(descends: page.sort.descends, after: after, limit: page.limit)
        let rows = try found.prefix(page.size).map { webhook in
            WebhookListView.Row(webhook: webhook, hours: try deliveries.hours(webhook.id, at: now))
        }
        let pagination = page.pagination(
            found,
            total: .counted(try store.count()),
            Noun("webhook", "webhooks"),
            cursor: { [.int($0.id)] }
        )
        let flashes = page.query.filters["done"] == "deleted" ? [Flash(.success, "The webhook was removed.")] : []
        return .page(WebhookListView.html(rows, pagination, in: try context.shell(flashes: flashes)))
    }

    // MARK: One

    private func show(_ context: RequestContext) throws -> Response {
        let webhook = try find(context)
        let path = WebhooksPath.webhook(webhook.id).description
        let page = try ListPage(context.request, DeliveryFilter.rules, path: path, flags: ["done"])
        let filter = try DeliveryFilter(page.state.query)
        let store = DeliveryListStore(context.database)
        let now = context.environment.now()
        let after = try page.query.entryID()
        let found = try store.list(
            webhook.id,
            filter,
            descends: page.sort.descends,
            after: after,
            limit: page.limit
        )
        let count = try store.count(webhook.id, filter, upTo: ListPage.countLimit + 1)
        let model = WebhookModel(
            webhook: webhook,
            state: page.state,
            deliveries: Array(found.prefix(page.size)),
            pagination: page.pagination(
                found,
                total: .counted(count, upTo: ListPage.countLimit),
                Noun("delivery", "deliveries"),
                cursor: { [.int($0.id)] }
            ),
            hours: try store.hours(webhook.id, at: now),
            waiting: try store.waiting(webhook.id),
            previousUntil: try WebhookStore(context.database).previousUntil(webhook.id, at: now),
            events: events.map(\.name)
        )
        let flashes = Self.flashes(page.query.filters)
        return .page(WebhookView.html(model, in: try context.shell(flashes: flashes)))
    }

    private static func flashes(_ query: Fields) -> [Flash] {
        switch query["done"] {
        case "saved": return [Flash(.success, "The webhook was saved.")]
        default: return []
        }
    }

    // MARK: Writing

    private func new(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let fields = WebhookForm.fields(WebhookDraft(), events, isNew: true)
        return .page(WebhookView.new(fields, [], events, in: try context.shell()))
    }

    private func create(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        try context.request.checkParameters([])
        do {
            let writer = try context.writeContext
            let (webhook, secret) = try WebhookActions(context, events).create(writer) { $0.read(form, isNew: true) }
            return .page(WebhookView.secret(webhook, secret, isNew: true, in: try context.shell()))
                .with("Cache-Control", "no-store")
        } catch let error as WebError where error.status == 422 || error.status == 409 {
            let (fields, rest) = WebhookForm.fields(form, events, isNew: true).showing(Self.problems(error))
            return .page(WebhookView.new(fields, rest, events, in: try context.shell()), status: 422)
        }
    }

    private static func problems(_ error: WebError) -> [Problem] {
        error.problems.isEmpty ? [Problem("", error.code ?? "", error.detail)] : error.problems
    }

    private func edit(_ context: RequestContext) throws -> Response {
        let webhook = try find(context)
        try context.request.checkParameters([])
        let draft = WebhookDraft(webhook, headers: webhook.headerNames.map { WebhookHeader($0, "") })
        let fields = WebhookForm.fields(draft, events)
        return .page(WebhookView.edit(webhook, fields, [], events, in: try context.shell()))
    }

    private func update(_ context: RequestContext) throws -> Response {
        let webhook = try find(context)
        let form = try context.request.form()
        try context.request.checkParameters([])
        do {
            let writer = try context.writeContext
            _ = try WebhookActions(context, events).update(
                webhook.id,
                writer,
                check: { current in
                    guard form["version"] == String(current.version) else { throw Self.changedMeanwhile }
                },
                { reading, _ in reading.read(form) }
            )
            return .seeOther("\(WebhooksPath.webhook(webhook.id))?done=saved")
        } catch let error as WebError where error.status == 422 || error.status == 409 {
            let (fields, rest) = WebhookForm.fields(form, events).showing(Self.problems(error))
            return .page(WebhookView.edit(webhook, fields, rest, events, in: try context.shell()), status: error.status)
        }
    }

    private static let changedMeanwhile = WebError(
        409,
        "changed_meanwhile",
        "Another user has changed this webhook meanwhile. What you typed is below; save it again to replace that."
    )

    private func askToRotate(_ context: RequestContext) throws -> Response {
        let webhook = try find(context)
        try context.request.checkParameters([])
        return .page(WebhookView.rotate(webhook, in: try context.shell()))
    }

    private func rotate(_ context: RequestContext) throws -> Response {
        let found = try find(context)
        let form = try context.request.form()
        try context.request.checkParameters([])
        let scheme = try WebhookAPI.scheme(form["signature"])
        let actions = WebhookActions(context, events)
        let writer = try context.writeContext
        let (webhook, secret) = try actions.answered {
            try actions.store.rotate(found.id, to: scheme, context.environment, context: writer)
        }
        return .page(WebhookView.secret(webhook, secret, isNew: false, in: try context.shell()))
            .with("Cache-Control", "no-store")
    }

    private func askToDelete(_ context: RequestContext) throws -> Response {
        let webhook = try find(context)
        try context.request.checkParameters([])
        let waiting = try DeliveryListStore(context.database).waiting(webhook.id).count
        return .page(WebhookView.delete(webhook, waiting: waiting, in: try context.shell()))
    }

    private func delete(_ context: RequestContext) throws -> Response {
        let webhook = try find(context)
        try context.request.checkParameters([])
        let actions = WebhookActions(context, events)
        let writer = try context.writeContext
        try actions.answered { try actions.store.delete(webhook.id, context: writer) }
        return .seeOther("\(WebhooksPath.list)?done=deleted")
    }
}
