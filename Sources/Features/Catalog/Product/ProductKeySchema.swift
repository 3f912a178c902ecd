import Database

/// The uniqueness of SKUs as an index with a name of its own, so that a first load can build it behind the rows.
///
/// A constraint inside CREATE TABLE cannot be dropped, so the table is made anew.
enum ProductKeySchema {
    /// The key index: the only one that keeps something right.
    static let index: CatalogSchema.Index = (
        "product_by_sku", "CREATE UNIQUE INDEX product_by_sku ON product (sku_norm)"
    )

    static let migration = Migration(
        "2026-11-25-27 catalog: the SKU's uniqueness as an index of its own",
        up: remake(key: "TEXT NOT NULL") + [index.create] + others + [load],
        down: ["DROP TABLE product_load"] + remake(key: "TEXT NOT NULL UNIQUE") + others
    )

    /// One row while the key index is missing: the job that does without it. `key_wanted`: somebody waits for it.
    private static let load: SQL = """
        CREATE TABLE product_load (
            job_id INTEGER PRIMARY KEY,
            key_wanted INTEGER NOT NULL DEFAULT 0
        ) \(.strict)
        """

    /// The other indexes of the table as they were when this migration was made.
    private static let others: [SQL] = [
        "CREATE INDEX product_by_status ON product (status, id)",
        "CREATE INDEX product_by_name ON product (name, id)",
        "CREATE INDEX product_by_update ON product (updated_at, id)",
        "CREATE INDEX product_by_price ON product (price, id)",
        "CREATE INDEX product_by_brand ON product (brand, id) WHERE brand IS NOT NULL",
    ]

    private static let columns: SQL = """
        id, sku, sku_norm, name, description, price, status, version, created_at, updated_at, brand, compare_at_price,
        upc, custom_attributes
        """

    /// The table with all its rows, and with its memory of the ids that were ever given, under another rule for keys.
    private static func remake(key: StaticString) -> [SQL] {
        [
            """
            CREATE TABLE product_anew (
                id \(.identity),
                sku TEXT NOT NULL,
                sku_norm \(raw: key.description),
                name TEXT NOT NULL,
                description TEXT,
                price INTEGER,
                status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('draft', 'active', 'archived')),
                version INTEGER NOT NULL DEFAULT 1,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                brand TEXT,
                compare_at_price INTEGER,
                upc TEXT,
                custom_attributes TEXT
            ) \(.strict)
            """,
            "INSERT INTO product_anew (\(columns)) SELECT \(columns) FROM product ORDER BY id",
        ] + SQL.handOnIdentity(of: "product", to: "product_anew") + [
            "DROP TABLE product",
            "ALTER TABLE product_anew RENAME TO product",
        ]
    }
}
