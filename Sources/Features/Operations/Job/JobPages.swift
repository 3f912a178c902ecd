import AdminKit
import Identity
import Jobs
import Support
import Web

/// The list of jobs, and the page of those that have none of their own.
enum JobPages {
    static let routes: [AppRoute] = [
        AppRoute(.get, "/jobs", access: .permission(.readJobs), .page("Every long operation"), handler: list),
        AppRoute(
            .get,
            "/jobs/{id}",
            access: .permission(.readJobs),
            needs: .job(.inspect),
            .page("One job"),
            handler: show
        ),
        AppRoute(
            .post,
            "/jobs/{id}/cancel",
            access: .actsOnJobs,
            needs: .job(.act),
            .form("Cancels a job"),
            handler: cancel
        ),
        AppRoute(
            .post,
            "/jobs/{id}/retry",
            access: .actsOnJobs,
            needs: .job(.act),
            .form("Retries a job"),
            handler: retry
        ),
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
        return try jobs.map { JobSummary($0, userName: try names.name($0.userID)) }
    }

    // MARK: One job

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let job = try JobAPI.find(context)
        let path = JobKindName.path(job)
        guard path == context.request.rawPath else { return .seeOther(path) }
        return .page(JobView.html(try model(job, context), in: try context.shell()))
    }

    private static func model(_ job: Job, _ context: RequestContext) throws -> JobModel {
        let rights = try context.jobRights
        let store = JobStore(context.database)
        func link(_ other: Job.Reference?) throws -> Link? {
            guard let found = try other.flatMap({ try store.find(publicID: $0.publicID) }) else { return nil }
            return Link(found.displayName, JobKindName.path(found))
        }
        var names = UserNames(context)
        var model = JobModel(job)
        model.cursor = String(try EventStore(context.database).lastID())
        model.userName = try names.name(job.userID)
        model.workerIsAlive = job.isWorkerAlive(at: context.environment.now())
        model.canCancel = rights.allow(.act, of: job) && job.canCancel
        model.canRetry = rights.allow(.act, of: job) && job.canRetry
        model.canUndo = rights.allow(.undo, of: job) && job.canUndo
        model.undoOf = try link(job.undoOf)
        model.undoneBy = try link(job.isUndone ? job.undoneBy : nil)
        model.waitingFor = try link(job.waitingFor)
        model.panel = try context.setting(JobPanels.self).html(job, context)
        return model
    }

    @Sendable static func cancel(_ context: RequestContext) throws -> Response {
        try act(context) { try JobStore(context.database).cancel($0, context: try context.writeContext) }
    }

    @Sendable static func retry(_ context: RequestContext) throws -> Response {
        try act(context) { try JobStore(context.database).retry($0, context: try context.writeContext) }
    }

    /// A button that came too late leads to the page that says how the job stands.
    private static func act(_ context: RequestContext, _ action: (Job) throws -> JobStore.Outcome) throws -> Response {
        try context.request.checkParameters([])
        let job = try JobAPI.find(context)
        _ = try action(job)
        return .seeOther(JobKindName.path(job))
    }
}
