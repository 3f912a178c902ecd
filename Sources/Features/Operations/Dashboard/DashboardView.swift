import AdminKit
import Jobs
import Markup

/// What the home page shows.
struct DashboardModel: Sendable, Equatable {
    /// The features' figures.
    var tiles: [DashboardTile]
    /// The features' charts and lists.
    var cards: [DashboardCard] = []
    /// What waits for the user, newest first.
    var needs: [Attention] = []
    /// Jobs that are queued or run now.
    var running: [JobSummary]
    /// The last jobs that ended, newest first.
    var recent: [JobSummary]
    /// Whether the catalogue is empty, so that the page says how to begin.
    var isNew: Bool
    /// What an operator has to know, oldest first; empty for others.
    var alerts: [Alert]
    /// Where files are dropped; nil when the user may not.
    var importPath: String?
    /// Where the stream of job events goes on from.
    var cursor: String?
}

/// The home page: what runs, what failed, what ran, and how much there is.
enum DashboardView {
    static func html(_ model: DashboardModel, in shell: Shell) -> HTML {
        let tiles = model.tiles.filter { shell.allows($0.permission) }
        let cards = model.cards.filter { shell.allows($0.permission) }
        return Page(
            "Home",
            actions: model.importPath.map { Link("Import a file", $0).button(.primary) } ?? "",
            refreshSeconds: model.running.isEmpty ? nil : 5,
            content: """
                \(each: model.alerts, { Banner(.warning, $0.detail).html })
                \(if: model.isNew, welcome(model))
                <div data-region="needs">\(if: !model.needs.isEmpty, needs(model.needs, shell))</div>
                \(if: !tiles.isEmpty && !model.isNew, tileList(tiles))
                \(if: !cards.isEmpty && !model.isNew, """
                    <div class="cols even" data-region="cards">\(each: cards, \.html)</div>
                    """)
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

    /// What needs a person comes first, told apart by icon and word, one button each.
    private static func needs(_ needs: [Attention], _ shell: Shell) -> HTML {
        """
        <section class="card" aria-labelledby="needs-title">
        <div class="card-head"><h2 id="needs-title">Needs you</h2>\
        <span class="count hot">\(Format.integer(needs.count))</span></div>
        <ul class="rows">\(each: needs, { need in
            """
            <li><span class="disc tone-\(need.tone.rawValue)">\(need.icon.html(shell.assets))</span>\
            <div class="grow"><p>\(need.title)</p><p>\(need.note) · \(Time(need.since).html)</p></div>\
            \(need.putAway.map { Form.button("Put away", action: $0, csrf: shell.csrf) })\(need.action.button())</li>
            """
        })</ul>
        </section>
        """
    }

    private static func tileList(_ tiles: [DashboardTile]) -> HTML {
        "<ul class=\"tiles\" data-region=\"tiles\">\(each: tiles, \.html)</ul>"
    }

    private static func jobs(_ model: DashboardModel) -> HTML {
        """
        \(section("running", "Running now", model.running, whenEmpty: "Nothing is running."))
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
