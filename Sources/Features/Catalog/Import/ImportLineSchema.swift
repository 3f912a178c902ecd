import Database

/// What imports keep of lines that have no key of their own.
enum ImportLineSchema {
    static let migration = Migration(
        "2026-12-01-21 imports: lines that were corrected",
        up: [
            """
            CREATE TABLE import_corrected_line (
                job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
                row INTEGER NOT NULL,
                digest TEXT NOT NULL,
                PRIMARY KEY (job_id, row)
            ) \(.strict)
            """
        ],
        down: ["DROP TABLE import_corrected_line"]
    )
}
