import AdminKit
import Identity
import Jobs
import Support
import Web

/// Forms of the page of one job, and of the lanes.
enum JobActionPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .post,
            "/jobs/{id}/rerun",
            access: .actsOnJobs,
            needs: .job(.act),
            .form("Asks for a new job with the same parameters"),
            handler: rerun
        ),
        AppRoute(
            .post,
            "/jobs/{id}/priority",
            access: .actsOnJobs,
            needs: .job(.act),
            .form("Gives a job another place in line"),
            handler: prioritize
        ),
        AppRoute(
            .post,
            "/jobs/{id}/put-away",
            access: .actsOnJobs,
            needs: .job(.act),
            .form("Takes a failure off the list of what needs somebody"),
            handler: putAway
        ),
        AppRoute(
            .get,
            "/jobs/{id}/delete",
            access: .actsOnJobs,
            needs: .job(.act),
            .page("Confirmation page for deleting a job"),
            handler: askToDelete
        ),
        AppRoute(
            .post,
            "/jobs/{id}/delete",
            access: .actsOnJobs,
            needs: .job(.act),
            .form("Deletes a job that is over"),
            handler: delete
        ),
        AppRoute(
            .post,
            "/jobs/lanes/{name}/pause",
            access: .permission(.runJobs),
            .form("Lets no job of a lane begin"),
            handler: pause
        ),
        AppRoute(
            .post,
            "/jobs/lanes/{name}/resume",
            access: .permission(.runJobs),
            .form("Lets jobs of a lane begin again"),
            handler: resume
        ),
    ]

    /// How many lines of the system log the page shows.
    private static let logLines = 50

    /// What the page shows beside how the job stands.
    static func complete(_ model: inout JobModel, _ context: RequestContext) throws {
        let job = model.job
        let mayAct = try context.jobRights.allow(.act, of: job)
        model.canRepeat = try mayAct && JobChangeAPI.canRepeat(job, context)
        model.canPrioritize = mayAct && job.status == .pending
        model.canDelete = mayAct && job.canBeRemoved
        model.asked = try context.jobKinds[job.kind]?.scheduling.map { $0.words(job.options) }
            .flatMap { $0.isEmpty ? nil : $0 }
        model.attempts = try JobStore(context.database).attempts(of: job, limit: 20)
        let principal = try context.principal
        if principal.holds(.readSchedules), let schedule = try ScheduleStore(context.database).find(ofJob: job.id) {
            model.schedule = Link(schedule.name, SchedulePath.one(schedule.id).description)
        }
        if principal.holds(.readLogs) {
            var filter = SystemLogStore.Filter()
            filter.jobID = job.id
            model.logLines = try SystemLogStore(context.database).list(filter, limit: logLines).reversed()
        }
    }

    @Sendable static func rerun(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let job = try JobChangeAPI.again(try JobAPI.find(context), context)
        return .seeOther(try context.jobKinds.path(of: job))
    }

    /// One that has begun meanwhile leads to the page that says so.
    @Sendable static func prioritize(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        try context.request.checkParameters([])
        let job = try JobAPI.find(context)
        guard let priority = form["priority"].flatMap({ Int64($0) }), Job.priorities.contains(priority) else {
            throw WebError.badRequest("bad_number", "A priority is a number from 1 to 200.")
        }
        _ = try JobStore(context.database).prioritize(job, priority, context: try context.writeContext)
        return .seeOther(try context.jobKinds.path(of: job))
    }

    static func putAwayPath(_ job: Job) -> String { "/jobs/\(job.publicID)/put-away" }

    /// From the home page, and back to it: a job that is no failure any more is not on it either.
    @Sendable static func putAway(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        _ = try JobStore(context.database).putAway(try JobAPI.find(context), context: try context.writeContext)
        return .seeOther("/")
    }

    @Sendable static func askToDelete(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let job = try JobAPI.find(context)
        guard job.canBeRemoved else { throw JobChangeAPI.refusal(job) }
        let page = ConfirmPage(
            "Delete this job?",
            parent: Link(job.displayName, try context.jobKinds.path(of: job)),
            count: 1,
            noun: Noun("job", "jobs"),
            consequence: "Its problems, its log and its file go with it. What it changed stays.",
            action: "/jobs/\(job.publicID)/delete"
        )
        return .page(page.html(in: try context.shell()))
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        try JobChangeAPI.remove(try JobAPI.find(context), context)
        return .seeOther("/jobs?done=delete&number=1")
    }

    @Sendable static func pause(_ context: RequestContext) throws -> Response {
        try JobLaneAPI.set(context, pauses: true)
        return .seeOther("/jobs")
    }

    @Sendable static func resume(_ context: RequestContext) throws -> Response {
        try JobLaneAPI.set(context, pauses: false)
        return .seeOther("/jobs")
    }
}
