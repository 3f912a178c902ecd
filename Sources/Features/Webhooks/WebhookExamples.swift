import Support

/// Answers about webhooks, as a server gave them; the secret is worth nothing.
enum WebhookExamples {
    static let webhook: JSON = [
        "id": 3, "url": "https://erp.example/hooks/bodega", "description": "ERP", "event_types": ["product.*"],
        "enabled": true, "headers": ["Authorization": nil], "rate_limit": nil,
        "strict_order": false, "signature": "v1", "public_key": nil, "state": "on",
        "last_triggered_at": "2026-11-29T10:31:02.000Z", "last_response_status": 204, "last_response_time_ms": 86,
        "last_error": nil, "consecutive_failures": 0, "failing_since": nil, "next_probe_at": nil, "disabled_at": nil,
        "disabled_reason": nil, "previous_secret_until": nil, "version": 1,
        "created_at": "2026-11-24T17:03:50.775Z", "updated_at": "2026-11-24T17:03:50.775Z",
    ]

    static let webhookSecret: JSON = .object(
        (webhook.members ?? []) + [
            JSON.Member("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw2bYIcXh4fV0=")
        ]
    )

    static let change: JSON = [
        "url": "https://erp.example/hooks/bodega", "event_types": ["product.*", "import.completed"],
        "headers": ["Authorization": "Bearer of-the-erp"],
    ]

    static let test: JSON = [
        "delivered": false, "response_status": 503, "response_time_ms": 86, "error": "The endpoint answered 503.",
    ]

    static let delivery: JSON = [
        "id": 1204, "webhook_id": 3, "event_id": "01a2275d-865d-7f50-b865-485a45c5a559",
        "event_type": "product.updated", "subject": "7", "status": "failed", "attempt": 1,
        "next_attempt_at": "2026-11-29T10:31:07.000Z", "in_flight": false, "response_status": 503,
        "response_time_ms": 86, "error": "The endpoint answered 503.", "delivered_at": nil,
        "created_at": "2026-11-29T10:31:02.000Z", "updated_at": "2026-11-29T10:31:02.000Z",
    ]

    static let detail: JSON = .object(
        (delivery.members ?? []) + [
            JSON.Member(
                "body",
                """
                {"type":"product.updated","timestamp":"2026-11-29T10:31:02.000Z","data":{"id":7,"sku":"TS-1",\
                "version":2}}
                """
            ),
            JSON.Member(
                "attempts",
                [
                    [
                        "number": 1, "started_at": "2026-11-29T10:31:02.000Z",
                        "ended_at": "2026-11-29T10:31:02.086Z", "response_status": 503, "response_time_ms": 86,
                        "step": nil, "error": "The endpoint answered 503.",
                        "times": ["name": 2, "connect": 12, "tls": 40, "answer": 86, "total": 86],
                        "answer": "Busy",
                    ]
                ]
            ),
        ]
    )

    static let types: JSON = [
        "items": [
            [
                "name": "product.updated", "version": 1, "summary": "Fields of a product were changed.",
                "schema": ["type": "object"],
                "example": [
                    "type": "product.updated", "timestamp": "2026-11-29T10:31:02.000Z",
                    "data": ["id": 7, "sku": "TS-1", "version": 2],
                ],
            ]
        ], "next": nil,
    ]
}
