import AdminKit
import Identity
import Jobs
import Markup
import Support
import Web

/// What the page of one schedule shows, new or not.
struct ScheduleEditModel: Sendable {
    /// Nil for a new one.
    var stored: Schedule?
    var kind: String
    var kindTitle = ""
    /// What its jobs are good for.
    var purpose: String?
    /// With the values as typed and the problems at their fields.
    var fields: [FormField]
    /// Problems of no single field.
    var problems: [Problem]
    /// Why it cannot run.
    var problem: String?
    /// When it runs, in words; nil while that is not clear.
    var when: String?
    var zone = ""
    var next: [Timestamp] = []
    var mayRun = false
    var mayWrite = false
    var runs: [ScheduleRun] = []
    var pagination: Pagination?

    init(stored: Schedule?, kind: String, fields: [FormField], problems: [Problem]) {
        self.stored = stored
        self.kind = kind
        self.fields = fields
        self.problems = problems
    }
}

/// The page of one schedule: what it has done and when, its next times, and what came of the last ones.
enum ScheduleEditView {
    /// What can be scheduled, to choose from.
    static func choice(of kinds: [JobDescription], in shell: Shell) -> HTML {
        let items: HTML = """
            \(each: kinds, { kind in
                """
                <li><a href="\(SchedulePath.new.description)?kind=\(kind.kind.name.percentEncoded)">\(kind.title)</a>
                <p class="quiet">\(kind.scheduling?.purpose)</p></li>
                """
            })
            """
        return Page(
            "New schedule",
            parent: Link("Schedules", SchedulePath.list.description),
            content: "<p>What is to be done?</p><ul class=\"stack\">\(items)</ul>"
        ).html(in: shell)
    }

    static func html(_ model: ScheduleEditModel, in shell: Shell) -> HTML {
        Page(
            model.stored?.name ?? "New schedule",
            parent: Link("Schedules", SchedulePath.list.description),
            badge: model.stored.map { state(model, $0).html } ?? "",
            meta: meta(model),
            actions: actions(model, shell),
            errors: ErrorSummary(model.fields, general: model.problems).html,
            content: """
                \(model.problem.map { Banner(.danger, $0).html })
                \(if: model.when != nil, nextRuns(model))
                \(if: model.mayWrite, form(model, shell))
                \(if: !model.mayWrite, settings(model))
                \(history(model))
                """
        ).html(in: shell)
    }

    private static func state(_ model: ScheduleEditModel, _ schedule: Schedule) -> StatusBadge {
        if model.problem != nil { return StatusBadge("Stopped", .danger) }
        return schedule.isEnabled ? StatusBadge("On", .success) : StatusBadge("Off", .neutral)
    }

    private static func meta(_ model: ScheduleEditModel) -> HTML {
        let changed: HTML? = model.stored.map { " · changed \(Time($0.updatedAt).html)" }
        let purpose: HTML? = model.stored == nil ? model.purpose.map { " · \($0)" } : nil
        return "\(model.kindTitle)\(purpose)\(changed)"
    }

    private static func actions(_ model: ScheduleEditModel, _ shell: Shell) -> HTML {
        guard let stored = model.stored else { return "" }
        let run = Form.button("Run now", action: SchedulePath.run(stored.id).description, csrf: shell.csrf)
        return "\(if: model.mayRun, run)"
    }

    private static func nextRuns(_ model: ScheduleEditModel) -> HTML {
        let list: HTML = """
            <ol class="plain">\(each: model.next, { "<li>\(Time($0).html)</li>" })</ol>
            """
        return """
            <section class="stack" aria-labelledby="next-title">
            <h2 id="next-title">Next runs</h2>
            <p>\(model.when), \(model.zone)\
            \(if: model.stored?.isEnabled == false, "<span class=\"quiet\"> – while it is on</span>")</p>
            \(if: !model.next.isEmpty, list)\(if: model.next.isEmpty, "<p>None within 50 years.</p>")
            </section>
            """
    }

    private static func form(_ model: ScheduleEditModel, _ shell: Shell) -> HTML {
        let delete: HTML? = model.stored.map { stored in
            """
            <span class="push">\(Link(
                "Delete schedule…",
                SchedulePath.delete(stored.id).description
            ).button(.quietDanger))</span>
            """
        }
        return Form(
            action: (model.stored.map { SchedulePath.one($0.id) } ?? SchedulePath.new).description,
            csrf: shell.csrf,
            fields: model.fields,
            hidden: model.stored.map { [Form.Hidden("version", String($0.version))] }
                ?? [Form.Hidden("kind", model.kind)],
            submit: model.stored == nil ? "Create schedule" : "Save changes",
            cancel: Link("Cancel", SchedulePath.list.description),
            aside: """
                <button class="button secondary" name="preview" value="1">Show next runs</button>\(delete)
                """
        ).html
    }

    /// For those who may not change it.
    private static func settings(_ model: ScheduleEditModel) -> HTML {
        let rows = model.fields.map { field -> (String, String) in
            switch field.kind {
            case .select(let choices):
                return (field.label, choices.first { $0.value == field.value }?.title ?? field.value)
            case .checkbox: return (field.label, field.value == "1" ? "Yes" : "No")
            default: return (field.label, field.value)
            }
        }
        return """
            <section class="stack" aria-labelledby="settings-title"><h2 id="settings-title">Settings</h2>
            <dl class="facts">\(each: rows, { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" })</dl></section>
            """
    }

    private static func history(_ model: ScheduleEditModel) -> HTML {
        guard model.stored != nil, let pagination = model.pagination else { return "" }
        let table: HTML =
            model.runs.isEmpty
            ? "<p class=\"quiet\">It has not run yet.</p>"
            : "\(Table("Runs", columns: columns, rows: model.runs).html)\(pagination.html)"
        return """
            <section class="stack ruled" aria-labelledby="history-title">
            <h2 id="history-title">History</h2>
            \(table)
            </section>
            """
    }

    private static var columns: [Column<ScheduleRun>] {
        [
            Column("Due", style: "nowrap", isRowHeading: true) { Time($0.dueAt, seconds: $0.isManual).html },
            Column("Result") { result($0) },
            Column("Note", style: "wide") { run in
                if run.isManual { return "Run by hand" }
                return run.lateBy.map { "Made up for, \(Format.duration(seconds: $0)) late" } ?? .absent
            },
        ]
    }

    private static func result(_ run: ScheduleRun) -> HTML {
        guard run.outcome == .started else {
            let badge: StatusBadge =
                switch run.outcome {
                case .waiting: StatusBadge("Waits for the run before", .info)
                case .skipped: StatusBadge("Left out: the run before was under way", .neutral)
                case .missed: StatusBadge("Missed", .warning)
                case .failed, .started: StatusBadge("No job could be made", .danger)
                }
            return badge.html
        }
        guard let id = run.jobID, let status = run.jobStatus.flatMap({ JobState(rawValue: $0.rawValue) }) else {
            return StatusBadge("Run; the job was removed", .neutral).html
        }
        return "<a href=\"/jobs/\(id)\">\(status.badge().html)</a>"
    }
}
