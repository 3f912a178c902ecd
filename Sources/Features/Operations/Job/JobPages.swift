import AdminKit
import Identity
import Jobs
import Support
import Web

/// The list of jobs.
enum JobPages {
    static let routes: [AppRoute] = [
        AppRoute(.get, "/jobs", access: .permission(.readJobs), .page("Every long operation"), handler: list)
    ]

    private static let perPage = 50

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let state = ListState(path: "/jobs", query: context.request.query, defaultSort: "-id")
        let filter = try JobFilter.read(context.request.query)
        let store = JobStore(context.database)
        let before = Int64(state["cursor"])
        let found = try store.list(filter, before: before, limit: perPage + 1)
        let shown = Array(found.prefix(perPage))
        let from = max(1, Int(state["from"]) ?? 1)
        let next = found.count > perPage ? shown.last : nil
        let model = JobListModel(
            state: state,
            kinds: JobKindName.known.map { FormField.Choice($0.kind, $0.words) },
            jobs: try summaries(shown, context),
            pagination: Pagination(
                from: from,
                count: shown.count,
                total: .exactly(Int(clamping: try store.count(filter))),
                noun: Noun("job", "jobs"),
                first: before == nil ? nil : state.page(cursor: nil, from: 1),
                next: next.map { state.page(cursor: String($0.id), from: from + shown.count) }
            ),
            cursor: String(try EventStore(context.database).lastID())
        )
        return .page(JobListView.html(model, in: try context.shell()))
    }

    /// Jobs as lines of a list, with the names of those who asked for them.
    static func summaries(_ jobs: [Job], _ context: RequestContext) throws -> [JobSummary] {
        var names = UserNames(context)
        return try jobs.map { JobSummary($0, userName: try names.name($0.userID), path: path($0)) }
    }

    private static func path(_ job: Job) -> String? {
        job.kind == "product_import" ? "/imports/\(job.publicID)" : nil
    }
}
