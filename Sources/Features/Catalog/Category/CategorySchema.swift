import Database
import Records

/// The tree of categories, and what names a product's place in it.
enum CategorySchema {
    /// The new column is null in every product, so no row is rewritten; the index of a catalogue with a million
    /// products takes a second.
    static let migration = Migration(
        "2026-11-30-75 catalog: categories",
        up: [category, alias] + indexes + RecordSchema.revisions(CategoryFields.table) + [
            "ALTER TABLE product ADD COLUMN category_id INTEGER REFERENCES category (id)",
            productIndex.create,
        ],
        // Which product was in which category is lost; the histories keep it as numbers that nobody reads.
        down: [
            "DROP INDEX IF EXISTS product_by_category",
            "ALTER TABLE product DROP COLUMN category_id",
            "DROP TABLE category_alias",
            "DROP TABLE category_revision",
            "DROP TABLE category",
        ]
    )

    /// Those without a category are found by it too.
    static let productIndex: CatalogSchema.Index = (
        "product_by_category", "CREATE INDEX product_by_category ON product (category_id, status)"
    )

    /// `search_text` is what a search looks in: the name folded, and again without marks.
    private static let category: SQL = """
        CREATE TABLE category (
            id \(.identity),
            name TEXT NOT NULL,
            slug TEXT NOT NULL,
            description TEXT,
            parent_id INTEGER REFERENCES category (id),
            level INTEGER NOT NULL,
            path TEXT NOT NULL,
            sort_order INTEGER NOT NULL,
            is_active INTEGER NOT NULL DEFAULT 1,
            shopify_collection_id TEXT,
            shopify_handle TEXT,
            shopify_synced_at INTEGER,
            meta_data TEXT,
            search_text TEXT NOT NULL,
            version INTEGER NOT NULL DEFAULT 1,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) \(.strict)
        """

    /// Addresses that categories had before they were renamed, moved or merged. `parent_id` is 0 at the top, so that
    /// one key keeps addresses apart there too.
    private static let alias: SQL = """
        CREATE TABLE category_alias (
            parent_id INTEGER NOT NULL, slug TEXT NOT NULL, category_id INTEGER NOT NULL, created_at INTEGER NOT NULL,
            PRIMARY KEY (parent_id, slug)
        ) \(.strict)
        """

    private static let indexes: [SQL] = [
        "CREATE UNIQUE INDEX category_by_slug ON category (parent_id, slug)",
        // Nulls differ from each other, so the top has a key of its own.
        "CREATE UNIQUE INDEX category_by_top_slug ON category (slug) WHERE parent_id IS NULL",
        "CREATE INDEX category_by_order ON category (parent_id, sort_order, id)",
        "CREATE UNIQUE INDEX category_by_path ON category (path)",
        "CREATE INDEX category_alias_by_category ON category_alias (category_id)",
    ]
}
