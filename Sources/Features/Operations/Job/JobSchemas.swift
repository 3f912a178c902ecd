import Jobs
import Support
import Web

/// What the API of jobs sends.
enum JobSchemas {
    static let all: [NamedSchema] = [
        NamedSchema("Job", job.example(JobExamples.job)),
        NamedSchema("JobList", .page(of: "Job", example: JobExamples.job)),
        NamedSchema(
            "JobAccepted",
            accepted.example(["job_id": JobExamples.job["id"] ?? .null, "job": JobExamples.job])
        ),
        NamedSchema("JobLinks", links), NamedSchema("RowError", rowError.example(JobExamples.rowError)),
        NamedSchema("StreamTicket", streamTicket.example(JobExamples.streamTicket)),
        NamedSchema("RowErrorList", .page(of: "RowError", example: JobExamples.rowError)),
        NamedSchema("JobChange", JobSchemas.change), NamedSchema("JobAttempts", attempts),
        NamedSchema("JobBulk", JobBulkAPI.request), NamedSchema("JobBulkResult", JobBulkAPI.result),
        NamedSchema("JobLane", JobLaneAPI.lane), NamedSchema("JobLanes", JobLaneAPI.lanes),
        NamedSchema("JobEvents", event("`event: progress` with a Job as data; `event: end` last. WHATWG HTML, 9.2.")),
        NamedSchema("Events", event("Events of several topics, each with one line of JSON. WHATWG HTML, 9.2.")),
    ]

    /// One event of a stream; a field that is not sent is left out. A client that knows no streams reads a text.
    private static func event(_ description: String) -> Schema {
        let event = Schema.object(
            [
                "id": .text("For Last-Event-ID.", pattern: "^[0-9]*$"), "event": .text("progress, end, reset …"),
                "data": .text("One line of JSON."),
            ],
            required: []
        ).with("additionalProperties", true)
        return Schema(["anyOf": [event.json, Schema.text().json]]).described(description)
            .example(["id": "13", "event": "end", "data": .string(JobExamples.job.text)])
    }

    static let statuses = Job.Status.allCases.map(\.rawValue)

    private static let jobID = Schema.text(format: "uuid")

    private static let job = Schema.object([
        "id": jobID,
        "kind": .text("What is done, e.g. `product_import`."),
        "display_name": .text("The same for people."),
        "status": .choice(statuses),
        "stage": .text("An import: counting, validating, importing, indexing, done. Others have their own.").orNull,
        "progress": .integer("Per cent; 100 only when it is over.", 0...100),
        "filename": .text().orNull,
        "total_rows": .count(), "processed_rows": .count("The sum of the five that follow."),
        "created_rows": .count(), "updated_rows": .count(), "unchanged_rows": .count(), "skipped_rows": .count(),
        "failed_rows": .count(),
        "error_message": .text().orNull,
        "priority": .integer("Of jobs that wait the one with the smallest number begins first.", Job.priorities),
        "attempt": .count("Grows whenever a worker begins it."),
        "takeovers": .count("How often another worker went on where one had stopped without an end."),
        "working_ms": .count("How long workers were at it, without the time in which it waited, for a person too."),
        "worker_alive": .boolean("Null unless it runs.").orNull,
        "rows_per_second": .count().orNull, "eta_seconds": .count().orNull,
        "waiting_reason": .text("Why it waits, e.g. `disk_full`.").orNull,
        "peak_memory_bytes": .count().orNull,
        "waiting_for": jobID.described("The job that must end first.").orNull,
        "undo_of": jobID.described("The job that this one takes back.").orNull,
        "undone_by": jobID.described("The job that took this one back, all or part of it.").orNull,
        "duplicate_of": jobID.described("An earlier job with the same file.").orNull,
        "user_id": .integer("Who asked for it.").orNull,
        "options": Schema.anything.described("What the caller chose; null for who may not see what the rows hold."),
        "found": Schema.object([
            "kind": .text("`delimited`, `xlsx`, `ndjson` or `json`."),
            "encoding": .text("In which the file is read, found or said."),
            "likely_encodings": Schema.list(
                of: .text(),
                "Where the encoding is only a guess: what it may be, the best first. Else empty."
            ),
        ]).described("What the file of an import was found to be.").orNull,
        "result": Schema.anything
            .described("What the kind of job has to say when it is over; null for who may not see what the rows hold."),
        "created_at": .time(), "started_at": Schema.time().orNull, "completed_at": Schema.time().orNull,
        "links": .ref("JobLinks"),
    ])

    private static let links: Schema = {
        let names = [
            "self", "events", "errors", "errors_csv", "repair", "plan", "confirm", "replan", "cancel", "retry",
            "restart", "undo", "attempts", "delete", "file",
        ]
        return .object(
            names.map { (name: $0, schema: Schema.text()) },
            required: [],
            "Paths of what you can read or do now; what is not there the job's state or your permissions forbid."
        )
    }()

    private static let change = Schema.object(
        ["priority": .integer("The smallest begins first; 100 where nothing was said.", Job.priorities)],
        required: []
    ).example(["priority": 10])

    private static let attempts = Schema.object([
        "items": .list(
            of: .object([
                "attempt": .count(),
                "worker": Schema.text("The boot of the machine, the process and its start.").orNull,
                "started_at": .time(),
                "ended_at": Schema.time("Null while it is at it.").orNull,
                "outcome": Schema.choice(JobAttempt.Outcome.allCases.map(\.rawValue), "How it ended.").orNull,
                "processed_rows": Schema.count("Of all attempts up to its end.").orNull,
                "peak_memory_bytes": Schema.count().orNull,
            ]),
            "The newest first, 50 at most."
        ),
        "next": Schema.text().orNull,
    ]).example([
        "items": [
            [
                "attempt": 1, "worker": "e1306b32-6fde-40a0-8ac2-0e533cd21543/17970/433160",
                "started_at": "2026-11-24T17:03:50.484Z",
                "ended_at": "2026-11-24T17:03:50.518Z", "outcome": "completed", "processed_rows": 3,
                "peak_memory_bytes": 17575936,
            ]
        ], "next": nil,
    ])

    private static let accepted = Schema.object(["job_id": jobID, "job": .ref("Job")])

    private static let streamTicket = Schema.object([
        "ticket": .text("Good for GET of the job's events only, and as long as the session or token behind it."),
        "events": .text("The path of the stream with the ticket in it, for `new EventSource`."),
        "expires_at": .time("The stream must be open by then; an open one may come back for a day."),
    ])

    private static let rowError = Schema.object([
        "row": .count("The record's number; the header is not counted."),
        "line": .count("Where it starts in the file; the header is line 1."),
        "byte_offset": .count(), "byte_length": .count(),
        "column": .text().orNull,
        "code": .ref("RowCode"),
        "message": .text("What is wrong and how to put it right."),
        "value": .text("What stands there.").orNull,
    ])
}
