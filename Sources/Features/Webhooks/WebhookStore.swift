import Database
import Identity
import Jobs
import Support

/// All SQL of the webhook and webhook_secret tables.
struct WebhookStore {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    enum Refusal: Error {
        case missing
        case tooMany
    }

    static let consumer = "webhooks"
    /// How long the secret before a rotation signs too, in seconds.
    static let graceSeconds: Int64 = 86_400

    static let columns: SQL = """
        id, url, description, event_types, enabled, header_names, rate_limit, last_triggered_at, last_response_status,
        last_response_time_ms, last_error, consecutive_failures, failing_since, probe_at, probes, disabled_at,
        disabled_reason, version, created_at, updated_at, signature, public_key, strict_order, told_after, missed_after
        """

    static func read(_ row: borrowing Row) throws(DatabaseError) -> Webhook {
        Webhook(
            id: row.int(0),
            url: row.text(1),
            description: row.textOrNil(2),
            eventTypes: try texts(row.text(3)),
            isEnabled: row.bool(4),
            headerNames: try texts(row.text(5)),
            rateLimit: row.intOrNil(6),
            scheme: Signature.Scheme(rawValue: row.text(20)) ?? .shared,
            publicKey: row.textOrNil(21),
            isStrict: row.bool(22),
            toldAfter: OutboxStore.Cursor(number: row.int(23)),
            missedAfter: row.intOrNil(24).map(OutboxStore.Cursor.init(number:)),
            health: Webhook.Health(
                lastTriggeredAt: row.timeOrNil(7),
                lastResponseStatus: row.intOrNil(8),
                lastResponseTime: row.intOrNil(9),
                lastError: row.textOrNil(10),
                consecutiveFailures: row.int(11),
                failingSince: row.timeOrNil(12),
                probeAt: row.timeOrNil(13),
                probes: row.int(14),
                disabledAt: row.timeOrNil(15),
                disabledReason: row.textOrNil(16)
            ),
            version: row.int(17),
            createdAt: row.time(18),
            updatedAt: row.time(19)
        )
    }

    private static func texts(_ text: String) throws(DatabaseError) -> [String] {
        guard let items = (try? JSON.parse(text))?.arrayValue else {
            throw DatabaseError(.decoding, "a webhook's list of texts is none")
        }
        return items.compactMap(\.stringValue)
    }

    // MARK: Reading

    func find(_ id: Int64) throws(DatabaseError) -> Webhook? {
        try connection.first("SELECT \(Self.columns) FROM webhook WHERE id = \(id)") {
            row throws(DatabaseError) in try Self.read(row)
        }
    }

    func enabled() throws(DatabaseError) -> [Webhook] {
        try connection.all("SELECT \(Self.columns) FROM webhook WHERE enabled = 1 ORDER BY id") {
            row throws(DatabaseError) in try Self.read(row)
        }
    }

    /// One page, newest first or oldest first.
    func list(descends: Bool, after: Int64? = nil, limit: Int) throws(DatabaseError) -> [Webhook] {
        let direction: SQL = descends ? "DESC" : "ASC"
        let beyond: SQL = descends ? "<" : ">"
        let start: SQL = after.map { "WHERE id \(beyond) \($0)" } ?? ""
        return try connection.all(
            "SELECT \(Self.columns) FROM webhook \(start) ORDER BY id \(direction) LIMIT \(limit)"
        ) { row throws(DatabaseError) in try Self.read(row) }
    }

    func count() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM webhook") { row in row.int(0) } ?? 0
    }

    // MARK: Secrets

    /// The secrets that sign, the newest first.
    func signingSecrets(_ id: Int64, at now: Timestamp) throws -> [String] {
        try secrets(id, "signing", at: now).map(\.text)
    }

    /// When the secret before the last rotation ends; nil when it has.
    func previousUntil(_ id: Int64, at now: Timestamp) throws(DatabaseError) -> Timestamp? {
        try connection.first(
            """
            SELECT MAX(expires_at) FROM webhook_secret
            WHERE webhook_id = \(id) AND kind = 'signing' AND expires_at > \(now)
            """
        ) { row in row.timeOrNil(0) } ?? nil
    }

    /// The headers that are sent along, with their values.
    func headers(_ id: Int64, at now: Timestamp) throws -> [WebhookHeader] {
        guard let text = try secrets(id, "headers", at: now).first?.text else { return [] }
        return (try JSON.parse(text).members ?? []).map { WebhookHeader($0.name, $0.value.stringValue ?? "") }
    }

    private func secrets(_ id: Int64, _ kind: String, at now: Timestamp) throws -> [(id: String, text: String)] {
        let rows = try connection.all(
            """
            SELECT id, value FROM webhook_secret
            WHERE webhook_id = \(id) AND kind = \(kind) AND (expires_at IS NULL OR expires_at > \(now))
            ORDER BY created_at DESC, id DESC
            """
        ) { row in (row.text(0), row.text(1)) }
        return try rows.map { key, value in
            (key, try SecretVaultStore(connection).open(value, "webhook_secret:\(key)"))
        }
    }

    private func seal(
        _ text: String,
        _ kind: String,
        of id: Int64,
        _ environment: Environment,
        _ now: Timestamp
    ) throws {
        let key = environment.makeUUID()
        let value = try SecretVaultStore(connection).seal(text, "webhook_secret:\(key)")
        try connection.execute(
            """
            INSERT INTO webhook_secret (id, webhook_id, kind, value, created_at)
            VALUES (\(key), \(id), \(kind), \(value), \(now))
            """
        )
    }

    private func keep(_ headers: [WebhookHeader], of id: Int64, _ environment: Environment, _ now: Timestamp) throws {
        try connection.execute("DELETE FROM webhook_secret WHERE webhook_id = \(id) AND kind = 'headers'")
        guard !headers.isEmpty else { return }
        let text = JSON.object(headers.map { JSON.Member($0.name, .string($0.value)) }).text
        try seal(text, "headers", of: id, environment, now)
    }

    // MARK: Writing

    /// Adds an endpoint, which is told of what happens from now on.
    /// - Returns: it, and the secret that signs what it is sent: to be shown this once where both sides know it.
    func create(
        _ draft: WebhookDraft,
        _ environment: Environment,
        context: WriteContext
    ) throws -> (webhook: Webhook, secret: String?) {
        let secret = Signature.makeSecret(draft.scheme, environment)
        return try connection.write {
            guard try count() < Webhook.most else { throw Refusal.tooMany }
            // Also where no sender runs yet: from now on events are kept for it.
            try OutboxStore(connection).register(Self.consumer, at: context.now)
            let off: Timestamp? = draft.isEnabled ? nil : context.now
            let start = try OutboxStore(connection).newest().number
            let missed: Int64? = draft.isEnabled ? nil : start
            let id = try connection.insert(
                """
                INSERT INTO webhook (url, description, event_types, enabled, header_names, rate_limit, disabled_at,
                    signature, public_key, strict_order, told_after, missed_after, created_at, updated_at)
                VALUES (\(draft.url), \(draft.description), \(Self.list(draft.eventTypes)), \(draft.isEnabled),
                    \(Self.list(draft.headers.map(\.name))), \(draft.rateLimit), \(off), \(draft.scheme.rawValue),
                    \(secret.publicKey), \(draft.isStrict), \(start), \(missed), \(context.now), \(context.now))
                """
            )
            try seal(secret.text, "signing", of: id, environment, context.now)
            try keep(draft.headers, of: id, environment, context.now)
            try askForTypes(at: context.now)
            let entry = AuditEntry("webhook.create", "webhook", id: id, after: draft.audited)
            try AuditStore(connection).append(entry, context: context)
            guard let webhook = try find(id) else { throw Refusal.missing }
            return (webhook, secret.publicKey == nil ? secret.text : nil)
        }
    }

    /// Notes which events are told only because somebody asks for them. One that is off asks too: what it misses can be
    /// sent later.
    private func askForTypes(at now: Timestamp) throws {
        let named = try list(descends: false, limit: Int(Webhook.most)).flatMap(\.eventTypes)
        let wanted = EventPattern.onlyByName.intersection(named)
        try OutboxRequestStore(connection).ask(wanted, for: Self.consumer, at: now)
    }

    private static func list(_ texts: [String]) -> String { JSON.array(texts.map(JSON.string)).text }

    /// Changes what users choose about an endpoint. Switched on again, it begins without a past.
    /// - Parameter edit: gives it its new form; is asked inside the transaction.
    func update(
        _ id: Int64,
        _ environment: Environment,
        context: WriteContext,
        _ edit: (Webhook, WebhookDraft) throws -> WebhookDraft
    ) throws -> Webhook {
        try connection.write {
            guard let current = try find(id) else { throw Refusal.missing }
            let present = WebhookDraft(current, headers: try headers(id, at: context.now))
            let draft = try edit(current, present)
            guard draft != present else { return current }
            try connection.execute(
                """
                UPDATE webhook SET url = \(draft.url), description = \(draft.description),
                    event_types = \(Self.list(draft.eventTypes)), enabled = \(draft.isEnabled),
                    header_names = \(Self.list(draft.headers.map(\.name))), rate_limit = \(draft.rateLimit),
                    strict_order = \(draft.isStrict), version = version + 1,
                    updated_at = \(SQL.updated(at: context.now))
                WHERE id = \(id)
                """
            )
            if draft.headers != present.headers { try keep(draft.headers, of: id, environment, context.now) }
            if draft.eventTypes != present.eventTypes { try askForTypes(at: context.now) }
            if draft.isEnabled != current.isEnabled {
                var health = current.health
                // When it was off stays known: from then on it has missed events.
                health.disabledAt = draft.isEnabled ? health.disabledAt : context.now
                health.disabledReason = nil
                (health.failingSince, health.consecutiveFailures, health.probeAt, health.probes) = (nil, 0, nil, 0)
                try store(health, of: id)
                try noteTurn(id, isOn: draft.isEnabled)
            } else if draft.url != current.url {
                // Another place: what is known of the old one says nothing.
                try store(Webhook.Health(), of: id)
            }
            let entry = AuditEntry("webhook.update", "webhook", id: id, before: present.audited, after: draft.audited)
            try AuditStore(connection).append(entry, context: context)
            guard let webhook = try find(id) else { throw Refusal.missing }
            return webhook
        }
    }

    /// Keeps from where on an endpoint is told, or from where on it misses events: exactly, whatever the sender has
    /// read and whatever the clock says. Call inside a write.
    private func noteTurn(_ id: Int64, isOn: Bool) throws {
        let outbox = OutboxStore(connection)
        if isOn {
            try connection.execute("UPDATE webhook SET told_after = \(try outbox.newest().number) WHERE id = \(id)")
        } else {
            let read = try outbox.position(of: Self.consumer)?.number ?? 0
            // What came before it was there is nothing that it has missed.
            try connection.execute(
                """
                UPDATE webhook SET missed_after = CASE WHEN told_after > \(read) THEN told_after ELSE \(read) END
                WHERE id = \(id)
                """
            )
        }
    }

    /// Gives an endpoint another secret; the one before signs too for a day.
    /// - Parameter scheme: how it is signed for from now on; nil for as before.
    func rotate(
        _ id: Int64,
        to scheme: Signature.Scheme? = nil,
        _ environment: Environment,
        context: WriteContext
    ) throws -> (webhook: Webhook, secret: String?) {
        return try connection.write {
            guard let current = try find(id) else { throw Refusal.missing }
            let secret = Signature.makeSecret(scheme ?? current.scheme, environment)
            let end = context.now.adding(seconds: Self.graceSeconds)
            // Of several rotations in a day only the newest secret of before goes on.
            try connection.execute(
                "DELETE FROM webhook_secret WHERE webhook_id = \(id) AND kind = 'signing' AND expires_at IS NOT NULL"
            )
            try connection.execute(
                "UPDATE webhook_secret SET expires_at = \(end) WHERE webhook_id = \(id) AND kind = 'signing'"
            )
            try seal(secret.text, "signing", of: id, environment, context.now)
            try connection.execute(
                """
                UPDATE webhook SET signature = \((scheme ?? current.scheme).rawValue), public_key = \(secret.publicKey),
                    version = version + 1, updated_at = \(SQL.updated(at: context.now))
                WHERE id = \(id)
                """
            )
            let after: JSON = [
                "previous_until": .optional(end), "signature": .string((scheme ?? current.scheme).rawValue),
            ]
            try AuditStore(connection).append(
                AuditEntry("webhook.rotate", "webhook", id: id, after: after),
                context: context
            )
            guard let webhook = try find(id) else { throw Refusal.missing }
            return (webhook, secret.publicKey == nil ? secret.text : nil)
        }
    }

    /// Removes an endpoint with its deliveries.
    func delete(_ id: Int64, context: WriteContext, _ check: (Webhook) throws -> Void = { _ in }) throws {
        try connection.write {
            guard let webhook = try find(id) else { throw Refusal.missing }
            try check(webhook)
            try connection.execute("DELETE FROM webhook WHERE id = \(id)")
            try askForTypes(at: context.now)
            let before: JSON = ["url": .string(webhook.url)]
            let entry = AuditEntry("webhook.delete", "webhook", id: id, before: before)
            try AuditStore(connection).append(entry, context: context)
        }
    }

    // MARK: How it stands

    /// Notes how an endpoint stands. Call inside a write.
    func store(_ health: Webhook.Health, of id: Int64) throws(DatabaseError) {
        try connection.execute(
            """
            UPDATE webhook SET last_triggered_at = \(health.lastTriggeredAt),
                last_response_status = \(health.lastResponseStatus), last_response_time_ms = \(health.lastResponseTime),
                last_error = \(health.lastError), consecutive_failures = \(health.consecutiveFailures),
                failing_since = \(health.failingSince), probe_at = \(health.probeAt), probes = \(health.probes),
                disabled_at = \(health.disabledAt), disabled_reason = \(health.disabledReason)
            WHERE id = \(id)
            """
        )
    }

    /// Switches an endpoint off that takes nothing any more, and tells the others. Call inside a write.
    func disable(_ webhook: Webhook, _ reason: String, at now: Timestamp) throws {
        let context = WriteContext(actor: .system, now: now)
        var health = webhook.health
        (health.disabledAt, health.disabledReason) = (now, reason)
        try store(health, of: webhook.id)
        try connection.execute(
            """
            UPDATE webhook SET enabled = 0, version = version + 1, updated_at = \(SQL.updated(at: now))
            WHERE id = \(webhook.id)
            """
        )
        try noteTurn(webhook.id, isOn: false)
        let after: JSON = ["reason": .string(reason)]
        let entry = AuditEntry("webhook.disable", "webhook", id: webhook.id, after: after)
        try AuditStore(connection).append(entry, context: context)
        try EventStore(connection).publish(
            "webhook.disabled",
            subject: String(webhook.id),
            data: ["webhook_id": .int(webhook.id), "reason": .string(reason)],
            context
        )
    }
}

/// A header that is sent along with every request to an endpoint.
struct WebhookHeader: Sendable, Equatable {
    var name: String
    var value: String

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension SecretVaultStore.Column {
    static let webhooks = SecretVaultStore.Column(
        table: "webhook_secret",
        key: "id",
        value: "value",
        purpose: "webhook_secret"
    )
}
