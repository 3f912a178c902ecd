import AdminKit
import Jobs
import Markup
import Support

/// Who worked at a job, and what the processes said of it.
enum JobAttemptView {
    static func html(_ attempts: [JobAttempt]) -> HTML {
        guard !attempts.isEmpty else { return "" }
        return """
            <section class="stack" aria-labelledby="attempts-title">
            <h2 id="attempts-title">Attempts</h2>
            \(Table("Attempts", columns: columns, rows: attempts).html)
            </section>
            """
    }

    private static var columns: [Column<JobAttempt>] {
        [
            Column("Attempt", isRowHeading: true) { HTML(escaping: Format.integer($0.number)) },
            Column("Started") { Time($0.startedAt, seconds: true).html },
            Column("Took", style: "number") { attempt in
                attempt.endedAt.map { end in
                    let span = end.milliseconds - attempt.startedAt.milliseconds
                    return HTML(escaping: Format.duration(milliseconds: span))
                } ?? .absent
            },
            Column("Result") { attempt in attempt.outcome.map { badge($0).html } ?? StatusBadge("Running", .info).html
            },
            Column("Memory", style: "number") { attempt in
                attempt.peakMemoryBytes.map { HTML(escaping: Format.bytes($0)) } ?? .absent
            },
            Column("Process", style: "number") { HTML.text(process($0.worker)) },
        ]
    }

    /// The number of the process: a worker is named by boot, process and start.
    private static func process(_ worker: String?) -> String? {
        guard let parts = worker?.split(separator: "/"), parts.count == 3 else { return nil }
        return String(parts[1])
    }

    private static func badge(_ outcome: JobAttempt.Outcome) -> StatusBadge {
        switch outcome {
        case .completed: StatusBadge("Completed", .success)
        case .failed: StatusBadge("Failed", .danger)
        case .cancelled: StatusBadge("Cancelled", .neutral)
        case .asked: StatusBadge("Asked for review", .info)
        case .postponed: StatusBadge("Put off", .warning)
        case .handedOn: StatusBadge("Stopped with Bodega", .neutral)
        case .died: StatusBadge("Process died", .danger)
        case .lost: StatusBadge("Process lost", .danger)
        case .givenUp: StatusBadge("Given up", .warning)
        }
    }

    /// The newest lines of the system log about it.
    static func log(_ lines: [SystemLogLine]) -> HTML {
        guard !lines.isEmpty else { return "" }
        let text = lines.map { line in
            let reason = line.extras.first { $0.name == "reason" }.map { ": \($0.value)" } ?? ""
            return "\(line.createdAt.rfc3339) \(line.level.rawValue) \(line.message)\(reason)"
        }.joined(separator: "\n")
        return """
            <details><summary>System log</summary><pre class="log">\(text)</pre></details>
            """
    }
}
