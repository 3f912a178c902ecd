package import Database

/// The tables of the catalogue, newest migration last.
package enum CatalogSchema {
    package static let migrations: [Migration] = [
        Migration(
            "2026-11-21-03 catalog: product, revisions, currency",
            up: [
                currency, product, revision, deleteItem,
            ] + (firstLists + historyIndexes).map(\.create),
            down: ["product_delete_item", "product_revision", "product", "catalogue_currency"].map {
                "DROP TABLE \(ident: $0)"
            }
        ),
        ImportPlanSchema.migration,
        Migration(
            "2026-11-21-22 undo: what an undo keeps",
            up: [undoKept, existingJobs],
            down: ["DROP TABLE product_undo_kept"]
        ),
        Migration(
            "2026-11-21-24 catalog: brand, compare-at price, UPC, custom attributes",
            up: [
                "ALTER TABLE product ADD COLUMN brand TEXT",
                "ALTER TABLE product ADD COLUMN compare_at_price INTEGER",
                "ALTER TABLE product ADD COLUMN upc TEXT",
                "ALTER TABLE product ADD COLUMN custom_attributes TEXT",
                brandIndex.create,
            ],
            // The new values are lost; the histories keep them as texts that nobody reads.
            down: [
                "DROP INDEX IF EXISTS product_by_brand",
                "ALTER TABLE product DROP COLUMN custom_attributes",
                "ALTER TABLE product DROP COLUMN upc",
                "ALTER TABLE product DROP COLUMN compare_at_price",
                "ALTER TABLE product DROP COLUMN brand",
            ]
        ),
        Migration(
            "2026-11-21-25 catalog: import profiles",
            up: [
                importProfile,
                "CREATE INDEX import_profile_by_header ON import_profile (fingerprint, used_at)",
            ],
            down: ["DROP TABLE import_profile"]
        ),
        Migration(
            "2026-11-25-26 catalog: import profiles know the quote",
            up: ["ALTER TABLE import_profile ADD COLUMN quote TEXT"],
            down: ["ALTER TABLE import_profile DROP COLUMN quote"]
        ),
        ProductKeySchema.migration,
        ImportPathSchema.migration,
        Migration(
            "2026-11-30-40 catalog: what a deletion has still to do, as ranges of ids",
            up: [
                deleteRange,
                """
                INSERT INTO product_delete_range (job_id, first_id, last_id)
                SELECT job_id, product_id, product_id FROM product_delete_item
                """,
                "DROP TABLE product_delete_item",
            ],
            down: [
                deleteItem,
                """
                INSERT INTO product_delete_item (job_id, product_id)
                WITH RECURSIVE item (job_id, product_id, last_id) AS (
                    SELECT job_id, first_id, last_id FROM product_delete_range
                    UNION ALL
                    SELECT job_id, product_id + 1, last_id FROM item WHERE product_id < last_id)
                SELECT job_id, product_id FROM item
                """,
                "DROP TABLE product_delete_range",
            ]
        ),
        Migration(
            "2026-11-30-50 catalog: import profiles know what identifies a product",
            up: ["ALTER TABLE import_profile ADD COLUMN identify TEXT"],
            down: ["ALTER TABLE import_profile DROP COLUMN identify"]
        ),
        ImportTargetSchema.migration,
        ProductFieldsSchema.migration,
        CategorySchema.migration,
        CatalogueFiguresSchema.migration,
        MetafieldSchema.migration,
        SavedViewSchema.migration,
        ChangedProductsStore.migration,
        DeletedProductStore.migration,
        ProductImageSchema.migration,
        ImportLineSchema.migration,
    ]

    /// One row. Every stored amount is in this currency's minor units, so it never changes.
    private static let currency: SQL = """
        CREATE TABLE catalogue_currency (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            code TEXT NOT NULL,
            exponent INTEGER NOT NULL CHECK (exponent BETWEEN 0 AND 4),
            created_at INTEGER NOT NULL
        ) \(.strict)
        """

    private static let product: SQL = """
        CREATE TABLE product (
            id \(.identity),
            sku TEXT NOT NULL,
            sku_norm TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            description TEXT,
            price INTEGER,
            status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('draft', 'active', 'archived')),
            version INTEGER NOT NULL DEFAULT 1,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) \(.strict)
        """

    /// The indexes that a first import builds after the load, see `ProductIndexStore`: the key first, the others keep
    /// nothing right but make lists and histories fast.
    static let deferredIndexes = [ProductKeySchema.index] + historyIndexes + listIndexes

    /// Those of products that only make lists fast.
    static let listIndexes =
        firstLists + [brandIndex] + ProductFieldsSchema.listIndexes + [CategorySchema.productIndex]

    typealias Index = (name: String, create: SQL)

    /// Those without a brand are most of many catalogues, and nobody looks for them by it.
    private static let brandIndex: Index = (
        "product_by_brand", "CREATE INDEX product_by_brand ON product (brand, id) WHERE brand IS NOT NULL"
    )

    private static let firstLists: [Index] = [
        ("product_by_status", "CREATE INDEX product_by_status ON product (status, id)"),
        ("product_by_name", "CREATE INDEX product_by_name ON product (name, id)"),
        ("product_by_update", "CREATE INDEX product_by_update ON product (updated_at, id)"),
        ("product_by_price", "CREATE INDEX product_by_price ON product (price, id)"),
    ]

    /// What comes into them comes at their ends, so they are left out by a load only that builds them from nothing.
    private static let historyIndexes: [Index] = [
        (
            "product_revision_by_product",
            "CREATE INDEX product_revision_by_product ON product_revision (product_id, version)"
        ),
        ("product_revision_by_job", "CREATE INDEX product_revision_by_job ON product_revision (job_id, id)"),
    ]

    /// `before` holds the changed fields as they were: none for a creation, all for a deletion.
    private static let revision: SQL = """
        CREATE TABLE product_revision (
            id \(.identity),
            product_id INTEGER NOT NULL,
            version INTEGER NOT NULL,
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            job_id INTEGER,
            change TEXT NOT NULL CHECK (change IN ('create', 'update', 'delete', 'restore')),
            before TEXT
        ) \(.strict)
        """

    /// `headers` and `fingerprint` are those of the file that it was made for.
    private static let importProfile: SQL = """
        CREATE TABLE import_profile (
            id \(.identity),
            name TEXT NOT NULL,
            name_norm TEXT NOT NULL UNIQUE,
            mapping TEXT NOT NULL,
            headers TEXT,
            fingerprint TEXT,
            delimiter TEXT,
            encoding TEXT,
            mode TEXT,
            blank TEXT,
            used_at INTEGER,
            version INTEGER NOT NULL DEFAULT 1,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) \(.strict)
        """

    /// Products that an undo left alone, because somebody changed them since or has taken their SKU.
    private static let undoKept: SQL = """
        CREATE TABLE product_undo_kept (
            job_id INTEGER NOT NULL, product_id INTEGER NOT NULL, sku TEXT NOT NULL, reason TEXT NOT NULL,
            actor TEXT NOT NULL, by_job_id INTEGER, at INTEGER NOT NULL, PRIMARY KEY (job_id, product_id)
        ) \(.strict)
        """

    /// What ran before undo was there can be undone too, and the uploads under a job's own name are ours.
    private static let existingJobs: SQL = """
        UPDATE job SET undo = 'possible',
            file_kept = CASE WHEN parameters LIKE '%/' || public_id || '"%' THEN 1 ELSE 0 END
        WHERE kind IN ('product_import', 'product_delete')
        """

    /// What a deletion of many has still to do; all ids from the first to the last.
    private static let deleteRange: SQL = """
        CREATE TABLE product_delete_range (
            job_id INTEGER NOT NULL, first_id INTEGER NOT NULL, last_id INTEGER NOT NULL, PRIMARY KEY (job_id, first_id)
        ) \(.strict)
        """

    /// The same, an id each.
    private static let deleteItem: SQL = """
        CREATE TABLE product_delete_item (
            job_id INTEGER NOT NULL, product_id INTEGER NOT NULL, PRIMARY KEY (job_id, product_id)
        ) \(.strict)
        """
}
