import Money
import Support

/// Answers about jobs, as a server gave them: an import of three rows, of which one was refused.
enum JobExamples {
    /// An import that is over.
    static let job: JSON = [
        "id": "01a2275d-865d-7f50-b865-485a45c5a559", "kind": "product_import",
        "display_name": "Import of products.csv", "status": "completed", "stage": "done", "progress": 100,
        "filename": "products.csv", "total_rows": 3, "processed_rows": 3, "created_rows": 1, "updated_rows": 1,
        "unchanged_rows": 0, "skipped_rows": 0, "failed_rows": 1, "error_message": nil, "priority": 100, "attempt": 1,
        "takeovers": 0, "working_ms": 34,
        "worker_alive": nil, "rows_per_second": nil, "eta_seconds": nil, "waiting_reason": nil,
        "peak_memory_bytes": 17575936, "waiting_for": nil, "undo_of": nil, "undone_by": nil, "duplicate_of": nil,
        "user_id": 1,
        "options": [
            "mode": "upsert", "blank": "keep", "duplicates": "last", "on_error": "skip", "missing": "keep",
            "review": false, "guard": true, "mapping": .object([]), "profile": nil,
        ], "found": ["kind": "delimited", "encoding": "utf-8", "likely_encodings": []],
        "result": ["ignored_columns": [], "superseded": 0, "profile": nil, "warnings": []],
        "created_at": "2026-11-24T17:03:50.397Z", "started_at": "2026-11-24T17:03:50.484Z",
        "completed_at": "2026-11-24T17:03:50.518Z",
        "links": [
            "self": "/api/jobs/01a2275d-865d-7f50-b865-485a45c5a559",
            "events": "/api/jobs/01a2275d-865d-7f50-b865-485a45c5a559/events",
            "errors": "/api/jobs/01a2275d-865d-7f50-b865-485a45c5a559/errors",
            "errors_csv": "/api/jobs/01a2275d-865d-7f50-b865-485a45c5a559/errors.csv",
            "repair": "/api/jobs/01a2275d-865d-7f50-b865-485a45c5a559/repair",
            "plan": "/api/jobs/01a2275d-865d-7f50-b865-485a45c5a559/plan",
            "restart": "/api/jobs/01a2275d-865d-7f50-b865-485a45c5a559/restart",
            "undo": "/api/jobs/01a2275d-865d-7f50-b865-485a45c5a559/undo",
            "attempts": "/api/jobs/01a2275d-865d-7f50-b865-485a45c5a559/attempts",
            "file": "/api/jobs/01a2275d-865d-7f50-b865-485a45c5a559/file",
        ],
    ]

    static let streamTicket: JSON = [
        "ticket": "q3Vn0dW2xk6Tg8uYc1RzLwM5hJb_9PsE4oAf7iXt-Qk",
        "events":
            "/api/jobs/01a2275d-865d-7f50-b865-485a45c5a559/events?ticket=q3Vn0dW2xk6Tg8uYc1RzLwM5hJb_9PsE4oAf7iXt-Qk",
        "expires_at": "2026-11-29T10:31:00.000Z",
    ]

    /// The row that was refused.
    static let rowError: JSON = [
        "row": 2, "line": 3, "byte_offset": 32, "byte_length": 15, "column": "price", "code": "bad_price",
        "message":
            """
        The price is not an amount in the shop's currency. Write digits with . or , before the decimals, as in \
        12.50: no minus, no exponent, no other currency's sign, and no more decimals than the shop's currency has.
        """,
        "value": "1.2.3",
    ]
}
