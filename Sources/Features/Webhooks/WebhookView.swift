import AdminKit
import Identity
import Markup
import Support
import Web

/// What the page of an endpoint shows.
struct WebhookModel {
    var webhook: Webhook
    /// The list's address and its query.
    var state: ListState
    var deliveries: [Delivery]
    var pagination: Pagination
    var hours: [DeliveryListStore.Hour]
    var waiting: (count: Int64, oldest: Timestamp?)
    var previousUntil: Timestamp?
    /// The names of all types of events.
    var events: [String]
}

/// The pages of an endpoint: it with its deliveries, its form, its secret, and the questions before it is changed.
enum WebhookView {
    private static let parent = Link("Webhooks", WebhooksPath.list.description)

    private static func up(_ webhook: Webhook) -> Link {
        Link(webhook.host, WebhooksPath.webhook(webhook.id).description)
    }

    static func html(_ model: WebhookModel, in shell: Shell) -> HTML {
        let webhook = model.webhook
        let mayWrite = shell.allows(.writeWebhooks)
        return Page(
            webhook.host,
            parent: parent,
            badge: WebhookListView.state(webhook).html,
            meta: HTML.text(webhook.description ?? webhook.url),
            actions: mayWrite ? actions(webhook, shell) : "",
            content: """
                \(notice(model))
                <section class="stack" aria-labelledby="facts"><h2 id="facts">Endpoint</h2>
                \(facts(model))
                \(if: mayWrite, more(webhook))
                </section>
                <section class="stack" aria-labelledby="deliveries"><h2 id="deliveries">Deliveries</h2>
                \(deliveries(model))
                </section>
                """
        ).html(in: shell)
    }

    private static func actions(_ webhook: Webhook, _ shell: Shell) -> HTML {
        """
        \(Form.button("Send a test", action: WebhooksPath.test(webhook.id).description, csrf: shell.csrf))
        \(Link("Edit webhook", WebhooksPath.edit(webhook.id).description).button(.primary, key: "e"))
        """
    }

    private static func more(_ webhook: Webhook) -> HTML {
        """
        <div class="actions">
        \(Link("Send again…", WebhooksPath.replay(webhook.id).description).button())
        \(Link("Renew the secret…", WebhooksPath.rotate(webhook.id).description).button())
        \(Link("Remove webhook…", WebhooksPath.delete(webhook.id).description).button(.quietDanger))
        </div>
        """
    }

    // MARK: How it stands

    private static func notice(_ model: WebhookModel) -> HTML? {
        let health = model.webhook.health
        let count = model.waiting.count
        let waiting = count > 10_000 ? "10,000+ deliveries wait" : waitingWords(count)
        switch model.webhook.state {
        case .on: return nil
        case .off:
            return Banner(
                .neutral,
                "The webhook is off.",
                more: """
                     It is told nothing\(if: count > 0, "; \(waiting) until it is on"). What it misses can be sent \
                    later.
                    """
            ).html
        case .disabled:
            return Banner(
                .warning,
                "Bodega has switched the webhook off.",
                more: """
                     \(health.disabledReason ?? "") Switch it on under Edit when the endpoint works; what it has \
                    missed can then be sent again.
                    """
            ).html
        case .failing:
            let since: HTML? = health.failingSince.map { " since \(Time($0).html)" }
            let probe: HTML? = health.probeAt.map { " The next is tried at \(Time($0, seconds: true).html)." }
            return Banner(
                .danger,
                "Nothing was taken",
                more: """
                    \(since). \(health.lastError ?? "") \(waiting).\(probe) After 5 days without a success the webhook \
                    is switched off.
                    """
            ).html
        }
    }

    private static func waitingWords(_ count: Int64) -> String {
        count == 1 ? "1 delivery waits" : "\(Format.integer(count)) deliveries wait"
    }

    private static func facts(_ model: WebhookModel) -> HTML {
        let webhook = model.webhook
        let health = webhook.health
        let answer = health.lastError ?? health.lastResponseStatus.map { "Answered \($0)" }
        let time = Format.duration(milliseconds: health.lastResponseTime ?? 0)
        return """
            <dl class="facts">
            <div><dt>Address</dt><dd class="code">\(webhook.url)</dd></div>
            <div><dt>Events</dt><dd>\(webhook.eventTypes.map { $0 == "*" ? "Everything" : $0 }.joined(separator: ", "))\
            </dd></div>
            <div><dt>24 hours</dt><dd>\(Sparkline.html(model.hours))</dd></div>
            <div><dt>Waiting</dt><dd>\(Format.integer(model.waiting.count))\
            \(model.waiting.oldest.map { ", the oldest since \(Time($0).html)" })</dd></div>
            <div><dt>Last delivery</dt><dd>\(Time.html(health.lastTriggeredAt, seconds: true))</dd></div>
            \(answer.map { "<div><dt>Last answer</dt><dd>\($0), \(time)</dd></div>" })
            \(if: !webhook.headerNames.isEmpty, """
                <div><dt>Headers</dt><dd>\(webhook.headerNames.joined(separator: ", "))</dd></div>
                """)
            \(webhook.rateLimit.map { "<div><dt>At most</dt><dd>\(Format.integer($0)) requests a second</dd></div>" })
            <div><dt>Signature</dt><dd>\(webhook.scheme == .keys ? "Ed25519" : "HMAC-SHA256")</dd></div>
            \(webhook.publicKey.map { "<div><dt>Public key</dt><dd class=\"code\">\($0)</dd></div>" })
            \(if: webhook.isStrict, "<div><dt>Order</dt><dd>Strict for each thing</dd></div>")
            \(model.previousUntil.map { "<div><dt>Old secret</dt><dd>signs too until \(Time($0).html)</dd></div>" })
            </dl>
            """
    }

    // MARK: Its deliveries

    private static func deliveries(_ model: WebhookModel) -> HTML {
        let filters = filterBar(model)
        guard !model.deliveries.isEmpty else {
            let nothing =
                filters.isNarrowed
                ? EmptyState("No delivery matches", "Choose other filters.")
                : EmptyState("Nothing was sent yet", "What happens from now on is. A test shows whether it arrives.")
            return "\(if: filters.isNarrowed, filters.html)\(nothing.html)"
        }
        return """
            \(filters.html)
            \(Table("Deliveries", columns: columns, rows: model.deliveries, style: "people").html)
            \(model.pagination.html)
            """
    }

    private static var columns: [Column<Delivery>] {
        [
            Column("Event", style: "wide", isRowHeading: true) { delivery in
                """
                <a href="\(WebhooksPath.delivery(delivery.webhookID, delivery.id).description)">\(delivery.eventType)\
                <span class="visually-hidden"> delivery \(delivery.id)</span></a>
                """
            },
            Column("Result") { DeliveryView.state($0) },
            Column("When", style: "nowrap") { Time.html($0.createdAt, seconds: true) },
            .number("Attempts") { HTML(escaping: Format.integer($0.attempt)) },
            Column("Next attempt", style: "nowrap") { Time.html($0.nextAttemptAt, seconds: true) },
            .number("Took") { $0.responseTime.map { HTML(escaping: Format.duration(milliseconds: $0)) } ?? .absent },
        ]
    }

    private static func filterBar(_ model: WebhookModel) -> FilterBar {
        let states: [FormField.Choice] =
            [.init("", "All")] + Delivery.Status.allCases.map { .init($0.rawValue, DeliveryView.words($0)) }
        let types: [FormField.Choice] =
            [.init("", "All")] + (model.events + [Delivery.testType]).map { .init($0, $0) }
        return FilterBar(
            state: model.state,
            fields: [
                FormField("status", "Result", .select(states), value: model.state["status"]),
                FormField("event_type", "Event", .select(types), value: model.state["event_type"]),
            ],
            more: [
                FormField("since", "From", .date, value: model.state["since"]),
                FormField("until", "To", .date, value: model.state["until"]),
            ]
        )
    }

    // MARK: Forms

    static func new(_ fields: [FormField], _ problems: [Problem], _ events: [EventType], in shell: Shell) -> HTML {
        Page(
            "New webhook",
            parent: parent,
            errors: ErrorSummary(fields, general: problems).html,
            content: """
                \(Form(
                    action: WebhooksPath.new.description,
                    csrf: shell.csrf,
                    fields: fields,
                    submit: "Create webhook",
                    cancel: Link("Cancel", WebhooksPath.list.description)
                ).html)
                \(EventExamplesView.html(events))
                """
        ).html(in: shell)
    }

    static func edit(
        _ webhook: Webhook,
        _ fields: [FormField],
        _ problems: [Problem],
        _ events: [EventType],
        in shell: Shell
    ) -> HTML {
        Page(
            "Edit \(webhook.host)",
            parent: up(webhook),
            errors: ErrorSummary(fields, general: problems).html,
            content: """
                \(Form(
                    action: WebhooksPath.edit(webhook.id).description,
                    csrf: shell.csrf,
                    fields: fields,
                    hidden: [Form.Hidden("version", String(webhook.version))],
                    submit: "Save webhook",
                    cancel: Link("Cancel", WebhooksPath.webhook(webhook.id).description)
                ).html)
                \(EventExamplesView.html(events))
                """
        ).html(in: shell)
    }

    /// The question with the number, before the job is asked for.
    static func confirmReplay(_ webhook: Webhook, _ count: Int64, _ hidden: [Form.Hidden], in shell: Shell) -> HTML {
        let deliveries = Format.count(count, Noun("delivery", "deliveries"))
        let form = Form(
            action: WebhooksPath.replay(webhook.id).description,
            csrf: shell.csrf,
            hidden: hidden,
            submit: "Send \(deliveries)",
            cancel: Link("Cancel", WebhooksPath.replay(webhook.id).description)
        ).html
        let nothing = EmptyState("There is nothing to send", "Choose other days, or another kind.").html
        return Page(
            count == 0 ? "Nothing to send" : "Send \(deliveries) to \(webhook.host)?",
            parent: up(webhook),
            content: """
                \(if: count == 0, nothing)
                \(if: count > 0, "<p>A job puts them in line; the endpoint gets them at its own rate.</p>\(form)")
                """
        ).html(in: shell)
    }

    static func replay(_ webhook: Webhook, _ fields: [FormField], _ problems: [Problem], in shell: Shell) -> HTML {
        Page(
            "Send events to \(webhook.host) again",
            parent: up(webhook),
            errors: ErrorSummary(fields, general: problems).html,
            content: Form(
                action: WebhooksPath.replay(webhook.id).description,
                csrf: shell.csrf,
                fields: fields,
                submit: "Continue",
                cancel: Link("Cancel", WebhooksPath.webhook(webhook.id).description)
            ).html
        ).html(in: shell)
    }

    /// The secret, this once.
    /// - Parameter secret: nil where the endpoint is to know a public key, which is no secret.
    static func secret(_ webhook: Webhook, _ secret: String?, isNew: Bool, in shell: Shell) -> HTML {
        let shown: HTML =
            if let secret {
                """
                \(Banner(.warning, "Copy the secret now. It is not shown again.").html)
                \(SecretField(label: "Secret", secret: secret).html)
                """
            } else {
                SecretField(label: "Public key", secret: webhook.publicKey ?? "").html
            }
        return Page(
            isNew ? "The webhook was created" : "The webhook has another secret",
            parent: parent,
            content: """
                \(shown)
                <p class="quiet">The endpoint checks with it that a request comes from here (Standard Webhooks, \
                \(webhook.scheme.rawValue)).\(if: !isNew, " For 24 hours the old one signs too.")</p>
                <p>\(Link("I have copied it", WebhooksPath.webhook(webhook.id).description).button())</p>
                """
        ).html(in: shell)
    }

    // MARK: Questions

    static func rotate(_ webhook: Webhook, in shell: Shell) -> HTML {
        Page(
            "Renew the secret of \(webhook.host)?",
            parent: up(webhook),
            content: """
                <p>It gets another secret. For 24 hours both sign, so that the endpoint can be changed meanwhile.</p>
                \(Form(
                    action: WebhooksPath.rotate(webhook.id).description,
                    csrf: shell.csrf,
                    fields: [WebhookForm.signature(webhook.scheme.rawValue)],
                    submit: "Renew secret",
                    cancel: Link("Cancel", WebhooksPath.webhook(webhook.id).description)
                ).html)
                """
        ).html(in: shell)
    }

    static func delete(_ webhook: Webhook, waiting: Int64, in shell: Shell) -> HTML {
        ConfirmPage(
            "Remove \(webhook.host)?",
            parent: up(webhook),
            count: 1,
            noun: Noun("webhook", "webhooks"),
            consequence: """
                It is told nothing more, and its deliveries go with it\
                \(waiting > 0 ? "; \(waitingWords(waiting)) and will not be sent" : ""). This cannot be undone.
                """,
            action: WebhooksPath.delete(webhook.id).description,
            verb: "Remove"
        ).html(in: shell)
    }
}
