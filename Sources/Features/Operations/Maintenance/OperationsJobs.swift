import AdminKit
import Identity
import Jobs
import Markup
import Support

/// The kinds of jobs of Operations: the installation's own work.
enum OperationsJobs {
    static let all: [JobDescription] = [
        JobDescription(
            Maintenance.job,
            title: "Maintenance",
            inspecting: JobPermissions(.readJobs),
            acting: JobPermissions(.runJobs),
            // They cannot be taken back; the routes for that ask for this anyway.
            undoing: JobPermissions(.undoImports),
            scheduling: JobScheduling(
                "Keeps the database small, fast and sound.",
                parameters: [
                    .init(
                        "task",
                        "Task",
                        choices: Maintenance.Task.allCases.map { FormField.Choice($0.rawValue, $0.title) }
                    )
                ]
            ),
            panel: MaintenancePanel.html
        ),
        JobDescription(
            BooksCheck.job,
            title: "Check of the books",
            inspecting: JobPermissions(.readJobs),
            acting: JobPermissions(.runJobs),
            // They cannot be taken back; the routes for that ask for this anyway.
            undoing: JobPermissions(.undoImports),
            scheduling: JobScheduling(
                "Checks that every row of every job is counted once, and that the audit trail is whole."
            ),
            panel: MaintenancePanel.html
        ),
    ]
}

/// What such a job has found or removed.
enum MaintenancePanel {
    private static let words: [(member: String, label: String)] = [
        ("jobs", "Jobs"), ("events", "Events removed"), ("outbox", "Rows of the outbox removed"),
        ("log_lines", "Log lines removed"), ("faults", "Damaged places"), ("dangling", "References to nothing"),
        ("unbalanced", "Jobs that do not balance"), ("audit_rows", "Rows of the audit trail"),
        ("audit_faults", "Faults of the audit trail"),
    ]

    @Sendable static func html(_ job: Job, _ context: RequestContext) -> HTML {
        guard let result = job.result else { return "" }
        let isCleanup = result["task"]?.stringValue == Maintenance.Task.cleanup.rawValue
        let facts = words.compactMap { word -> (String, String)? in
            guard let value = result[word.member] else { return nil }
            let count = value.arrayValue.map { Int64($0.count) } ?? value.intValue ?? 0
            let label = word.member == "jobs" ? (isCleanup ? "Jobs removed" : "Jobs added up") : word.label
            return (label, Format.integer(count))
        }
        guard !facts.isEmpty else { return "" }
        return "<dl class=\"facts\">\(each: facts, { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" })</dl>"
    }
}
