public import Database

/// Which files there are.
public enum BlobsSchema {
    public static let migrations: [Migration] = [
        Migration(
            "2026-12-01-40 blobs: files by the hash of their content",
            up: [
                """
                CREATE TABLE blob (
                    hash TEXT NOT NULL PRIMARY KEY,
                    size INTEGER NOT NULL,
                    media_type TEXT NOT NULL,
                    unused_since INTEGER,
                    created_at INTEGER NOT NULL
                ) \(.strict)
                """,
                // Almost all are in use.
                "CREATE INDEX blob_by_unused ON blob (unused_since, hash) WHERE unused_since IS NOT NULL",
            ],
            // The files stay where they are; nobody knows them any more.
            down: ["DROP TABLE blob"]
        )
    ]
}
