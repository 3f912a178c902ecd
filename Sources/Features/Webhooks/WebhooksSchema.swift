import Database

/// The tables of outgoing webhooks.
enum WebhooksSchema {
    static let migrations = [
        Migration(
            "2026-11-30-80 webhooks: endpoints, secrets, deliveries, attempts",
            up: [
                webhook, secret, secretByWebhook, event, delivery, deliveryDue, deliveryClaimed, deliveryByStatus,
                deliveryByEvent, deliveryByTime, attempt, attemptByTime,
            ],
            down: ["webhook_attempt", "webhook_delivery", "webhook_event", "webhook_secret", "webhook"].map {
                "DROP TABLE \(ident: $0)"
            }
        ),
        Migration(
            "2026-11-30-96 webhooks: pairs of keys, strict order, from when on they are told",
            up: [
                "ALTER TABLE webhook ADD COLUMN signature TEXT NOT NULL DEFAULT 'v1'",
                "ALTER TABLE webhook ADD COLUMN public_key TEXT",
                "ALTER TABLE webhook ADD COLUMN strict_order INTEGER NOT NULL DEFAULT 0",
                "ALTER TABLE webhook ADD COLUMN told_after INTEGER NOT NULL DEFAULT 0",
                "ALTER TABLE webhook ADD COLUMN missed_after INTEGER",
            ],
            down: ["missed_after", "told_after", "strict_order", "public_key", "signature"].map {
                "ALTER TABLE webhook DROP COLUMN \(ident: $0)"
            }
        ),
    ]

    /// What was heard last, and how it stands with an endpoint, changes with every delivery and is no part of the
    /// version, which counts what users have chosen.
    private static let webhook: SQL = """
        CREATE TABLE webhook (
            id \(.identity),
            url TEXT NOT NULL,
            description TEXT,
            event_types TEXT NOT NULL,
            enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
            header_names TEXT NOT NULL DEFAULT '[]',
            rate_limit INTEGER,
            last_triggered_at INTEGER,
            last_response_status INTEGER,
            last_response_time_ms INTEGER,
            last_error TEXT,
            consecutive_failures INTEGER NOT NULL DEFAULT 0,
            failing_since INTEGER,
            probe_at INTEGER,
            probes INTEGER NOT NULL DEFAULT 0,
            disabled_at INTEGER,
            disabled_reason TEXT,
            version INTEGER NOT NULL DEFAULT 1,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) \(.strict)
        """

    /// Secrets that sign (`signing`; each until it expires) and the headers that are sent along (`headers`), sealed.
    private static let secret: SQL = """
        CREATE TABLE webhook_secret (
            id TEXT PRIMARY KEY,
            webhook_id INTEGER NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
            kind TEXT NOT NULL CHECK (kind IN ('signing', 'headers')),
            value TEXT NOT NULL,
            expires_at INTEGER,
            created_at INTEGER NOT NULL
        ) \(.strict)
        """

    private static let secretByWebhook: SQL =
        "CREATE INDEX webhook_secret_by_webhook ON webhook_secret (webhook_id, kind)"

    /// An event that somebody takes: its body once, as it is sent each time, whoever takes it.
    private static let event: SQL = """
        CREATE TABLE webhook_event (
            event_id TEXT PRIMARY KEY,
            type TEXT NOT NULL,
            subject TEXT,
            body TEXT NOT NULL,
            created_at INTEGER NOT NULL
        ) \(.strict)
        """

    /// Due when `next_attempt_at` says; while a request is out `claimed_at` says since when, and it is not due.
    private static let delivery: SQL = """
        CREATE TABLE webhook_delivery (
            id \(.identity),
            webhook_id INTEGER NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
            event_id TEXT NOT NULL REFERENCES webhook_event (event_id),
            event_type TEXT NOT NULL,
            subject TEXT,
            status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed', 'exhausted')),
            attempt INTEGER NOT NULL DEFAULT 0,
            tries INTEGER NOT NULL DEFAULT 0,
            next_attempt_at INTEGER,
            claimed_at INTEGER,
            response_status INTEGER,
            response_time_ms INTEGER,
            error TEXT,
            delivered_at INTEGER,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            UNIQUE (webhook_id, event_id)
        ) \(.strict)
        """

    private static let deliveryDue: SQL = """
        CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, next_attempt_at, id)
        WHERE next_attempt_at IS NOT NULL
        """

    private static let deliveryClaimed: SQL = """
        CREATE INDEX webhook_delivery_claimed ON webhook_delivery (claimed_at) WHERE claimed_at IS NOT NULL
        """

    private static let deliveryByStatus: SQL =
        "CREATE INDEX webhook_delivery_by_status ON webhook_delivery (webhook_id, status, id)"

    private static let deliveryByEvent: SQL =
        "CREATE INDEX webhook_delivery_by_event ON webhook_delivery (event_id)"

    private static let deliveryByTime: SQL =
        "CREATE INDEX webhook_delivery_by_time ON webhook_delivery (updated_at)"

    /// A row stands here before its request leaves.
    private static let attempt: SQL = """
        CREATE TABLE webhook_attempt (
            id \(.identity),
            delivery_id INTEGER NOT NULL REFERENCES webhook_delivery (id) ON DELETE CASCADE,
            webhook_id INTEGER NOT NULL,
            number INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            response_status INTEGER,
            response_time_ms INTEGER,
            step TEXT,
            error TEXT,
            times TEXT,
            answer TEXT,
            UNIQUE (delivery_id, number)
        ) \(.strict)
        """

    private static let attemptByTime: SQL =
        "CREATE INDEX webhook_attempt_by_time ON webhook_attempt (webhook_id, started_at)"
}
