import Database

/// The table of tickets for event streams.
enum StreamTicketSchema {
    static let migrations: [Migration] = [
        Migration(
            "2026-11-29-16 identity: tickets for event streams",
            up: [
                table, "CREATE INDEX stream_ticket_by_user ON stream_ticket (user_id, id)",
                "CREATE INDEX stream_ticket_by_time ON stream_ticket (created_at)",
            ],
            down: ["DROP TABLE stream_ticket"]
        )
    ]

    private static let table: SQL = """
        CREATE TABLE stream_ticket (
            id \(.identity),
            ticket_hash \(.bytes) NOT NULL UNIQUE,
            user_id INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
            path TEXT NOT NULL,
            proof TEXT NOT NULL CHECK (proof IN ('session', 'token')),
            proof_hash \(.bytes) NOT NULL,
            is_opened INTEGER NOT NULL DEFAULT 0 CHECK (is_opened IN (0, 1)),
            created_at INTEGER NOT NULL
        ) \(.strict)
        """
}
