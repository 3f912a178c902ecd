import AdminKit
import Identity
import Markup
import Support

/// A line of the system log as the page shows it.
struct LogRow: Sendable {
    var line: SystemLogLine
    var user: String?
    var userPath: String?
    var job: Link?
    var jobPublicID: String?

    init(_ line: SystemLogLine) {
        self.line = line
    }
}

/// What the page of the system log shows.
struct LogModel: Sendable {
    var state: ListState
    var rows: [LogRow]
    var pagination: Pagination
    /// The processes to choose from.
    var loggers: [String] = []
    var users: [FormField.Choice] = []
    /// From which level on lines are kept, and for how many days.
    var kept: String = "warning"
    var days: Int64 = 30
}

/// What Bodega's processes said, newest first.
enum LogView {
    static func html(_ model: LogModel, in shell: Shell) -> HTML {
        let filters = filterBar(model)
        let settings: HTML? =
            shell.allows(.adminSettings) ? " What is kept is one of the \(Link("settings", "/settings").html)." : nil
        let words: HTML =
            model.kept == "info" ? "Everything" : (model.kept == "error" ? "Errors" : "Warnings and errors")
        return Page(
            "System log",
            meta: "\(words) of all processes, kept for \(Format.count(model.days, Noun("day", "days"))).\(settings)",
            content: """
                \(filters.html)
                \(list(model, filters))
                """
        ).html(in: shell)
    }

    private static func list(_ model: LogModel, _ filters: FilterBar) -> HTML {
        guard model.rows.isEmpty else { return "\(table(model))\(model.pagination.html)" }
        guard filters.isNarrowed else {
            return EmptyState(
                "Nothing to worry about",
                "Warnings and errors of Bodega's processes are listed here within seconds of their coming."
            ).html
        }
        return EmptyState(
            "No line matches these filters",
            "A line appears about a second after it was said. Change a filter, or clear them all.",
            action: Link("Clear all filters", model.state.path).button()
        ).html
    }

    private static func table(_ model: LogModel) -> HTML {
        let state = model.state
        return Table(
            "Lines of the system log",
            columns: [
                Column("When", style: "nowrap") { Time($0.line.createdAt, seconds: true).html },
                Column("Level", style: "nowrap") { badge($0.line.level).html },
                Column("What", style: "wide", isRowHeading: true) { what($0, state) },
                Column("About") { about($0, state) },
                Column("Process", style: "nowrap") { row in
                    Link(row.line.loggerName, state.link([("logger", row.line.loggerName)])).html
                },
            ],
            rows: model.rows,
            style: "log-lines"
        ).html
    }

    private static func badge(_ level: Log.Level) -> StatusBadge {
        switch level {
        case .debug: StatusBadge("Debug", .neutral)
        case .info: StatusBadge("Info", .info)
        case .warning: StatusBadge("Warning", .warning)
        case .error: StatusBadge("Error", .danger)
        }
    }

    /// The message, and behind it everything that is known.
    private static func what(_ row: LogRow, _ state: ListState) -> HTML {
        let line = row.line
        let reason = line.extraData["reason"]?.stringValue
        return """
            <details class="log-line"><summary>\(line.message)</summary>
            <dl class="log-facts">
            \(each: line.extras, { fact($0.name, "\($0.value)") })\
            \(line.requestID.map { fact("request", link($0, "request_id", $0, state)) })\
            \(line.sessionID.map { fact("session", link("\($0)", "session_id", "\($0)", state)) })\
            \(fact("place", """
                \(link(line.module, "module", line.module, state)), \(line.function), line \(line.lineNumber)
                """))\
            </dl>\
            \(line.stackTrace.map { "<pre class=\"log\">\($0)</pre>" })</details>\
            \(reason.map { "<span class=\"row-note\">\(shortened($0))</span>" })
            """
    }

    private static func fact(_ name: String, _ value: HTML) -> HTML {
        "<div><dt>\(name)</dt><dd>\(value)</dd></div>"
    }

    private static func link(_ title: String, _ filter: String, _ value: String, _ state: ListState) -> HTML {
        Link(title, state.link([(filter, value)])).html
    }

    private static func shortened(_ text: String) -> String {
        text.count > 160 ? "\(text.prefix(159))…" : text
    }

    /// Job, user and request, each a way to it and to the other lines about it.
    private static func about(_ row: LogRow, _ state: ListState) -> HTML {
        var parts: [HTML] = []
        if let job = row.job {
            let others = row.jobPublicID.map { link("Its lines", "job_id", $0, state) }
            parts.append("<li>\(job.html) <span class=\"row-note\">\(others)</span></li>")
        }
        if let user = row.user {
            let name = row.userPath.map { Link(user, $0).html } ?? HTML(escaping: user)
            parts.append("<li>\(name)</li>")
        }
        if let id = row.line.requestID {
            parts.append("<li class=\"code\">\(link(String(id.prefix(8)), "request_id", id, state))</li>")
        }
        return parts.isEmpty ? .absent : "<ul class=\"about\">\(parts)</ul>"
    }

    private static func filterBar(_ model: LogModel) -> FilterBar {
        let state = model.state
        func select(_ all: String, _ choices: [FormField.Choice], _ name: String) -> FormField.Kind {
            var choices = choices
            let chosen = state[name]
            if !chosen.isEmpty, !choices.contains(where: { $0.value == chosen }) {
                choices.append(FormField.Choice(chosen, chosen))
            }
            return .select([FormField.Choice("", all)] + choices)
        }
        let loggers = model.loggers.map { FormField.Choice($0, $0) }
        let levels = [FormField.Choice("warning", "Warnings and errors"), FormField.Choice("error", "Errors")]
        return FilterBar(
            state: state,
            search: FormField("q", "Search", .search, value: state["q"]),
            fields: [
                FormField("level", "Level", select("All", levels, "level"), value: state["level"]),
                FormField("since", "Since", .date, value: state["since"]),
                FormField("until", "Until", .date, value: state["until"]),
            ],
            more: [
                FormField("logger", "Process", select("All", loggers, "logger"), value: state["logger"]),
                FormField("request_id", "Request id", value: state["request_id"]),
                FormField("job_id", "Job id", value: state["job_id"]),
                FormField("user_id", "User", select("Everybody", model.users, "user_id"), value: state["user_id"]),
                FormField("session_id", "Session (number)", value: state["session_id"]),
                FormField("module", "Module", value: state["module"]),
            ]
        )
    }
}
