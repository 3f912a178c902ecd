import AdminKit
import Jobs
import Support
import Web

/// What the API of schedules takes and sends, and what it publishes.
enum ScheduleSchemas {
    /// - Parameter kinds: those that can be scheduled.
    static func all(_ kinds: [JobDescription]) -> [NamedSchema] {
        let writable = writable(kinds)
        return [
            NamedSchema("Schedule", .object(writable + given).example(example)),
            NamedSchema("ScheduleList", .page(of: "Schedule", example: example)),
            NamedSchema("NewSchedule", .object(writable, required: ["name", "kind", "cron"]).example(new)),
            NamedSchema(
                "ScheduleChange",
                .object(
                    writable + given,
                    required: [],
                    "JSON Merge Patch (RFC 7396): what is left out stays, null is the value of a new schedule."
                ).example(["cron": "0 5 * * *", "enabled": true])
            ),
            NamedSchema(
                "ScheduleReplacement",
                .object(
                    writable + given,
                    required: ["name", "kind", "cron"],
                    "All writable members: what is left out is as in a new schedule."
                ).example(new)
            ),
            NamedSchema("SchedulePreview", preview),
            NamedSchema("ScheduleRun", run.example(exampleRun)),
            NamedSchema("ScheduleRunList", .page(of: "ScheduleRun", example: exampleRun)),
            parameters(kinds),
        ]
    }

    private static let jobID = Schema.text(format: "uuid")

    private static func writable(_ kinds: [JobDescription]) -> [(name: String, schema: Schema)] {
        [
            ("name", .text("Unique.", length: 1...Schedule.maxName)),
            ("kind", .choice(kinds.map(\.kind.name), "What kind of job it asks for.")),
            ("parameters", .ref("JobParameters")),
            (
                "cron",
                .text(
                    """
                    Minute, hour, day of the month, month, day of the week, as in crontab(5) with names, ranges, \
                    steps and lists; or @hourly, @daily, @weekly, @monthly, @yearly.
                    """,
                    length: 1...1000
                )
            ),
            ("time_zone", Schema.text("Of the IANA database, e.g. Europe/Lisbon.", length: 1...64).defaultValue("UTC")),
            ("enabled", Schema.boolean("Whether it runs.").defaultValue(true)),
            (
                "missed_policy",
                Schema.choice(
                    Schedule.Missed.allCases.map(\.rawValue),
                    """
                    What becomes of times that passed while nothing could run: skip leaves them out, once makes up for \
                    all of them by one run, all makes up for each.
                    """
                ).defaultValue("once")
            ),
            (
                "missed_limit",
                Schema.integer("How many are made up for by `all`: the newest.", Schedule.missedLimits).defaultValue(10)
            ),
            (
                "overlap_policy",
                Schema.choice(
                    Schedule.Overlap.allCases.map(\.rawValue),
                    "A time at which the job before is not over: skip leaves it out, wait lets one wait for that job."
                ).defaultValue("skip")
            ),
        ]

    }

    private static let given: [(name: String, schema: Schema)] = [
        ("id", .integer()), ("next_run_at", Schema.time("Null when it is off.").orNull),
        ("last_job_id", jobID.orNull), ("last_job_status", Schema.choice(JobSchemas.statuses).orNull),
        ("problem", Schema.text("Why it cannot run.").orNull.with("readOnly", true)),
        ("user_id", Schema.integer("Who saved it last; its jobs are this user's.").orNull),
        ("version", .integer(nil, 1...Int64.max)), ("created_at", .time()), ("updated_at", .time()),
    ]

    /// Of each kind that can be scheduled.
    private static func parameters(_ kinds: [JobDescription]) -> NamedSchema {
        NamedSchema(
            "JobParameters",
            Schema([
                "anyOf": .array(kinds.compactMap { $0.scheduling?.schema.json }),
                "description": "What the job is to do, as its kind says.",
            ]).example(["task": "cleanup"])
        )
    }

    private static let preview = Schema.object([
        "cron": .text(), "time_zone": .text(),
        "next": .list(of: .time(), most: 5, "Empty when it does not come within 50 years."),
    ]).example([
        "cron": "30 6 * * MON-FRI", "time_zone": "Europe/Lisbon",
        "next": ["2026-12-01T06:30:00.000Z", "2026-12-02T06:30:00.000Z"],
    ])

    private static let run = Schema.object([
        "id": .integer(), "due_at": .time(), "manual": .boolean("Whether a user asked for it at that moment."),
        "outcome": .choice(
            ScheduleRun.Outcome.allCases.map(\.rawValue),
            """
            started: a job was made; waiting: it will be when the one before is over; skipped: that was not over; \
            missed: nothing could run; failed: no job could be made.
            """
        ),
        "started_at": Schema.time("When its job was made.").orNull, "job_id": jobID.orNull,
        "job_status": Schema.choice(JobSchemas.statuses).orNull,
    ])

    private static let new: JSON = [
        "name": "Nightly cleanup", "kind": "maintenance", "parameters": ["task": "cleanup"], "cron": "30 3 * * *",
        "time_zone": "Europe/Lisbon",
    ]

    private static let example: JSON = [
        "name": "Nightly cleanup", "kind": "maintenance", "parameters": ["task": "cleanup"], "cron": "30 3 * * *",
        "time_zone": "Europe/Lisbon", "enabled": true, "missed_policy": "once", "missed_limit": 10,
        "overlap_policy": "skip", "id": 1, "next_run_at": "2026-12-01T03:30:00.000Z",
        "last_job_id": "01a2275d-865d-7f50-b865-485a45c5a559", "last_job_status": "completed", "problem": nil,
        "user_id": 1, "version": 1, "created_at": "2026-11-24T17:03:50.397Z",
        "updated_at": "2026-11-24T17:03:50.397Z",
    ]

    private static let exampleRun: JSON = [
        "id": 7, "due_at": "2026-11-30T03:30:00.000Z", "manual": false, "outcome": "started",
        "started_at": "2026-11-30T03:30:00.214Z", "job_id": "01a2275d-865d-7f50-b865-485a45c5a559",
        "job_status": "completed",
    ]

    static let events: [EventType] = [
        EventType(
            "schedule.missed",
            "Times of a schedule passed while nothing could run; published once when it runs again.",
            .object([
                "schedule_id": .integer(), "name": .text(), "missed": .count("How many times passed."),
                "made_up": .count("How many of them are made up for."), "first_due_at": .time(), "last_due_at": .time(),
            ]).example([
                "schedule_id": 1, "name": "Nightly cleanup", "missed": 3, "made_up": 1,
                "first_due_at": "2026-11-27T03:30:00.000Z", "last_due_at": "2026-11-29T03:30:00.000Z",
            ])
        )
    ]
}
