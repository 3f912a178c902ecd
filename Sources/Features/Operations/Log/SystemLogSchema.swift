import Database

/// The tables of the system log.
enum SystemLogSchema {
    static let migrations: [Migration] = [
        Migration(
            "2026-11-25-22 system log: lines, and how far they were collected",
            up: [log, byLevel, byTime, byLogger, byRequest, byJob, byUser, place, begin],
            down: ["DROP TABLE system_log_place", "DROP TABLE system_log"]
        )
    ]

    // No foreign keys: a line outlives what it is about, and must never be refused.
    private static let log: SQL = """
        CREATE TABLE system_log (
            id \(.identity),
            created_at INTEGER NOT NULL,
            level TEXT NOT NULL CHECK (level IN ('debug', 'info', 'warning', 'error')),
            logger_name TEXT NOT NULL,
            message TEXT NOT NULL,
            module TEXT NOT NULL,
            function TEXT NOT NULL,
            line_number INTEGER NOT NULL,
            user_id INTEGER,
            job_id INTEGER,
            session_id INTEGER,
            request_id TEXT,
            extra_data TEXT NOT NULL,
            stack_trace TEXT,
            search_text TEXT NOT NULL
        ) \(.strict)
        """

    private static let byLevel: SQL = "CREATE INDEX system_log_by_level ON system_log (level, created_at)"
    private static let byTime: SQL = "CREATE INDEX system_log_by_time ON system_log (created_at)"
    private static let byLogger: SQL = "CREATE INDEX system_log_by_logger ON system_log (logger_name, id)"
    private static let byRequest: SQL = """
        CREATE INDEX system_log_by_request ON system_log (request_id, id) WHERE request_id IS NOT NULL
        """
    private static let byJob: SQL = "CREATE INDEX system_log_by_job ON system_log (job_id, id) WHERE job_id IS NOT NULL"
    private static let byUser: SQL = """
        CREATE INDEX system_log_by_user ON system_log (user_id, id) WHERE user_id IS NOT NULL
        """

    // Changes in the transaction that adds the lines: so none is lost or added twice.
    private static let place: SQL = """
        CREATE TABLE system_log_place (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            spool TEXT NOT NULL,
            position INTEGER NOT NULL
        ) \(.strict)
        """

    private static let begin: SQL = "INSERT INTO system_log_place (id, spool, position) VALUES (1, '', 0)"
}
