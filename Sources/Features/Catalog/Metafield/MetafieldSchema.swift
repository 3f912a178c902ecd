import Database

/// Definitions of metafields, and the values that products have.
enum MetafieldSchema {
    /// New and empty tables: nothing is read or rewritten, whatever the catalogue holds.
    static let migration = Migration(
        "2026-11-30-94 catalog: metafields",
        up: [
            definition, value,
            // Which products have one, and which a filter by its value leaves.
            """
            CREATE INDEX product_metafield_by_value ON product_metafield (namespace, key, match_key, product_id)
            """,
        ],
        // The values are lost; the histories keep them as texts that nobody reads.
        down: ["DROP TABLE product_metafield", "DROP TABLE metafield_definition"]
    )

    private static let definition: SQL = """
        CREATE TABLE metafield_definition (
            id \(.identity),
            namespace TEXT NOT NULL,
            key TEXT NOT NULL,
            name TEXT NOT NULL,
            description TEXT,
            value_type TEXT NOT NULL,
            validations TEXT NOT NULL,
            display_order INTEGER NOT NULL,
            is_visible INTEGER NOT NULL DEFAULT 1,
            version INTEGER NOT NULL DEFAULT 1,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            UNIQUE (namespace, key)
        ) \(.strict)
        """

    /// Values stay when their product is deleted, as long as its history: it may be put back. `match_key` is
    /// `MetafieldValue.key`.
    private static let value: SQL = """
        CREATE TABLE product_metafield (
            id \(.identity),
            product_id INTEGER NOT NULL,
            namespace TEXT NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            value_type TEXT NOT NULL,
            match_key TEXT NOT NULL,
            shopify_metafield_id TEXT,
            shopify_owner_id TEXT,
            description TEXT,
            is_visible INTEGER,
            display_order INTEGER,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            UNIQUE (product_id, namespace, key)
        ) \(.strict)
        """
}
