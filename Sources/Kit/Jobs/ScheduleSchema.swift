import Database

/// The tables of schedules, of the lanes that are paused, and of what each attempt at a job came to.
enum ScheduleSchema {
    static let migration = Migration(
        "2026-11-30-85 jobs: schedules, paused lanes, attempts",
        up: [
            schedule, run, "CREATE INDEX schedule_run_by_outcome ON schedule_run (outcome, schedule_id, due_at)",
            "CREATE INDEX schedule_run_by_job ON schedule_run (job_id)", lane, attempt,
        ],
        down: ["job_attempt", "job_lane", "schedule_run", "schedule"].map { "DROP TABLE \(ident: $0)" }
    )

    private static let schedule: SQL = """
        CREATE TABLE schedule (
            id \(.identity),
            name TEXT NOT NULL,
            name_norm TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            parameters TEXT NOT NULL DEFAULT '{}',
            cron TEXT NOT NULL,
            time_zone TEXT NOT NULL,
            enabled INTEGER NOT NULL DEFAULT 1,
            missed_policy TEXT NOT NULL CHECK (missed_policy IN ('skip', 'once', 'all')),
            missed_limit INTEGER NOT NULL,
            overlap_policy TEXT NOT NULL CHECK (overlap_policy IN ('skip', 'wait')),
            next_run_at INTEGER,
            last_job_id INTEGER,
            problem TEXT,
            user_id INTEGER,
            version INTEGER NOT NULL DEFAULT 1,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL
        ) \(.strict)
        """

    /// A due time has one row, whoever was first: so it is run once.
    private static let run: SQL = """
        CREATE TABLE schedule_run (
            id \(.identity),
            schedule_id INTEGER NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
            due_at INTEGER NOT NULL,
            is_manual INTEGER NOT NULL DEFAULT 0,
            outcome TEXT NOT NULL CHECK (outcome IN ('started', 'waiting', 'skipped', 'missed', 'failed')),
            job_id INTEGER,
            started_at INTEGER,
            created_at INTEGER NOT NULL,
            UNIQUE (schedule_id, due_at)
        ) \(.strict)
        """

    /// A row is a lane that is paused.
    private static let lane: SQL = """
        CREATE TABLE job_lane (
            name TEXT PRIMARY KEY,
            paused_at INTEGER NOT NULL,
            paused_by TEXT NOT NULL
        ) \(.strict)
        """

    private static let attempt: SQL = """
        CREATE TABLE job_attempt (
            job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
            attempt INTEGER NOT NULL,
            worker TEXT,
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            outcome TEXT,
            processed_rows INTEGER,
            peak_memory_bytes INTEGER,
            PRIMARY KEY (job_id, attempt)
        ) \(.strict)
        """
}
