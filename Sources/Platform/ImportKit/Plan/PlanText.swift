package import AdminKit
package import Database
package import ImportEngine
package import Jobs
import Support

/// A plan for the terminal: its numbers, what deserves a look, and the first rows of each kind.
package struct PlanText {
    package let text: String
    /// What is to be answered with yes or no.
    package let question: String

    private static let perState = 5

    /// Nil when the job has no plan that can be read.
    package init?(
        _ job: Job,
        _ connection: Connection,
        _ targets: ImportTargets,
        _ kinds: JobDescriptions
    ) throws {
        let actors = ActorNames(connection, kinds)
        guard let rows = try PlanRows(job, connection, targets, actors) else { return nil }
        let counts = rows.counts
        var lines = ["Nothing has been changed yet. The import would:"]
        for state in PlanState.allCases where counts[state] > 0 {
            lines.append("  \(PlanMessages.title(state).lowercased()): \(counts[state])")
        }
        for warning in PlanJSON.warnings(counts) { lines.append("  note: \(warning.count) rows: \(warning.text)") }
        for finding in ImportGuard.findings(counts) { lines.append("  careful: \(PlanMessages.text(finding))") }
        let odd = try ImportWarningSummary(connection, jobID: job.id)
        if let brands = PlanMessages.text(odd.newBrands) { lines.append("  note: \(brands)") }
        for entry in odd.entries {
            let place = entry.column.isEmpty ? "" : "column \(entry.column): "
            let first = entry.examples.first.map { " (first in line \($0.line))" } ?? ""
            lines.append("  note: \(place)\(entry.count)\(first): \(ImportMessage(code: entry.code).text)")
        }
        let ignored = (job.parameters["ignored"]?.arrayValue ?? []).compactMap(\.stringValue)
        if !ignored.isEmpty { lines.append("  not imported: columns \(ignored.joined(separator: ", "))") }
        for state in PlanState.allCases where state.isChange || state == .reject {
            for row in try rows.page([state], from: 0, limit: Self.perState) { lines.append(Self.line(row)) }
            let more = counts[state] - Int64(Self.perState)
            if more > 0 { lines.append("  … and \(more) more to \(PlanMessages.title(state).lowercased())") }
        }
        text = lines.map(Self.printable).joined(separator: "\n")
        question = counts.changes > 0 ? "Go on?" : "Nothing would change. Finish?"
    }

    private static func line(_ row: PlanRow) -> String {
        let place = row.line.map { "line \($0): " } ?? ""
        let changes = row.changes.map { "\($0.field) \($0.before ?? "empty") -> \($0.after ?? "empty")" }
        let problems = row.problems.map { "\($0.column ?? "row"): \($0.message.text)" }
        let details = (row.state == .create ? [row.name ?? ""] : changes + problems).joined(separator: "; ")
        return "  \(place)\(PlanMessages.title(row.state).lowercased()) \(row.label ?? "?") \(details)"
    }

    /// Texts of a file must not steer the terminal.
    private static func printable(_ line: String) -> String {
        let scalars = line.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }.prefix(400)
        return String(String.UnicodeScalarView(scalars))
    }
}
