public import Database

/// What is known of the blobs that are pictures.
public enum PictureSchema {
    public static let migrations: [Migration] = [
        Migration(
            "2026-12-01-41 pictures: what is known of them",
            up: [
                """
                CREATE TABLE picture (
                    hash TEXT NOT NULL PRIMARY KEY,
                    format TEXT NOT NULL,
                    width INTEGER NOT NULL,
                    height INTEGER NOT NULL,
                    file_size INTEGER NOT NULL,
                    perceptual_hash TEXT NOT NULL,
                    created_at INTEGER NOT NULL
                ) \(.strict)
                """
            ],
            down: ["DROP TABLE picture"]
        )
    ]
}
