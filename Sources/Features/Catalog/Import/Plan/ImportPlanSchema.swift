import Database

/// What a confirmed plan did not carry out. The plan itself is a file beside the upload.
enum ImportPlanSchema {
    static let migration = Migration(
        "2026-11-21-21 plan: rows held back",
        up: [heldBack],
        down: ["DROP TABLE import_held_back"]
    )

    /// `entry` is the place in the plan, from 0.
    private static let heldBack: SQL = """
        CREATE TABLE import_held_back (
            job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
            entry INTEGER NOT NULL,
            product_id INTEGER NOT NULL,
            PRIMARY KEY (job_id, entry)
        ) \(.strict)
        """
}
