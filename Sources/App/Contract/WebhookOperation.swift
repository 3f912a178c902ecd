import AdminKit
import Support
import Web

/// What an endpoint that asked for a type of event is sent, as an operation of the OpenAPI document's `webhooks`.
struct WebhookOperation {
    private let event: EventType

    init(_ event: EventType) {
        self.event = event
    }

    var json: JSON {
        let words = event.name.split { $0 == "." || $0 == "_" }.map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return [
            "operationId": .string("tell\(words.joined())"), "summary": .string(event.summary),
            "tags": ["Webhooks"], "security": [],
            "parameters": .array(Self.headers.map(parameter)),
            "requestBody": ["required": true, "content": ["application/json": ["schema": body]]],
            "responses": [
                "2XX": ["description": "It was taken."],
                "410": ["description": "The endpoint is gone: Bodega switches it off."],
                "default": ["description": "It was not taken, and is sent again later."],
            ],
        ]
    }

    private var body: JSON {
        Schema.object([
            "type": .choice([event.name]), "timestamp": .time("When it happened."), "data": event.schema,
        ]).json
    }

    private static let headers: [(name: String, text: String)] = [
        ("webhook-id", "The event; the same for each attempt."),
        ("webhook-timestamp", "Of this attempt, in seconds since 1970."),
        ("webhook-signature", "One or, after another secret was made, two signatures with a blank between."),
    ]

    private func parameter(_ header: (name: String, text: String)) -> JSON {
        [
            "name": .string(header.name), "in": "header", "required": true, "description": .string(header.text),
            "schema": ["type": "string"],
        ]
    }
}
