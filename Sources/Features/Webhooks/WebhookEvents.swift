import AdminKit
import Support
import Web

/// What webhooks publish of themselves.
enum WebhookEvents {
    static let all: [EventType] = [
        EventType(
            "webhook.disabled",
            "Bodega has switched an endpoint off; the others are told.",
            Schema.object(["webhook_id": id, "reason": .text("Why, in plain words.")])
                .example(["webhook_id": 3, "reason": "Nothing was taken for 5 days."])
        ),
        EventType(
            "webhook.exhausted",
            "An event was given up for an endpoint; the others are told.",
            Schema.object([
                "webhook_id": id, "event_id": .text("Of the event.", format: "uuid"), "event_type": .text(),
                "attempts": .integer("How many were made.", 1...Int64.max),
            ]).example([
                "webhook_id": 3, "event_id": "01a2275d-865d-7f50-b865-485a45c5a559", "event_type": "product.updated",
                "attempts": 10,
            ])
        ),
        EventType(
            "webhook.recovered",
            "An endpoint takes deliveries again; the others are told.",
            Schema.object(["webhook_id": id, "failing_since": Schema.time().orNull])
                .example(["webhook_id": 3, "failing_since": "2026-11-29T06:12:00.000Z"])
        ),
    ]

    private static let id = Schema.integer("The number of the endpoint.", 1...Int64.max)
}
