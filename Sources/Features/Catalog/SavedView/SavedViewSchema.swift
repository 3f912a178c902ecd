import Database

/// The table of saved views.
enum SavedViewSchema {
    static let migration = Migration(
        "2026-11-30-95 catalog: saved views of the list of products",
        up: [
            """
            CREATE TABLE saved_view (
                id \(.identity),
                user_id INTEGER NOT NULL,
                name TEXT NOT NULL,
                name_norm TEXT NOT NULL,
                query TEXT NOT NULL,
                is_shared INTEGER NOT NULL DEFAULT 0,
                version INTEGER NOT NULL DEFAULT 1,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                UNIQUE (user_id, name_norm)
            ) \(.strict)
            """,
            "CREATE INDEX saved_view_shared ON saved_view (is_shared, name_norm)",
        ],
        down: ["DROP TABLE saved_view"]
    )
}
