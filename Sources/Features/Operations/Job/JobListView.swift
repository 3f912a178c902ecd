package import AdminKit
package import Markup

/// What the list of jobs shows.
package struct JobListModel: Sendable, Equatable {
    /// The list's address and its query: `kind`, `status`.
    package var state: ListState
    /// The kinds to choose from: value and words.
    package var kinds: [FormField.Choice]
    package var jobs: [JobSummary]
    package var pagination: Pagination
    /// Where the stream of job events goes on from.
    package var cursor: String?

    package init(
        state: ListState,
        kinds: [FormField.Choice],
        jobs: [JobSummary],
        pagination: Pagination,
        cursor: String?
    ) {
        self.state = state
        self.kinds = kinds
        self.jobs = jobs
        self.pagination = pagination
        self.cursor = cursor
    }
}

/// Every long operation, newest first.
package enum JobListView {
    package static func html(_ model: JobListModel, in shell: Shell) -> HTML {
        let filters = filterBar(model)
        return Page(
            "Jobs",
            refreshSeconds: model.jobs.contains { $0.state.isLive } ? 5 : nil,
            content: """
                \(filters.html)
                \(LiveRegion("jobs", topics: "jobs", cursor: model.cursor, content: list(model, filters)).html)
                """
        ).html(in: shell)
    }

    private static func list(_ model: JobListModel, _ filters: FilterBar) -> HTML {
        guard model.jobs.isEmpty else { return "\(JobTable("Jobs", model.jobs).html)\(model.pagination.html)" }
        return filters.isNarrowed
            ? EmptyState(
                "No job matches these filters",
                "Change a filter, or clear them all.",
                action: Link("Clear all filters", model.state.path).button()
            ).html
            : EmptyState("No jobs yet", "Imports and other long operations are listed here once one has started.").html
    }

    private static func filterBar(_ model: JobListModel) -> FilterBar {
        let statuses = JobState.allCases.map { FormField.Choice($0.rawValue, $0.title) }
        return FilterBar(
            state: model.state,
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
            ]
        )
    }
}
