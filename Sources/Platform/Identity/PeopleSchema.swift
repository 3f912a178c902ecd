import Database

/// What came to the tables of people after the first release of them.
enum PeopleSchema {
    static let migrations: [Migration] = [
        Migration(
            "2026-11-25-11 identity: user versions and search, reset links, rotation of tokens",
            up: [
                "ALTER TABLE \"user\" ADD COLUMN version INTEGER NOT NULL DEFAULT 1",
                "ALTER TABLE \"user\" ADD COLUMN search_text TEXT NOT NULL DEFAULT ''",
                fillSearchText,
                "ALTER TABLE api_token ADD COLUMN previous_hash \(.bytes)",
                "ALTER TABLE api_token ADD COLUMN previous_until INTEGER",
                "CREATE UNIQUE INDEX api_token_by_previous ON api_token (previous_hash)",
                passwordReset,
                "CREATE INDEX password_reset_by_user ON password_reset (user_id)",
            ],
            down: [
                "DROP TABLE password_reset",
                "DROP INDEX api_token_by_previous",
                "ALTER TABLE api_token DROP COLUMN previous_until",
                "ALTER TABLE api_token DROP COLUMN previous_hash",
                "ALTER TABLE \"user\" DROP COLUMN search_text",
                "ALTER TABLE \"user\" DROP COLUMN version",
            ]
        ),
        Migration(
            "2026-11-29-01 identity: login attempts by address",
            up: ["CREATE INDEX login_attempt_by_address ON login_attempt (address, created_at, account_hash)"],
            down: ["DROP INDEX login_attempt_by_address"]
        ),
    ]

    // Email address and username are folded already; names could not be given before, so LOWER folds enough.
    private static let fillSearchText: SQL = """
        UPDATE "user" SET search_text = email || ' ' || COALESCE(username_folded, '') || ' '
            || LOWER(COALESCE(first_name, '')) || ' ' || LOWER(COALESCE(last_name, ''))
        """

    private static let passwordReset: SQL = """
        CREATE TABLE password_reset (
            id \(.identity),
            user_id INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
            token_hash \(.bytes) NOT NULL UNIQUE,
            expires_at INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        ) \(.strict)
        """
}
