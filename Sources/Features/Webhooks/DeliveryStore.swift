import Database
import HTTPClient
import Jobs
import Support

/// All SQL of what the sender does: events become deliveries, those that are due are claimed, outcomes are written.
struct DeliveryStore {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    private var webhooks: WebhookStore { WebhookStore(connection) }

    // MARK: Events become deliveries

    /// Makes deliveries of the next events of the outbox, and notes that they were read, in one transaction.
    /// - Returns: how many events were read; 0 when there are none.
    func fanOut(at now: Timestamp, limit: Int = 500) throws -> Int {
        let outbox = OutboxStore(connection)
        guard try !outbox.next(for: WebhookStore.consumer, limit: 1).isEmpty else { return 0 }
        return try connection.write(.normal) {
            let entries = try outbox.next(for: WebhookStore.consumer, limit: limit)
            let endpoints = try webhooks.enabled()
            for entry in entries {
                for webhook in endpoints where webhook.isTold(entry) {
                    try add(entry, to: webhook.id, at: now)
                }
            }
            if let last = entries.last { try outbox.advance(WebhookStore.consumer, to: last.cursor, at: now) }
            return entries.count
        }
    }

    /// Makes the delivery of an event to an endpoint, if there is none yet. Call inside a write.
    /// - Returns: whether there was none.
    @discardableResult
    func add(_ entry: OutboxStore.Entry, to webhook: Int64, at now: Timestamp) throws(DatabaseError) -> Bool {
        try keep(entry.eventID, entry.type, entry.subject, Self.body(entry.type, entry.at, entry.data), at: entry.at)
        return try connection.execute(
            """
            INSERT INTO webhook_delivery (webhook_id, event_id, event_type, subject, status, next_attempt_at,
                created_at, updated_at)
            VALUES (\(webhook), \(entry.eventID), \(entry.type), \(entry.subject), 'pending', \(now), \(now), \(now))
            ON CONFLICT (webhook_id, event_id) DO NOTHING
            """
        ) == 1
    }

    private func keep(
        _ id: String,
        _ type: String,
        _ subject: String?,
        _ body: String,
        at: Timestamp
    ) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO webhook_event (event_id, type, subject, body, created_at)
            VALUES (\(id), \(type), \(subject), \(body), \(at)) ON CONFLICT (event_id) DO NOTHING
            """
        )
    }

    /// What an endpoint is sent of an event.
    static func body(_ type: String, _ at: Timestamp, _ data: JSON) -> String {
        JSON.object([
            JSON.Member("type", .string(type)), JSON.Member("timestamp", .string(at.rfc3339)),
            JSON.Member("data", data),
        ]).text
    }

    // MARK: Claiming

    private static let dueColumns: SQL = """
        d.id, d.webhook_id, d.event_id, d.event_type, d.subject, e.body, d.attempt + 1, d.tries
        """

    private static func readDue(_ row: borrowing Row) -> DueDelivery {
        DueDelivery(
            id: row.int(0),
            webhookID: row.int(1),
            eventID: row.text(2),
            eventType: row.text(3),
            subject: row.textOrNil(4),
            body: row.text(5),
            number: row.int(6),
            tries: row.int(7)
        )
    }

    /// The deliveries of an endpoint whose time has come, the longest due first.
    func due(_ webhook: Int64, at now: Timestamp, limit: Int) throws(DatabaseError) -> [DueDelivery] {
        try connection.all(
            """
            SELECT \(Self.dueColumns) FROM webhook_delivery d JOIN webhook_event e ON e.event_id = d.event_id
            WHERE d.webhook_id = \(webhook) AND d.next_attempt_at IS NOT NULL AND d.next_attempt_at <= \(now)
            ORDER BY d.next_attempt_at, d.id LIMIT \(limit)
            """,
            Self.readDue
        )
    }

    /// Of an endpoint for which order is strict: the deliveries whose time has come and before which no other of the
    /// same subject waits, the oldest first.
    func dueInOrder(_ webhook: Int64, at now: Timestamp, limit: Int) throws(DatabaseError) -> [DueDelivery] {
        var waiting: [(id: Int64, subject: String?, next: Timestamp?)] = []
        for status in [Delivery.Status.pending, .failed] {
            waiting += try connection.all(
                """
                SELECT id, subject, next_attempt_at FROM webhook_delivery
                WHERE webhook_id = \(webhook) AND status = \(status.rawValue) ORDER BY id LIMIT \(Self.lookedThrough)
                """
            ) { row in (row.int(0), row.textOrNil(1), row.timeOrNil(2)) }
        }
        var seen: Set<String> = []
        let first = waiting.sorted { $0.id < $1.id }.prefix(Self.lookedThrough).filter { delivery in
            delivery.subject.map { seen.insert($0).inserted } ?? true
        }
        let ids = first.filter { $0.next.map { $0 <= now } ?? false }.prefix(limit).map(\.id)
        guard !ids.isEmpty else { return [] }
        return try connection.all(
            """
            SELECT \(Self.dueColumns) FROM webhook_delivery d JOIN webhook_event e ON e.event_id = d.event_id
            WHERE d.id IN \(list: ids) ORDER BY d.id
            """,
            Self.readDue
        )
    }

    /// How many of those that wait are looked through for the first of each subject.
    private static let lookedThrough = 1000

    /// Notes, before anything is sent, that these requests go out: each has its attempt from now on. What another has
    /// claimed meanwhile is left out.
    func claim(_ deliveries: [DueDelivery], at now: Timestamp) throws -> [DueDelivery] {
        try connection.write(.normal) {
            try deliveries.filter { delivery in
                let claimed = try connection.execute(
                    """
                    UPDATE webhook_delivery
                    SET attempt = \(delivery.number), next_attempt_at = NULL, claimed_at = \(now), updated_at = \(now)
                    WHERE id = \(delivery.id) AND attempt = \(delivery.number - 1) AND claimed_at IS NULL
                        AND next_attempt_at IS NOT NULL
                    """
                )
                guard claimed == 1 else { return false }
                try begin(delivery, at: now)
                return true
            }
        }
    }

    private func begin(_ delivery: DueDelivery, at now: Timestamp) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO webhook_attempt (delivery_id, webhook_id, number, started_at)
            VALUES (\(delivery.id), \(delivery.webhookID), \(delivery.number), \(now))
            """
        )
    }

    /// Makes the delivery of a test and claims it at once.
    func addTest(_ webhook: Int64, eventID: String, at now: Timestamp) throws -> DueDelivery {
        let body = Self.body(Delivery.testType, now, ["webhook_id": .int(webhook)])
        return try connection.write(.normal) {
            try keep(eventID, Delivery.testType, String(webhook), body, at: now)
            let id = try connection.insert(
                """
                INSERT INTO webhook_delivery (webhook_id, event_id, event_type, subject, status, attempt, claimed_at,
                    created_at, updated_at)
                VALUES (\(webhook), \(eventID), \(Delivery.testType), \(String(webhook)), 'pending', 1, \(now),
                    \(now), \(now))
                """
            )
            let test = DueDelivery(
                id: id,
                webhookID: webhook,
                eventID: eventID,
                eventType: Delivery.testType,
                subject: String(webhook),
                body: body,
                number: 1,
                tries: 0
            )
            try begin(test, at: now)
            return test
        }
    }

    /// Ends the attempts that a sender has left without an end: nobody knows whether they arrived, so they are made
    /// again, and count for nothing.
    /// - Parameter before: when they must have begun.
    func recover(claimedBefore before: Timestamp, tests: Bool, at now: Timestamp) throws -> Int {
        let kind: SQL = tests ? "=" : "<>"
        let lost: SQL = """
            SELECT id FROM webhook_delivery WHERE claimed_at IS NOT NULL AND claimed_at <= \(before)
                AND event_type \(kind) \(Delivery.testType)
            """
        guard try connection.first(lost, { row in row.int(0) }) != nil else { return 0 }
        return try connection.write(.normal) {
            try connection.execute(
                """
                UPDATE webhook_attempt SET ended_at = \(now), step = 'interrupted', error = \(Self.interrupted)
                WHERE ended_at IS NULL AND delivery_id IN (\(lost))
                """
            )
            let next: Timestamp? = tests ? nil : now
            let status = tests ? Delivery.Status.exhausted : .failed
            return try connection.execute(
                """
                UPDATE webhook_delivery SET claimed_at = NULL, next_attempt_at = \(next), status = \(status.rawValue),
                    error = \(Self.interrupted), updated_at = \(now)
                WHERE id IN (\(lost))
                """
            )
        }
    }

    private static let interrupted = "The sender was stopped while the request was out."

    // MARK: Outcomes

    /// How a claimed delivery went.
    struct Result {
        var delivery: DueDelivery
        var startedAt: Timestamp
        var outcome: HTTPOutcome
        /// From 0 to 1, by chance: spreads the next attempts.
        var share: Double
    }

    /// Writes how deliveries went, and what follows for their endpoints, in one transaction.
    func record(_ results: [Result], at now: Timestamp) throws {
        guard !results.isEmpty else { return }
        try connection.write(.normal) {
            var known: [Int64: Webhook] = [:]
            for result in results {
                let id = result.delivery.webhookID
                // An endpoint that was deleted meanwhile has taken its deliveries along.
                guard var webhook = try known[id] ?? webhooks.find(id) else { continue }
                try record(result, &webhook, at: now)
                known[id] = webhook
            }
            for webhook in known.values { try webhooks.store(webhook.health, of: webhook.id) }
        }
    }

    private func record(_ result: Result, _ webhook: inout Webhook, at now: Timestamp) throws {
        let delivery = result.delivery
        try end(delivery, result.outcome, at: now)
        let isTest = delivery.eventType == Delivery.testType
        let tries = delivery.tries + 1
        var decision = RetryPolicy.decide(result.outcome.result, tries: tries, at: now, share: result.share)
        if isTest, decision != .delivered { decision = .exhausted }
        try settle(delivery, decision, tries, result.outcome, at: now)
        let past = webhook.health
        // A test that fails says nothing new of an endpoint; one that is taken says that it is well.
        if !isTest || decision == .delivered {
            webhook.health.note(result.outcome, startedAt: result.startedAt, at: now)
        } else {
            var health = past
            health.note(result.outcome, startedAt: result.startedAt, at: now)
            (webhook.health.lastTriggeredAt, webhook.health.lastError) = (now, health.lastError)
            webhook.health.lastResponseStatus = health.lastResponseStatus
            webhook.health.lastResponseTime = health.lastResponseTime
        }
        try tell(delivery, decision, &webhook, past, at: now)
    }

    /// What others are told, and what becomes of the endpoint.
    private func tell(
        _ delivery: DueDelivery,
        _ decision: RetryPolicy.Decision,
        _ webhook: inout Webhook,
        _ past: Webhook.Health,
        at now: Timestamp
    ) throws {
        let context = WriteContext(actor: .system, now: now)
        let events = EventStore(connection)
        if decision == .delivered, past.probeAt != nil {
            // What waits for its next attempt need not wait any longer.
            try connection.execute(
                """
                UPDATE webhook_delivery SET next_attempt_at = \(now)
                WHERE webhook_id = \(webhook.id) AND next_attempt_at > \(now)
                """
            )
            let since = past.failingSince
            let data: JSON = ["webhook_id": .int(webhook.id), "failing_since": .optional(since)]
            try events.publish("webhook.recovered", subject: String(webhook.id), data: data, context)
        }
        guard delivery.eventType != Delivery.testType else { return }
        if decision == .exhausted || decision == .gone {
            let data: JSON = [
                "webhook_id": .int(webhook.id), "event_id": .string(delivery.eventID),
                "event_type": .string(delivery.eventType), "attempts": .int(delivery.number),
            ]
            try events.publish("webhook.exhausted", subject: String(webhook.id), data: data, context)
        }
        guard webhook.isEnabled else { return }
        if decision == .gone {
            try disable(&webhook, "The endpoint answered 410: it is gone for good.", at: now)
        } else if webhook.health.isGivenUp(at: now) {
            try disable(&webhook, "Nothing was taken for 5 days.", at: now)
        }
    }

    private func disable(_ webhook: inout Webhook, _ reason: String, at now: Timestamp) throws {
        try webhooks.disable(webhook, reason, at: now)
        webhook.isEnabled = false
        (webhook.health.disabledAt, webhook.health.disabledReason) = (now, reason)
    }

    private func end(_ delivery: DueDelivery, _ outcome: HTTPOutcome, at now: Timestamp) throws(DatabaseError) {
        var (status, step, answer): (Int64?, String?, String?) = (nil, nil, nil)
        switch outcome.result {
        case .success(let got):
            status = Int64(got.status)
            if !outcome.isInternal { answer = Self.shown(got.body) }
        case .failure(let error): step = error.step.rawValue
        }
        try connection.execute(
            """
            UPDATE webhook_attempt SET ended_at = \(now), response_status = \(status),
                response_time_ms = \(outcome.times.total), step = \(step),
                error = \(RetryPolicy.complaint(outcome.result)), times = \(outcome.times.json.text),
                answer = \(answer)
            WHERE delivery_id = \(delivery.id) AND number = \(delivery.number) AND ended_at IS NULL
            """
        )
    }

    /// The most bytes of an answer that are kept.
    static let mostAnswer = 4096

    private static func shown(_ body: [UInt8]) -> String? {
        body.isEmpty ? nil : String(decoding: body.prefix(mostAnswer), as: UTF8.self).replacing("\0", with: "")
    }

    private func settle(
        _ delivery: DueDelivery,
        _ decision: RetryPolicy.Decision,
        _ tries: Int64,
        _ outcome: HTTPOutcome,
        at now: Timestamp
    ) throws(DatabaseError) {
        var (status, next, delivered): (Delivery.Status, Timestamp?, Timestamp?) = (.exhausted, nil, nil)
        switch decision {
        case .delivered: (status, delivered) = (.delivered, now)
        case .retry(let moment): (status, next) = (.failed, moment)
        case .exhausted, .gone: break
        }
        var code: Int64?
        if case .success(let answer) = outcome.result { code = Int64(answer.status) }
        try connection.execute(
            """
            UPDATE webhook_delivery SET status = \(status.rawValue), tries = \(tries), next_attempt_at = \(next),
                claimed_at = NULL, response_status = \(code), response_time_ms = \(outcome.times.total),
                error = \(RetryPolicy.complaint(outcome.result)), delivered_at = COALESCE(\(delivered), delivered_at),
                updated_at = \(now)
            WHERE id = \(delivery.id) AND attempt = \(delivery.number)
            """
        )
    }
}

extension HTTPTimes {
    /// By the names of the steps, in milliseconds.
    var json: JSON {
        let all: [(String, Int?)] = [
            ("name", name), ("connect", connect), ("tls", tls), ("answer", answer), ("total", total),
        ]
        return .object(all.compactMap { name, value in value.map { JSON.Member(name, .int($0)) } })
    }
}
