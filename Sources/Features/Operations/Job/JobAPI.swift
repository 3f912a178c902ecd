import AdminKit
import Database
import Identity
import ImportEngine
import Jobs
import Support
import Web

/// The JSON API of jobs: what runs, how far it is, what was wrong with a file, and the actions on a job.
enum JobAPI {
    static let routes: [AppRoute] = readingRoutes + JobChangeAPI.routes + JobBulkAPI.routes + JobLaneAPI.routes

    private static let readingRoutes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/jobs",
            access: .permission(.readJobs),
            Operation(
                "Jobs, newest first",
                parameters: filters + Operation.Parameter.paging,
                responses: [200: [.json("JobList")]]
            ),
            handler: list
        ),
        AppRoute(
            .get,
            "/api/jobs/{id}",
            access: .permission(.readJobs),
            Operation("One job", responses: [200: [.json("Job")]]),
            handler: show
        ),
        AppRoute(
            .get,
            "/api/jobs/{id}/errors",
            access: .permission(.readJobs),
            needs: .job(.inspect),
            Operation(
                "Every problem of every row, in the order of the file",
                parameters: Operation.Parameter.paging,
                responses: [200: [.json("RowErrorList")]]
            ),
            handler: errors
        ),
        AppRoute(
            .post,
            "/api/jobs/{id}/cancel",
            access: .actsOnJobs,
            needs: .job(.act),
            Operation(
                "Stops a job",
                responses: [202: [.json("JobAccepted")], 409: [.problem]],
                headers: [.location]
            ),
            handler: cancel
        ),
        AppRoute(
            .post,
            "/api/jobs/{id}/retry",
            access: .actsOnJobs,
            needs: .job(.act),
            Operation(
                "Goes on from the checkpoint",
                responses: [202: [.json("JobAccepted")], 409: [.problem]],
                headers: [.location]
            ),
            handler: retry
        ),
    ]

    static let filters: [Operation.Parameter] =
        [
            .init("kind", .text(), "one or more kinds, e.g. product_import, with commas between"),
            .init("target", .text(), "imports of it alone, as GET /api/import-targets names it"),
            .words("status", JobSchemas.statuses, "any of these"),
            .init("user_id", .integer(nil, 0...Int64.max), "who asked for it"),
            .init("q", .text(length: 0...200), "every word must stand in its name, its file's name or its error"),
        ] + TimeRange.operationParameters

    // MARK: Reading

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let query = try ListQuery(context.request, JobFilter.rules)
        let before = try JobFilter.place(query)
        let filter = try JobFilter.read(query.filters, context.settings[ImportTargets.self])
        let store = JobStore(context.database)
        let now = context.environment.now()
        let rights = try context.jobRights
        return try query.answer(
            try store.list(filter, before: before, limit: query.limit + 1),
            total: { try store.count(filter) },
            cursor: { [.int($0.id)] },
            item: { rights.json($0, at: now) }
        )
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        return .json(try context.jobRights.json(try find(context), at: context.environment.now()))
    }

    @Sendable static func errors(_ context: RequestContext) throws -> Response {
        let rules = ListRules(sorts: ["id"], defaultSort: ListSort("id"), filters: [])
        let query = try ListQuery(context.request, rules)
        guard !query.sort.descends else {
            throw WebError.badParameter("sort", "bad_sort", "Errors come in the order of the file.")
        }
        let job = try find(context)
        var after = RowErrorPlace(row: 0, id: 0)
        if let values = query.after {
            guard values.count == 2, let row = values[0].intValue, let id = values[1].intValue else {
                throw WebError.badCursor
            }
            after = RowErrorPlace(row: row, id: id)
        }
        let store = RowErrorStore(context.database)
        return try query.answer(
            try store.list(jobID: job.id, after: after, limit: query.limit + 1),
            total: { try store.count(jobID: job.id).errors },
            cursor: { [.int($0.error.row), .int($0.id)] },
            item: \.error.json
        )
    }

    /// The job that the path names. Throws 404.
    static func find(_ context: RequestContext) throws -> Job {
        guard let job = try JobStore(context.database).find(publicID: try context.parameters.string("id")) else {
            throw WebError(404, "not_found", "There is no such job.")
        }
        return job
    }

    // MARK: Actions

    @Sendable static func cancel(_ context: RequestContext) throws -> Response {
        try act(context) { try $0.cancel($1, context: $2) }
    }

    @Sendable static func retry(_ context: RequestContext) throws -> Response {
        try act(context) { try $0.retry($1, context: $2) }
    }

    static func act(
        _ context: RequestContext,
        _ action: (JobStore, Job, WriteContext) throws -> JobStore.Outcome
    ) throws -> Response {
        try context.request.checkParameters([])
        let outcome = try action(JobStore(context.database), try find(context), try context.writeContext)
        switch outcome {
        case .done(let job): return try JobAnswers.accepted(job, context)
        case .wrongState(let job): throw JobAnswers.wrongState(job)
        }
    }
}
