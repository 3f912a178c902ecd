import AdminKit
import Markup

/// What the list of jobs shows.
struct JobListModel: Sendable {
    /// The list's address and its query: `kind`, `status`.
    var state: ListState
    /// The kinds to choose from: value and words.
    var kinds: [FormField.Choice]
    var users: [FormField.Choice] = []
    var lanes: [JobLaneAPI.Standing] = []
    /// How many jobs the filters match, on all pages.
    var matching: Int64 = 0
    /// Whether the user may act on jobs of some kind.
    var mayAct = false
    var jobs: [JobSummary]
    var pagination: Pagination
    /// Where the stream of job events goes on from.
    var cursor: String?
}

/// Every long operation, newest first.
enum JobListView {
    static func html(_ model: JobListModel, in shell: Shell) -> HTML {
        let filters = filterBar(model)
        return Page(
            "Jobs",
            refreshSeconds: model.jobs.contains { $0.state.isLive } ? 5 : nil,
            content: """
                \(filters.html)
                \(if: model.mayAct && !model.jobs.isEmpty, JobSelectionBar.html(model, shell))
                \(LiveRegion("jobs", topics: "jobs", cursor: model.cursor, content: list(model, filters)).html)
                \(if: !model.lanes.isEmpty, JobLaneView.html(model.lanes, shell))
                """
        ).html(in: shell)
    }

    private static func list(_ model: JobListModel, _ filters: FilterBar) -> HTML {
        guard model.jobs.isEmpty else { return table(model) }
        return filters.isNarrowed
            ? EmptyState(
                "No job matches these filters",
                "Change a filter, or clear them all.",
                action: Link("Clear all filters", model.state.path).button()
            ).html
            : EmptyState("No jobs yet", "Imports and other long operations are listed here once one has started.").html
    }

    private static func table(_ model: JobListModel) -> HTML {
        let table = JobTable("Jobs", model.jobs, form: model.mayAct ? JobSelectionBar.form : nil)
        return "\(table.html)\(model.pagination.html)"
    }

    private static func filterBar(_ model: JobListModel) -> FilterBar {
        let statuses = JobState.allCases.map { FormField.Choice($0.rawValue, $0.title) }
        return FilterBar(
            state: model.state,
            search: FormField("q", "Search", .search, value: model.state["q"], maxLength: 200),
            fields: [
                FormField(
                    "kind",
                    "Kind",
                    .select([FormField.Choice("", "All kinds")] + model.kinds),
                    value: model.state["kind"]
                ),
                FormField(
                    "status",
                    "Status",
                    .select([FormField.Choice("", "All")] + statuses),
                    value: model.state["status"]
                ),
            ],
            more: [
                FormField(
                    "user_id",
                    "Started by",
                    .select([FormField.Choice("", "All users")] + model.users),
                    value: model.state["user_id"]
                ),
                FormField("since", "From", .date, value: model.state["since"]),
                FormField("until", "To", .date, value: model.state["until"]),
            ]
        )
    }
}
