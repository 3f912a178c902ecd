package import AdminKit
package import Markup

/// What the home page shows.
package struct DashboardModel: Sendable, Equatable {
    /// The features' figures.
    package var tiles: [DashboardTile]
    /// Jobs that wait or run now.
    package var running: [JobSummary]
    /// Jobs that failed and were not looked after since, newest first.
    package var failed: [JobSummary]
    /// The last jobs that ended well or were cancelled, newest first.
    package var recent: [JobSummary]
    /// Whether the catalogue is empty, so that the page says how to begin.
    package var isNew: Bool
    /// Where files are dropped; nil when the user may not.
    package var importPath: String?
    /// Where the stream of job events goes on from.
    package var cursor: String?

    package init(
        tiles: [DashboardTile],
        running: [JobSummary],
        failed: [JobSummary],
        recent: [JobSummary],
        isNew: Bool,
        importPath: String?,
        cursor: String?
    ) {
        self.tiles = tiles
        self.running = running
        self.failed = failed
        self.recent = recent
        self.isNew = isNew
        self.importPath = importPath
        self.cursor = cursor
    }
}

/// The home page: what runs, what failed, what ran, and how much there is.
package enum DashboardView {
    package static func html(_ model: DashboardModel, in shell: Shell) -> HTML {
        let tiles = model.tiles.filter { shell.allows($0.permission) }
        return Page(
            "Home",
            actions: model.importPath.map { Link("Import a file", $0).button(.primary) } ?? "",
            refreshSeconds: model.running.isEmpty ? nil : 5,
            content: """
                \(if: model.isNew, welcome(model))
                \(if: !tiles.isEmpty && !model.isNew, tileList(tiles))
                \(LiveRegion("jobs", topics: "jobs", cursor: model.cursor, content: jobs(model)).html)
                """
        ).html(in: shell)
    }

    private static func welcome(_ model: DashboardModel) -> HTML {
        EmptyState(
            "The catalogue is empty",
            """
            Import a CSV file with a SKU, a name and a price in each row. You can watch it being read, and nothing is \
            lost if anything stops on the way.
            """,
            action: model.importPath.map { Link("Import a file", $0).button(.primary) } ?? ""
        ).html
    }

    private static func tileList(_ tiles: [DashboardTile]) -> HTML {
        "<ul class=\"tiles\" data-region=\"tiles\">\(each: tiles, \.html)</ul>"
    }

    private static func jobs(_ model: DashboardModel) -> HTML {
        """
        \(section("running", "Running now", model.running, whenEmpty: "Nothing is running."))
        \(if: !model.failed.isEmpty, section("failed", "Failed", model.failed, whenEmpty: ""))
        \(section("recent", "Recent", model.recent, whenEmpty: "Nothing has run yet."))
        """
    }

    private static func section(_ id: String, _ title: String, _ jobs: [JobSummary], whenEmpty: String) -> HTML {
        """
        <section class="stack" aria-labelledby="\(id)-title">
        <h2 id="\(id)-title">\(title)</h2>
        \(jobs.isEmpty ? "<p class=\"quiet\">\(whenEmpty)</p>" : JobTable(title, jobs).html)
        </section>
        """
    }
}
