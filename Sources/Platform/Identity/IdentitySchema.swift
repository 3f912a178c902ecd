package import Database

/// The tables of people and of their ways in, and those whose SQL Kit/Database has because jobs need them too: the
/// trail of what they do, and the time that was seen.
package enum IdentitySchema {
    package static let migrations: [Migration] =
        AuditSchema.migrations + SeenTimeSchema.migrations + ConfigurationSchema.migrations + [
            Migration(
                "2026-11-21-01 identity: users, sessions, tokens",
                up: [
                    user, session, sessionByUser, apiToken, apiTokenByUser, loginAttempt, loginAttemptByPair,
                    loginAttemptByTime,
                ],
                down: ["login_attempt", "api_token", "session", "user"].map { "DROP TABLE \(ident: $0)" }
            )
        ] + PeopleSchema.migrations + IdempotencySchema.migrations + StreamTicketSchema.migrations
        + AuditNoteSchema.migrations

    // "user" is a reserved word in PostgreSQL, so it stands in quotes everywhere.
    private static let user: SQL = """
        CREATE TABLE "user" (
            id \(.identity),
            email TEXT NOT NULL UNIQUE,
            username TEXT,
            username_folded TEXT UNIQUE,
            password_hash TEXT NOT NULL,
            first_name TEXT,
            last_name TEXT,
            role TEXT NOT NULL CHECK (role IN ('admin', 'editor', 'viewer')),
            is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
            verified_at INTEGER,
            last_login_at INTEGER,
            failed_logins INTEGER NOT NULL DEFAULT 0,
            locked_until INTEGER,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) \(.strict)
        """

    private static let session: SQL = """
        CREATE TABLE session (
            id \(.identity),
            token_hash \(.bytes) NOT NULL UNIQUE,
            user_id INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
            ip TEXT NOT NULL,
            user_agent TEXT NOT NULL,
            last_seen_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        ) \(.strict)
        """

    private static let sessionByUser: SQL = "CREATE INDEX session_by_user ON session (user_id)"

    private static let apiToken: SQL = """
        CREATE TABLE api_token (
            id \(.identity),
            user_id INTEGER NOT NULL REFERENCES "user" (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            prefix TEXT NOT NULL,
            token_hash \(.bytes) NOT NULL UNIQUE,
            scopes TEXT NOT NULL,
            last_used_at INTEGER,
            expires_at INTEGER,
            revoked_at INTEGER,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) \(.strict)
        """

    private static let apiTokenByUser: SQL = "CREATE INDEX api_token_by_user ON api_token (user_id)"

    private static let loginAttempt: SQL = """
        CREATE TABLE login_attempt (
            id \(.identity),
            account_hash \(.bytes) NOT NULL,
            address TEXT NOT NULL,
            created_at INTEGER NOT NULL
        ) \(.strict)
        """

    private static let loginAttemptByPair: SQL =
        "CREATE INDEX login_attempt_by_pair ON login_attempt (account_hash, address, created_at)"
    private static let loginAttemptByTime: SQL = "CREATE INDEX login_attempt_by_time ON login_attempt (created_at)"
}
