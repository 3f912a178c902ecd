import Database

/// The columns of a product beyond those of the first catalogues, and the indexes that go with them.
enum ProductFieldsSchema {
    /// Up: columns without a default cost nothing; each of the three indexes reads the table once, of a million
    /// products in a third of a second. Down: each column that goes rewrites the table, half a minute for all.
    static let migration = Migration(
        "2026-11-30-70 catalog: all fields of a product",
        // safe: the types below.
        up: columns.map { "ALTER TABLE product ADD COLUMN \(ident: $0.name) \(raw: $0.type)" }
            + [handleIndex] + listIndexes.map(\.create),
        // The new values are lost; the histories keep them as texts that nobody reads.
        down: (["product_by_handle"] + listIndexes.map(\.name)).map { "DROP INDEX IF EXISTS \(ident: $0)" }
            + columns.reversed().map { "ALTER TABLE product DROP COLUMN \(ident: $0.name)" }
    )

    private static let columns: [(name: String, type: String)] = [
        ("short_description", "TEXT"), ("cost_price", "INTEGER"), ("manufacturer", "TEXT"),
        ("manufacturer_part_number", "TEXT"), ("weight", "INTEGER"), ("weight_unit", "TEXT"), ("length", "INTEGER"),
        ("width", "INTEGER"), ("height", "INTEGER"), ("dimension_unit", "TEXT"), ("inventory_quantity", "INTEGER"),
        ("inventory_tracked", "INTEGER"), ("seo_title", "TEXT"), ("seo_description", "TEXT"), ("seo_handle", "TEXT"),
        ("shopify_product_id", "TEXT"), ("shopify_variant_id", "TEXT"), ("group_key", "TEXT"),
        ("option_1_name", "TEXT"), ("option_1_value", "TEXT"), ("option_2_name", "TEXT"), ("option_2_value", "TEXT"),
        ("option_3_name", "TEXT"), ("option_3_value", "TEXT"), ("synced_at", "INTEGER"),
    ]

    /// Keeps something right, so no load does without it; products without a handle are not in it.
    private static let handleIndex: SQL =
        "CREATE UNIQUE INDEX product_by_handle ON product (seo_handle) WHERE seo_handle IS NOT NULL"

    /// Those that only make lists fast. What most products lack is not in them.
    static let listIndexes: [CatalogSchema.Index] = [
        (
            "product_by_group",
            "CREATE INDEX product_by_group ON product (group_key, id) WHERE group_key IS NOT NULL"
        ),
        (
            "product_by_stock",
            """
            CREATE INDEX product_by_stock ON product (inventory_quantity, id) WHERE inventory_quantity IS NOT NULL
            """
        ),
    ]
}
