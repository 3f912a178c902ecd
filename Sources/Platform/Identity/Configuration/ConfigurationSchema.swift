import Database

/// The tables of the configuration.
enum ConfigurationSchema {
    static let migrations: [Migration] = [
        Migration(
            "2026-11-25-02 configuration: values",
            up: [configuration, state, "INSERT INTO configuration_state (id, version) VALUES (1, 0)"],
            down: ["DROP TABLE configuration_state", "DROP TABLE configuration"]
        )
    ]

    // Only what a user has chosen has a row; description, default and rule are in the code, beside what reads them.
    private static let configuration: SQL = """
        CREATE TABLE configuration (
            id \(.identity),
            key TEXT NOT NULL UNIQUE,
            value TEXT NOT NULL,
            data_type TEXT NOT NULL
                CHECK (data_type IN ('string', 'integer', 'decimal', 'boolean', 'json', 'secret')),
            is_encrypted INTEGER NOT NULL DEFAULT 0 CHECK (is_encrypted IN (0, 1)),
            version INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) \(.strict)
        """

    // Counts every change, so that all processes see with one look whether there was any.
    private static let state: SQL = """
        CREATE TABLE configuration_state (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            version INTEGER NOT NULL
        ) \(.strict)
        """
}
