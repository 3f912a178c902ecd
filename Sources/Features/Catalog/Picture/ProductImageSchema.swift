import Database

/// The pictures of products.
enum ProductImageSchema {
    static let migration = Migration(
        "2026-12-01-42 catalog: pictures of products",
        up: [
            // Rows stay when their product is deleted, as long as its history: it may be put back.
            """
            CREATE TABLE product_image (
                id \(.identity),
                product_id INTEGER NOT NULL,
                file_hash TEXT NOT NULL,
                filename TEXT,
                url TEXT,
                alt_text TEXT,
                sort_order INTEGER NOT NULL,
                is_featured INTEGER NOT NULL,
                is_active INTEGER NOT NULL,
                shopify_image_id TEXT,
                shopify_image_url TEXT,
                meta_data TEXT,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                UNIQUE (product_id, file_hash)
            ) \(.strict)
            """,
            "CREATE INDEX product_image_by_hash ON product_image (file_hash)",
        ],
        // The files stay, and nobody knows whose they are; the histories keep what nobody reads.
        down: ["DROP TABLE product_image"]
    )
}
