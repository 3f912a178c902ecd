import AdminKit
import Database
import HTTPClient
import Identity
import Jobs
import Support
import Web

/// What the API, the pages and the commands do with endpoints, the same for all.
struct WebhookActions {
    let database: Connection
    let environment: Environment
    let configuration: Configuration
    /// Of all events.
    let types: [String]

    init(_ database: Connection, _ environment: Environment, _ configuration: Configuration, _ events: [EventType]) {
        self.database = database
        self.environment = environment
        self.configuration = configuration
        types = events.map(\.name)
    }

    init(_ context: RequestContext, _ events: [EventType]) {
        self.init(context.database, context.environment, context.configuration, events)
    }

    static let missing = WebError(404, "not_found", "There is no such webhook.")
    static let missingDelivery = WebError(404, "not_found", "The webhook has no such delivery.")

    var store: WebhookStore { WebhookStore(database) }
    var deliveries: DeliveryListStore { DeliveryListStore(database) }

    func find(_ id: Int64) throws -> Webhook {
        guard let webhook = try store.find(id) else { throw Self.missing }
        return webhook
    }

    func findDelivery(_ id: Int64, of webhook: Int64) throws -> Delivery {
        guard let delivery = try deliveries.find(id, of: webhook) else { throw Self.missingDelivery }
        return delivery
    }

    /// Reads what a user wants of an endpoint.
    func reading(_ present: WebhookDraft) throws -> WebhookReading {
        WebhookReading(present, types: types, policy: try WebhookSettings.policy(configuration))
    }

    /// Adds an endpoint. Throws 422 with all problems, 409 when there are too many.
    func create(
        _ context: WriteContext,
        _ read: (inout WebhookReading) -> Void
    ) throws -> (webhook: Webhook, secret: String?) {
        var reading = try reading(WebhookDraft())
        read(&reading)
        guard reading.problems.isEmpty else { throw WebError.invalid(reading.problems) }
        return try answered { try store.create(reading.draft, environment, context: context) }
    }

    /// Changes an endpoint. Throws 404, 422, and what `check` throws.
    func update(
        _ id: Int64,
        _ context: WriteContext,
        check: (Webhook) throws -> Void = { _ in },
        _ read: (inout WebhookReading, Webhook) throws -> Void
    ) throws -> Webhook {
        try answered {
            try store.update(id, environment, context: context) { current, present in
                try check(current)
                var reading = try reading(present)
                try read(&reading, current)
                guard reading.problems.isEmpty else { throw WebError.invalid(reading.problems) }
                return reading.draft
            }
        }
    }

    /// Turns the store's refusals into answers.
    func answered<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch WebhookStore.Refusal.missing {
            throw Self.missing
        } catch WebhookStore.Refusal.tooMany {
            throw WebError(409, "too_many_webhooks", "There are \(Webhook.most) webhooks, and no more can be added.")
        }
    }

    // MARK: Sending

    /// Sends a signed request now and waits for its answer: 15 seconds at most. It is a delivery like others, but is
    /// tried once.
    func test(_ webhook: Webhook) throws -> (delivery: Int64, outcome: HTTPOutcome) {
        let now = environment.now()
        let store = DeliveryStore(database)
        let delivery = try store.addTest(webhook.id, eventID: environment.makeUUID(), at: now)
        var outcome: HTTPOutcome
        do {
            let policy = try WebhookSettings.policy(configuration)
            outcome = HTTPClient.send(try DeliveryRequests(database).make(delivery, webhook, policy, at: now))
        } catch let error as HTTPError {
            outcome = HTTPOutcome(.failure(error), times: HTTPTimes(total: 0))
        }
        let result = DeliveryStore.Result(delivery: delivery, startedAt: now, outcome: outcome, share: 0)
        try store.record([result], at: environment.now())
        return (delivery.id, outcome)
    }

    /// Sends one delivery again. Throws 409.
    func redeliver(_ delivery: Delivery, _ webhook: Webhook, _ context: WriteContext) throws {
        try requireOn(webhook)
        guard delivery.eventType != Delivery.testType else {
            throw WebError(409, "is_test", "A test is not sent again: make another.")
        }
        guard try deliveries.redeliver(delivery, context: context) else {
            throw WebError(409, "delivery_under_way", "A request of this delivery is out; wait for its end.")
        }
    }

    /// How many deliveries a replay would send.
    func countReplay(_ webhook: Webhook, _ range: ReplayRange) throws -> Int64 {
        try ReplayStore(database, webhook, range).count()
    }

    /// Asks for the job that sends events again. Throws 409 when the endpoint is off.
    /// - Returns: it, and how many deliveries it sends as things stand.
    func replay(
        _ webhook: Webhook,
        _ range: ReplayRange,
        userID: Int64?,
        _ context: WriteContext
    ) throws -> (job: Job, deliveries: Int64) {
        try requireOn(webhook)
        let count = try countReplay(webhook, range)
        let options = ReplayJob.options(webhook, range)
        let job = try database.write(.full) {
            let after = JSON.object((options.members ?? []) + [JSON.Member("deliveries", .int(count))])
            let entry = AuditEntry("webhook.replay", "webhook", id: webhook.id, after: after)
            try AuditStore(database).append(entry, context: context)
            return try JobStore(database).add(
                ReplayJob.order(options),
                publicID: environment.makeUUID(),
                userID: userID,
                context: context
            )
        }
        return (job, count)
    }

    /// What a replay is to send. Throws 400.
    func range(_ webhook: Webhook, _ query: Fields, until: Timestamp) throws -> ReplayRange {
        let time = try TimeRange(query)
        let which = try Self.which(query["only"])
        guard time.since != nil || which == .missed && webhook.missedAfter != nil else {
            throw WebError.badParameter("since", "required", "'since' says from when on events are sent again.")
        }
        return ReplayRange(which: which, since: time.since, until: time.until ?? until)
    }

    private static func which(_ text: String?) throws(WebError) -> ReplayRange.Which {
        guard let text, !text.isEmpty else { return .all }
        guard let which = ReplayRange.Which(rawValue: text), which != .all else {
            throw .badParameter("only", "bad_state", "'only' takes failed or missed.")
        }
        return which
    }

    /// Throws 409.
    func requireOn(_ webhook: Webhook) throws {
        guard webhook.isEnabled else {
            throw WebError(409, "webhook_off", "The webhook is switched off: switch it on first.")
        }
    }
}

/// How a test went, for programs and people.
struct TestAnswer {
    var status: Int?
    var milliseconds: Int
    /// Nil when it was taken.
    var error: String?

    init(_ outcome: HTTPOutcome) {
        if case .success(let answer) = outcome.result { status = answer.status }
        milliseconds = outcome.times.total
        error = RetryPolicy.complaint(outcome.result)
    }

    var json: JSON {
        [
            "delivered": .bool(error == nil), "response_status": .optional(status),
            "response_time_ms": .int(milliseconds), "error": .optional(error),
        ]
    }
}
