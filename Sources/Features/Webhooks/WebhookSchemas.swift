import Support
import Web

/// What the API of webhooks sends and takes.
enum WebhookSchemas {
    static let all: [NamedSchema] = [
        NamedSchema("Webhook", Schema.object(webhook).example(WebhookExamples.webhook)),
        NamedSchema("WebhookList", .page(of: "Webhook", example: WebhookExamples.webhook)),
        NamedSchema(
            "WebhookSecret",
            Schema.object(webhook + [("secret", secret)]).example(WebhookExamples.webhookSecret)
        ),
        NamedSchema(
            "NewWebhook",
            Schema.object(written + [("signature", signature.defaultValue("v1"))], required: ["url", "event_types"])
                .example(WebhookExamples.change)
        ),
        NamedSchema(
            "WebhookReplacement",
            Schema.object(written + given, required: ["url", "event_types"]).example(WebhookExamples.change)
        ),
        NamedSchema(
            "WebhookChange",
            Schema.object(written + given, required: []).example(["enabled": false])
        ),
        NamedSchema("WebhookTest", test.example(WebhookExamples.test)),
        NamedSchema(
            "WebhookReplay",
            Schema.object(["deliveries": .count("How many would be sent, as things stand.")])
                .example(["deliveries": 14])
        ),
        NamedSchema("Delivery", Schema.object(delivery).example(WebhookExamples.delivery)),
        NamedSchema("DeliveryList", .page(of: "Delivery", example: WebhookExamples.delivery)),
        NamedSchema("DeliveryDetail", Schema.object(detail).example(WebhookExamples.detail)),
        NamedSchema("EventTypes", types.example(WebhookExamples.types)),
    ]

    private static let id = Schema.integer(nil, 1...Int64.max)
    private static let secret = Schema.text(
        "Signs what is sent. In this answer and nowhere else; null where `public_key` is what the endpoint needs."
    ).orNull
    static let signature = Schema.choice(
        Signature.Scheme.allCases.map(\.rawValue),
        "v1: HMAC-SHA256 with a secret that both sides know. v1a: Ed25519, the endpoint knows a public key."
    )

    private static let written: [(name: String, schema: Schema)] = [
        ("url", .text("https or http, without user and password.", length: 1...2000)),
        ("description", Schema.text(length: 0...WebhookDraft.mostDescription).orNull),
        (
            "event_types",
            Schema.list(
                of: .text(length: 1...100),
                most: WebhookDraft.mostPatterns,
                "Types of events, `product.*` for all of a noun, `*` for everything."
            ).with("minItems", 1)
        ),
        ("enabled", .boolean().defaultValue(true)),
        (
            "headers",
            Schema.map(
                of: Schema.text(length: 1...4000).orNull,
                names: .text(length: 1...WebhookDraft.mostNameCharacters),
                most: WebhookDraft.mostHeaders,
                "Sent along. Values are never shown: null stands for one, and sent back it keeps it."
            ).orNull
        ),
        ("rate_limit", Schema.integer("The most requests in a second.", 1...WebhookDraft.mostRate).orNull),
        (
            "strict_order",
            .boolean("News of one thing wait until what came before was taken or given up.").defaultValue(false)
        ),
    ]

    private static let given: [(name: String, schema: Schema)] = [
        ("id", id), ("signature", signature),
        (
            "public_key",
            Schema.text("Checks signatures of v1a: whpk_ and base64. Null for v1.").orNull.with("readOnly", true)
        ),
        ("state", .choice(Webhook.State.allCases.map(\.rawValue), "disabled: by Bodega.")),
        ("last_triggered_at", Schema.time().orNull), ("last_response_status", Schema.integer().orNull),
        ("last_response_time_ms", Schema.count().orNull),
        ("last_error", Schema.text("Null when the last delivery was taken.").orNull.with("readOnly", true)),
        ("consecutive_failures", .count()), ("failing_since", Schema.time().orNull),
        ("next_probe_at", Schema.time("After 5 failures in a row one delivery at a time is tried.").orNull),
        ("disabled_at", Schema.time("When it was switched off last.").orNull),
        ("disabled_reason", Schema.text().orNull.with("readOnly", true)),
        ("previous_secret_until", Schema.time("How long the secret before signs too.").orNull),
        ("version", .integer(nil, 1...Int64.max)), ("created_at", .time()), ("updated_at", .time()),
    ]

    private static let webhook: [(name: String, schema: Schema)] =
        written.map { name, schema in
            name == "headers"
                ? (name, Schema.map(of: Schema(["type": "null"]), "Names of the headers that are sent along."))
                : (name, schema)
        } + given

    private static let test = Schema.object([
        "delivered": .boolean("Whether the answer was a 2xx."), "response_status": Schema.integer().orNull,
        "response_time_ms": .count(), "error": Schema.text("Why it was not delivered.").orNull,
    ])

    private static let delivery: [(name: String, schema: Schema)] = [
        ("id", id), ("webhook_id", id), ("event_id", .text("As in `webhook-id`.", format: "uuid")),
        ("event_type", .text()), ("subject", Schema.text("What it happened to.").orNull),
        ("status", .choice(Delivery.Status.allCases.map(\.rawValue))), ("attempt", .count("How many were made.")),
        ("next_attempt_at", Schema.time().orNull), ("in_flight", .boolean("Whether a request is out.")),
        ("response_status", Schema.integer().orNull), ("response_time_ms", Schema.count().orNull),
        ("error", Schema.text().orNull), ("delivered_at", Schema.time().orNull), ("created_at", .time()),
        ("updated_at", .time()),
    ]

    private static let attempt = Schema.object([
        "number": .integer(nil, 1...Int64.max), "started_at": .time(), "ended_at": Schema.time().orNull,
        "response_status": Schema.integer().orNull, "response_time_ms": Schema.count().orNull,
        "step": Schema.text("Where it failed: name, refused_address, connect, tls, send, wait, too_large, interrupted.")
            .orNull,
        "error": Schema.text().orNull,
        "times": .map(of: .count(), "Milliseconds until each step was over: name, connect, tls, answer, total."),
        "answer": Schema.text("The first 4 KB that a public endpoint answered.").orNull,
    ])

    private static let detail =
        delivery + [("body", Schema.text("What is sent.").orNull), ("attempts", .list(of: attempt))]

    private static let types = Schema.object([
        "items": .list(
            of: .object([
                "name": .text(), "version": .integer(nil, 1...Int64.max), "summary": .text(),
                "schema": Schema.anything.described("The JSON Schema of `data`."),
                "example": Schema.anything.described("A body as it is sent."),
            ])
        ), "next": Schema.text("Always null: there is one page.").orNull,
    ])
}
