import AdminKit
import Identity
import Jobs
import Markup
import Support
import Web

/// One schedule as a line of the list.
struct ScheduleRow: Sendable {
    var id: Int64
    var name: String
    var what: String
    var when: String
    var zone: String
    var next: Timestamp?
    var isEnabled: Bool
    var problem: String?
    /// The last job's page and how it stands.
    var last: (path: String, badge: StatusBadge, at: Timestamp)?

    init(_ schedule: Schedule, what: String, lastJob: Job?, _ kinds: JobDescriptions) {
        id = schedule.id
        name = schedule.name
        self.what = what
        when = CronWords.text(schedule.cron)
        zone = schedule.timeZone.name
        next = schedule.nextRunAt
        isEnabled = schedule.isEnabled
        problem = schedule.problem
        last = lastJob.map { (kinds.path(of: $0), JobStanding($0).badge, $0.createdAt) }
    }

    var state: StatusBadge {
        if problem != nil { return StatusBadge("Stopped", .danger) }
        return isEnabled ? StatusBadge("On", .success) : StatusBadge("Off", .neutral)
    }
}

/// What the list of schedules shows.
struct ScheduleListModel: Sendable {
    var state: ListState
    var kinds: [FormField.Choice]
    var rows: [ScheduleRow]
    var pagination: Pagination
}

/// The list of schedules.
enum ScheduleListView {
    static func html(_ model: ScheduleListModel, in shell: Shell) -> HTML {
        let filters = filterBar(model)
        let new = Link("New schedule", SchedulePath.new.description)
        let mayAdd = shell.allows(.writeSchedules)
        let isEmpty = model.rows.isEmpty && !filters.isNarrowed
        return Page(
            "Schedules",
            actions: mayAdd && !isEmpty ? new.button(.primary, key: "n") : "",
            content: isEmpty
                ? EmptyState(
                    "No schedules yet",
                    "A schedule has work done by itself, every night or every hour.",
                    action: mayAdd ? new.button(.primary, key: "n") : ""
                ).html
                : "\(filters.html)\(list(model))"
        ).html(in: shell)
    }

    private static func list(_ model: ScheduleListModel) -> HTML {
        guard !model.rows.isEmpty else {
            return EmptyState(
                "No schedule matches these filters",
                "Change a filter, or clear them all.",
                action: Link("Clear all filters", model.state.path).button()
            ).html
        }
        return
            "\(Table("Schedules", columns: columns, rows: model.rows, style: "schedules").html)\(model.pagination.html)"
    }

    private static var columns: [Column<ScheduleRow>] {
        [
            Column("Schedule", style: "wide", isRowHeading: true) { row in
                """
                \(Link(row.name, SchedulePath.one(row.id).description).html)<span class="row-note">\(row.what)</span>\
                \(row.problem.map { "<span class=\"row-note\">\($0)</span>" })
                """
            },
            Column("State") { $0.state.html },
            Column("When") { row in "\(row.when)<span class=\"row-note\">\(row.zone)</span>" },
            Column("Next run") { Time.html($0.next) },
            Column("Last run") { row in
                guard let last = row.last else { return .absent }
                return """
                    <a href="\(last.path)">\(last.badge.html)</a>\
                    <span class="row-note">\(Time(last.at).html)</span>
                    """
            },
        ]
    }

    private static func filterBar(_ model: ScheduleListModel) -> FilterBar {
        FilterBar(
            state: model.state,
            fields: [
                FormField(
                    "kind",
                    "Kind",
                    .select([FormField.Choice("", "All kinds")] + model.kinds),
                    value: model.state["kind"]
                ),
                FormField(
                    "enabled",
                    "State",
                    .select([
                        FormField.Choice("", "All"), FormField.Choice("true", "On"), FormField.Choice("false", "Off"),
                    ]),
                    value: model.state["enabled"]
                ),
            ]
        )
    }
}
