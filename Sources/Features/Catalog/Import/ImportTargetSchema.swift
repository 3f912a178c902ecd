import Database

/// What imports of products kept becomes what imports of any noun keep.
enum ImportTargetSchema {
    static let migration = Migration(
        "2026-11-30-60 catalog: imports of any noun",
        up: [
            "ALTER TABLE import_held_back RENAME COLUMN product_id TO record_id",
            "ALTER TABLE import_profile ADD COLUMN target TEXT NOT NULL DEFAULT 'products'",
            """
            CREATE TABLE import_undo_kept (
                job_id INTEGER NOT NULL, record_id INTEGER NOT NULL, label TEXT NOT NULL, reason TEXT NOT NULL,
                actor TEXT NOT NULL, by_job_id INTEGER, at INTEGER NOT NULL, PRIMARY KEY (job_id, record_id)
            ) \(.strict)
            """,
            """
            INSERT INTO import_undo_kept (job_id, record_id, label, reason, actor, by_job_id, at)
            SELECT job_id, product_id, sku, reason, actor, by_job_id, at FROM product_undo_kept
            """,
            "DROP TABLE product_undo_kept",
            // One row while the key index of a table is missing: the job that does without it. `key_wanted`: a request
            // waits for it.
            """
            CREATE TABLE record_load (
                table_name TEXT PRIMARY KEY, job_id INTEGER NOT NULL, key_wanted INTEGER NOT NULL DEFAULT 0
            ) \(.strict)
            """,
            """
            INSERT INTO record_load (table_name, job_id, key_wanted)
            SELECT 'product', MAX(job_id), MAX(key_wanted) FROM product_load HAVING COUNT(*) > 0
            """,
            "DROP TABLE product_load",
        ],
        down: [
            """
            CREATE TABLE product_load (
                job_id INTEGER PRIMARY KEY,
                key_wanted INTEGER NOT NULL DEFAULT 0
            ) \(.strict)
            """,
            """
            INSERT INTO product_load (job_id, key_wanted)
            SELECT job_id, key_wanted FROM record_load WHERE table_name = 'product'
            """,
            "DROP TABLE record_load",
            """
            CREATE TABLE product_undo_kept (
                job_id INTEGER NOT NULL, product_id INTEGER NOT NULL, sku TEXT NOT NULL, reason TEXT NOT NULL,
                actor TEXT NOT NULL, by_job_id INTEGER, at INTEGER NOT NULL, PRIMARY KEY (job_id, product_id)
            ) \(.strict)
            """,
            """
            INSERT INTO product_undo_kept (job_id, product_id, sku, reason, actor, by_job_id, at)
            SELECT job_id, record_id, label, reason, actor, by_job_id, at FROM import_undo_kept
            """,
            "DROP TABLE import_undo_kept",
            "ALTER TABLE import_profile DROP COLUMN target",
            "ALTER TABLE import_held_back RENAME COLUMN record_id TO product_id",
        ]
    )
}
