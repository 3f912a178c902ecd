import AdminKit
import Identity
import ImportEngine
import Jobs
import Support
import Web

/// The list of jobs, and the page of those that have none of their own.
enum JobPages {
    static let routes: [AppRoute] = pages + JobBulkPages.routes + JobActionPages.routes

    private static let pages: [AppRoute] = [
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

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let page = try ListPage(context.request, JobFilter.rules, path: "/jobs", flags: ["done", "number"])
        let before = try JobFilter.place(page.query)
        let filter = try JobFilter.read(page.state.query, context.settings[ImportTargets.self])
        let store = JobStore(context.database)
        // Before the rows: what changes after it comes to the page as an event.
        let cursor = try EventStore(context.database).newest().description
        let found = try store.list(filter, before: before, limit: page.limit)
        let total = try store.count(filter)
        let model = JobListModel(
            state: page.state,
            kinds: try context.jobKinds.all.map { FormField.Choice($0.kind.name, $0.title) },
            users: try UserStore(context.database).all().map { FormField.Choice("\($0.id)", $0.displayName) },
            lanes: try JobLaneAPI.all(context),
            matching: total,
            mayAct: try !context.principal.permissions.isDisjoint(with: context.jobKinds.actors),
            jobs: try summaries(Array(found.prefix(page.size)), context),
            pagination: page.pagination(found, total: .counted(total), Noun("job", "jobs")) { [.int($0.id)] },
            cursor: cursor
        )
        let flashes = JobBulkPages.flashes(context.request.query)
        return .page(JobListView.html(model, in: try context.shell(flashes: flashes)))
    }

    /// Jobs as lines of a list, with the names of those who asked for them.
    static func summaries(_ jobs: [Job], _ context: RequestContext) throws -> [JobSummary] {
        var names = UserNames(context)
        let kinds = try context.jobKinds
        return try jobs.map { JobSummary($0, kinds, userName: try names.name($0.userID)) }
    }

    // MARK: One job

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let job = try JobAPI.find(context)
        let path = try context.jobKinds.path(of: job)
        guard path == context.request.rawPath else { return .seeOther(path) }
        return .page(JobView.html(try model(job, context), in: try context.shell()))
    }

    private static func model(_ found: Job, _ context: RequestContext) throws -> JobModel {
        let rights = try context.jobRights
        let kinds = try context.jobKinds
        let store = JobStore(context.database)
        let cursor = try EventStore(context.database).newest().description
        // Read again behind the cursor: what changes between the two would be neither on the page nor in its stream.
        let job = try store.find(found.id) ?? found
        func link(_ other: Job.Reference?) throws -> Link? {
            guard let found = try other.flatMap({ try store.find(publicID: $0.publicID) }) else { return nil }
            return Link(found.displayName, kinds.path(of: found))
        }
        var names = UserNames(context)
        var model = JobModel(job, kind: kinds.title(of: job.kind))
        model.cursor = cursor
        model.userName = try names.name(job.userID)
        model.workerIsAlive = job.isWorkerAlive(at: context.environment.now())
        model.startsAt = job.startsLater(at: context.environment.now())
        model.canCancel = rights.allow(.act, of: job) && job.canCancel
        model.canRetry = rights.allow(.act, of: job) && job.canRetry
        model.canUndo = rights.allow(.undo, of: job) && job.canUndo
        model.undoOf = try link(job.undoOf)
        model.undoneBy = try link(job.effectiveUndo)
        model.waitingFor = try link(job.waitingFor)
        model.panel = try kinds.panel(of: job, context)
        try JobActionPages.complete(&model, context)
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
        return .seeOther(try context.jobKinds.path(of: job))
    }
}
