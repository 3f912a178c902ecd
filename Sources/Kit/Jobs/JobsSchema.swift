public import Database

/// The tables of long operations and of what is told about them.
public enum JobsSchema {
    public static let migrations: [Migration] = [
        Migration(
            "2026-11-21-02 jobs: job, row errors, events, outbox",
            up: [
                job, jobByStatus, jobByUser, jobByKind, rowError, rowErrorByJob, event, eventByTopic, outbox, heartbeat,
            ],
            down: ["heartbeat", "outbox", "event", "job_row_error", "job"].map { "DROP TABLE \(ident: $0)" }
        ),
        Migration(
            "2026-11-21-22 jobs: undo, kept files, queues",
            up: [
                "ALTER TABLE job ADD COLUMN undo TEXT NOT NULL DEFAULT 'none'",
                "ALTER TABLE job ADD COLUMN file_kept INTEGER NOT NULL DEFAULT 0",
                "ALTER TABLE job ADD COLUMN earlier_changes INTEGER NOT NULL DEFAULT 0",
                "ALTER TABLE job ADD COLUMN duplicate_of INTEGER",
                "ALTER TABLE job ADD COLUMN waiting_for INTEGER",
                "CREATE INDEX job_by_file_hash ON job (file_hash)",
            ],
            down: ["DROP INDEX job_by_file_hash"]
                + ["waiting_for", "duplicate_of", "earlier_changes", "file_kept", "undo"].map {
                    "ALTER TABLE job DROP COLUMN \(ident: $0)"
                }
        ),
        Migration(
            "2026-11-21-25 jobs: row warnings",
            up: [rowWarning, rowWarningByJob, rowWarningCount],
            down: ["DROP TABLE job_row_warning_count", "DROP TABLE job_row_warning"]
        ),
        Migration(
            "2026-11-25-25 jobs: rows corrected in vain",
            up: [rowCorrection],
            down: ["DROP TABLE job_row_correction"]
        ),
        Migration("2026-11-30-01 jobs: alerts", up: [alert], down: ["DROP TABLE alert"]),
        Migration(
            "2026-11-30-21 jobs: which data folder it is",
            up: ["CREATE TABLE data_folder (id TEXT PRIMARY KEY, given_at INTEGER NOT NULL) \(.strict)"],
            down: ["DROP TABLE data_folder"]
        ),
        Migration(
            "2026-11-30-31 jobs: working time, takeovers",
            up: [
                "ALTER TABLE job ADD COLUMN working_since INTEGER",
                "ALTER TABLE job ADD COLUMN working_ms INTEGER NOT NULL DEFAULT 0",
                "ALTER TABLE job ADD COLUMN takeovers INTEGER NOT NULL DEFAULT 0",
                "ALTER TABLE job ADD COLUMN resumed_after INTEGER",
                // How long a person was waited for in between nobody has noted for the jobs before.
                """
                UPDATE job SET working_ms = completed_at - started_at
                WHERE started_at IS NOT NULL AND completed_at > started_at
                """,
            ],
            down: ["resumed_after", "takeovers", "working_ms", "working_since"].map {
                "ALTER TABLE job DROP COLUMN \(ident: $0)"
            }
        ),
        Migration(
            "2026-11-30-61 jobs: public ids and consumers of the outbox",
            up: [
                "ALTER TABLE outbox ADD COLUMN event_id TEXT NOT NULL DEFAULT ''",
                "ALTER TABLE outbox ADD COLUMN payload_version INTEGER NOT NULL DEFAULT 1",
                outboxIDs,
                "CREATE UNIQUE INDEX outbox_by_event_id ON outbox (event_id)",
                """
                CREATE TABLE outbox_consumer (
                    name TEXT PRIMARY KEY,
                    last_id INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL
                ) \(.strict)
                """,
            ],
            down: [
                "DROP TABLE outbox_consumer", "DROP INDEX outbox_by_event_id",
                "ALTER TABLE outbox DROP COLUMN payload_version", "ALTER TABLE outbox DROP COLUMN event_id",
            ]
        ),
        ScheduleSchema.migration,
        Migration(
            "2026-11-30-95 jobs: events that are told where somebody asks for them",
            up: [
                """
                CREATE TABLE outbox_request (
                    type TEXT NOT NULL,
                    consumer TEXT NOT NULL,
                    asked_at INTEGER NOT NULL,
                    PRIMARY KEY (type, consumer)
                ) \(.strict)
                """
            ],
            down: ["DROP TABLE outbox_request"]
        ),
        JobStore.putAwayMigration,
    ]

    /// UUIDv7 for the rows that are there: their moment, then random bits.
    private static let outboxIDs: SQL = """
        UPDATE outbox SET event_id = PRINTF('%08x-%04x-7%s-%s%s-%s', created_at >> 16, created_at & 65535,
            SUBSTR(LOWER(HEX(RANDOMBLOB(2))), 2), SUBSTR('89ab', 1 + ABS(RANDOM() % 4), 1),
            SUBSTR(LOWER(HEX(RANDOMBLOB(2))), 2), LOWER(HEX(RANDOMBLOB(6))))
        """

    private static let job: SQL = """
        CREATE TABLE job (
            id \(.identity),
            public_id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            display_name TEXT NOT NULL,
            description TEXT,
            status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'validating',
                'awaiting_confirmation', 'processing', 'completed', 'failed', 'cancelled')),
            stage TEXT,
            progress INTEGER NOT NULL DEFAULT 0,
            filename TEXT,
            total_rows INTEGER NOT NULL DEFAULT 0,
            processed_rows INTEGER NOT NULL DEFAULT 0,
            created_rows INTEGER NOT NULL DEFAULT 0,
            updated_rows INTEGER NOT NULL DEFAULT 0,
            unchanged_rows INTEGER NOT NULL DEFAULT 0,
            skipped_rows INTEGER NOT NULL DEFAULT 0,
            failed_rows INTEGER NOT NULL DEFAULT 0,
            rows_per_second REAL,
            peak_memory_bytes INTEGER,
            error_message TEXT,
            parameters TEXT NOT NULL DEFAULT '{}',
            options TEXT NOT NULL DEFAULT '{}',
            result TEXT,
            output_log TEXT NOT NULL DEFAULT '',
            user_id INTEGER,
            priority INTEGER NOT NULL DEFAULT 100,
            attempt INTEGER NOT NULL DEFAULT 0,
            max_attempts INTEGER NOT NULL DEFAULT 3,
            barren_attempts INTEGER NOT NULL DEFAULT 0,
            waiting_reason TEXT,
            worker TEXT,
            lease_until INTEGER NOT NULL DEFAULT 0,
            heartbeat_at INTEGER,
            cancel_requested INTEGER NOT NULL DEFAULT 0,
            checkpoint TEXT,
            file_hash TEXT,
            undo_of INTEGER,
            undone_by INTEGER,
            scheduled_at INTEGER NOT NULL,
            started_at INTEGER,
            completed_at INTEGER,
            meta_data TEXT,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) \(.strict)
        """

    private static let jobByStatus: SQL = "CREATE INDEX job_by_status ON job (status, priority, scheduled_at)"
    private static let jobByUser: SQL = "CREATE INDEX job_by_user ON job (user_id, status)"
    private static let jobByKind: SQL = "CREATE INDEX job_by_kind ON job (kind, created_at)"

    private static let rowError: SQL = """
        CREATE TABLE job_row_error (
            id \(.identity),
            job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
            row INTEGER NOT NULL,
            line INTEGER NOT NULL,
            byte_offset INTEGER NOT NULL,
            byte_length INTEGER NOT NULL,
            column_name TEXT,
            code TEXT NOT NULL,
            message TEXT NOT NULL,
            value TEXT,
            created_at INTEGER NOT NULL
        ) \(.strict)
        """

    private static let rowErrorByJob: SQL = "CREATE INDEX job_row_error_by_job ON job_row_error (job_id, row, id)"

    /// A failing row as it came back last, where that is not how it stands in the file.
    private static let rowCorrection: SQL = """
        CREATE TABLE job_row_correction (
            job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
            row INTEGER NOT NULL,
            record \(.bytes) NOT NULL,
            PRIMARY KEY (job_id, row)
        ) \(.strict)
        """

    /// Examples of what is odd about records that were taken.
    private static let rowWarning: SQL = """
        CREATE TABLE job_row_warning (
            id \(.identity),
            job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
            row INTEGER NOT NULL,
            line INTEGER NOT NULL,
            byte_offset INTEGER NOT NULL,
            byte_length INTEGER NOT NULL,
            column_name TEXT,
            code TEXT NOT NULL,
            message TEXT NOT NULL,
            value TEXT,
            created_at INTEGER NOT NULL
        ) \(.strict)
        """

    private static let rowWarningByJob: SQL = "CREATE INDEX job_row_warning_by_job ON job_row_warning (job_id, id)"

    private static let rowWarningCount: SQL = """
        CREATE TABLE job_row_warning_count (
            job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
            code TEXT NOT NULL,
            column_name TEXT NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (job_id, code, column_name)
        ) \(.strict)
        """

    private static let event: SQL = """
        CREATE TABLE event (
            id \(.identity),
            topic TEXT NOT NULL,
            type TEXT NOT NULL,
            data TEXT NOT NULL,
            created_at INTEGER NOT NULL
        ) \(.strict)
        """

    private static let eventByTopic: SQL = "CREATE INDEX event_by_topic ON event (topic, id)"

    private static let outbox: SQL = """
        CREATE TABLE outbox (
            id \(.identity),
            type TEXT NOT NULL,
            subject_id TEXT,
            data TEXT NOT NULL,
            actor TEXT NOT NULL,
            request_id TEXT,
            job_id INTEGER,
            created_at INTEGER NOT NULL
        ) \(.strict)
        """

    private static let alert: SQL = """
        CREATE TABLE alert (
            name TEXT PRIMARY KEY,
            detail TEXT NOT NULL,
            raised_at INTEGER NOT NULL,
            expires_at INTEGER
        ) \(.strict)
        """

    private static let heartbeat: SQL = """
        CREATE TABLE heartbeat (name TEXT PRIMARY KEY, beaten_at INTEGER NOT NULL, detail TEXT NOT NULL) \(.strict)
        """
}
