import AdminKit
import Identity
import Jobs
import Markup
import Support
import Web

/// What can be done with the jobs that are ticked, or with all that the filters match.
enum JobSelectionBar {
    /// The form's id; the boxes of the table belong to it.
    static let form = "selected-jobs"

    static func html(_ model: JobListModel, _ shell: Shell) -> HTML {
        let filters = JobFilter.rules.filters.compactMap { name in
            model.state[name].isEmpty ? nil : Form.Hidden(name, model.state[name])
        }
        let all = "All \(Format.count(model.matching, Noun("job", "jobs"))) that match"
        return """
            <form class="selection" id="\(form)" method="post" action="/jobs/bulk" aria-label="Selected jobs">\
            \(shell.csrf.html)\(each: filters, \.html)
            <div class="check"><input type="checkbox" id="all-jobs" name="all" value="1">\
            <label for="all-jobs">\(all)</label></div>
            <div class="actions">
            <button class="button secondary" name="action" value="cancel">Cancel…</button>
            <button class="button secondary" name="action" value="retry">Retry…</button>
            <button class="button quiet-danger" name="action" value="delete">Delete…</button>
            </div></form>
            """
    }
}

/// The lanes: what waits and runs in each, and whether anything begins there.
enum JobLaneView {
    static func html(_ lanes: [JobLaneAPI.Standing], _ shell: Shell) -> HTML {
        """
        <section class="stack ruled" aria-labelledby="lanes-title">
        <h2 id="lanes-title">Lanes</h2>
        <p class="quiet">Jobs of one lane keep no job of another from beginning. In a paused lane none begins.</p>
        \(Table("Lanes", columns: columns(shell), rows: lanes).html)
        </section>
        """
    }

    private static func columns(_ shell: Shell) -> [Column<JobLaneAPI.Standing>] {
        [
            Column("Lane", style: "wide", isRowHeading: true) { HTML(escaping: $0.title) },
            .number("Waiting") { HTML(escaping: Format.integer($0.waiting)) },
            .number("Running") { HTML(escaping: Format.integer($0.running)) },
            Column("State") { lane in
                guard let paused = lane.paused else { return StatusBadge("On", .success).html }
                return """
                    \(StatusBadge("Paused", .warning).html)\
                    <span class="row-note">since \(Time(paused.at).html)</span>
                    """
            },
            Column("Action") { lane in
                guard lane.acting.isSubset(of: shell.permissions) else { return .absent }
                let verb = lane.paused == nil ? "pause" : "resume"
                return """
                    <form method="post" action="/jobs/lanes/\(lane.name.percentEncoded)/\(verb)">\(shell.csrf.html)\
                    <button class="button secondary">\(lane.paused == nil ? "Pause" : "Resume")\
                    <span class="visually-hidden"> \(lane.title)</span></button></form>
                    """
            },
        ]
    }
}
