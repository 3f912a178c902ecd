import Database

/// The table of keys under which POSTs may be repeated.
enum IdempotencySchema {
    static let migrations: [Migration] = [
        Migration(
            "2026-11-25-21 identity: idempotency keys",
            up: [table, byTime],
            down: ["DROP TABLE idempotency_key"]
        )
    ]

    private static let table: SQL = """
        CREATE TABLE idempotency_key (
            id \(.identity),
            user_id INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            request_hash \(.bytes) NOT NULL,
            attempt TEXT NOT NULL,
            holder TEXT NOT NULL,
            lease_until INTEGER NOT NULL,
            status INTEGER,
            headers TEXT,
            body \(.bytes),
            created_at INTEGER NOT NULL,
            UNIQUE (user_id, name)
        ) \(.strict)
        """

    private static let byTime: SQL = "CREATE INDEX idempotency_key_by_time ON idempotency_key (created_at)"
}
