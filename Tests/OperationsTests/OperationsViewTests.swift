import AdminKit
import AdminKitTestSupport
import Jobs
import Markup
import Support
import Testing
import Web

@testable import Operations

private let noon = Timestamp(milliseconds: 1_795_262_400_000)

private func job(
    _ title: String,
    _ state: JobState,
    processed: Int64 = 0,
    total: Int64? = nil,
    failed: Int64 = 0,
    error: String? = nil
) -> JobSummary {
    var summary = JobSummary(
        id: "id-\(title)",
        title: title,
        path: "/imports/id",
        kind: "Product import",
        state: state,
        progress: total.map { Int(processed * 100 / max(1, $0)) } ?? 0,
        processedRows: processed,
        totalRows: total,
        failedRows: failed,
        errorMessage: error,
        userName: "Ana Ribera",
        createdAt: noon,
        workingMilliseconds: state.isLive ? nil : 200_000
    )
    summary.standing.processed = processed
    summary.standing.failed = failed
    summary.standing.taken = processed - failed
    return summary
}

private let jobs = [
    job("spring-2027.csv", .processing, processed: 412_000, total: 1_000_000, failed: 12),
    job("supplier-feed.csv", .pending),
    job("broken.csv", .failed, processed: 120, total: 900, failed: 3, error: "The file ended inside a quoted value."),
    job("autumn.csv", .completed, processed: 98_412, total: 98_412, failed: 7),
    job("wines.csv", .cancelled, processed: 5_000, total: 100_646),
]

@Suite struct DashboardViewTests {
    private func model(isNew: Bool = false) -> DashboardModel {
        func tile(_ title: String, _ value: String, _ note: String?, _ permission: Permission) -> DashboardTile {
            DashboardTile(title, value: value, note: note, path: "/products", permission: permission)
        }
        return DashboardModel(
            tiles: [
                tile("Products", "1,204,551", "98,412 more than yesterday", .readProducts),
                tile("Active", "1,180,020", nil, .readProducts),
                tile("Draft", "24,500", nil, .readProducts),
                tile("Archived", "31", nil, .readProducts),
                tile("Secret", "1", nil, Permission(rawValue: "admin:all")),
            ],
            needs: isNew
                ? []
                : [
                    Attention(
                        "preise.csv failed",
                        tone: .danger,
                        icon: .alert,
                        note: "The disk is full.",
                        since: noon,
                        action: Link("Open", "/imports/x"),
                        putAway: "/jobs/x/put-away",
                        permission: .readJobs,
                        place: "/imports"
                    )
                ],
            running: isNew ? [] : Array(jobs.prefix(2)),
            recent: isNew ? [] : Array(jobs.suffix(2)),
            isNew: isNew,
            alerts: [
                Alert(name: "clock", detail: "The clock of this machine was put back by an hour.", raisedAt: noon)
            ],
            importPath: "/imports",
            cursor: "42"
        )
    }

    @Test func saysWhatRunsWhatFailedAndHowMuchThereIs() {
        let page = DashboardView.html(model(), in: .mock(path: "/"))
        #expect(faults(in: page) == [])
        #expect(page.text.contains("1,204,551"))
        #expect(page.text.contains("was put back by an hour"))
        #expect(!page.text.contains("Secret"), "tiles follow permissions")
        #expect(page.text.contains("<form method=\"post\" action=\"/jobs/x/put-away\">"))
        #expect(page.text.contains("data-stream=\"/api/events?topics=jobs\" data-cursor=\"42\""))
        #expect(page.text.contains("<noscript><meta http-equiv=\"refresh\" content=\"5\"></noscript>"))
        render("dashboard", page)
    }

    @Test func anEmptyHouseSaysHowToBegin() {
        let page = DashboardView.html(model(isNew: true), in: .mock(path: "/"))
        #expect(faults(in: page) == [])
        #expect(page.text.contains("The catalogue is empty"))
        #expect(!page.text.contains("http-equiv=\"refresh\""), "nothing runs, so nothing reloads")
        render("dashboard-empty", page)
    }

    @Test func escapesEverything() {
        var model = model()
        model.tiles = [
            DashboardTile(
                hostile("title"),
                value: hostile("value"),
                note: hostile("note"),
                path: hostile("path"),
                permission: .readProducts
            )
        ]
        model.running = [
            JobSummary(
                id: hostile("id"),
                title: hostile("job"),
                path: hostile("job-path"),
                kind: hostile("kind"),
                state: .failed,
                errorMessage: hostile("message"),
                userName: hostile("user"),
                createdAt: noon
            )
        ]
        model.cursor = hostile("cursor")
        let page = DashboardView.html(model, in: .mock(path: "/"))
        #expect(faults(in: page) == [])
        let names = ["title", "value", "note", "path", "id", "job", "job-path", "kind", "message", "user", "cursor"]
        #expect(missing(names, in: page) == [])
    }
}

@Suite struct JobListViewTests {
    private func model(_ query: Fields, _ jobs: [JobSummary]) -> JobListModel {
        JobListModel(
            state: ListState(path: "/jobs", query: query, defaultSort: "-created_at"),
            kinds: [.init("product_import", "Product import"), .init("product_delete", "Product deletion")],
            jobs: jobs,
            pagination: Pagination(
                count: jobs.count,
                total: .exactly(118),
                noun: Noun("job", "jobs"),
                next: "/jobs?cursor=abc"
            ),
            cursor: nil
        )
    }

    @Test func listsJobs() {
        let page = JobListView.html(model([:], jobs), in: .mock(path: "/jobs"))
        #expect(faults(in: page) == [])
        #expect(page.text.contains("1–5 of 118 jobs"))
        #expect(page.text.contains("data-job=\"id-spring-2027.csv\" data-status=\"processing\""))
        render("jobs", page)
    }

    @Test func emptyStatesSayWhatToDo() {
        let none = JobListView.html(model([:], []), in: .mock(path: "/jobs"))
        #expect(none.text.contains("No jobs yet"))
        let filtered = JobListView.html(model(["status": "failed"], []), in: .mock(path: "/jobs"))
        #expect(filtered.text.contains("No job matches these filters"))
        #expect(filtered.text.contains("<option value=\"failed\" selected>"))
        #expect(faults(in: filtered) == [])
        render("jobs-none", filtered)
    }
}
