import AdminKit
import Database
import Identity
import Jobs
import Support
import Web

/// What can be done with one job beside stopping it and letting it go on: its place in line, once more, away.
enum JobChangeAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .patch,
            "/api/jobs/{id}",
            access: .actsOnJobs,
            needs: .job(.act),
            Operation(
                "Gives a job another place in line",
                request: Request.mergePatchTypes.map { .init($0, "JobChange") },
                responses: [200: [.json("Job")], 409: [.problem]]
            ),
            handler: change
        ),
        AppRoute(
            .delete,
            "/api/jobs/{id}",
            access: .actsOnJobs,
            needs: .job(.act),
            Operation("Removes a job that is over", responses: [204: [], 409: [.problem]]),
            handler: delete
        ),
        AppRoute(
            .post,
            "/api/jobs/{id}/rerun",
            access: .actsOnJobs,
            needs: .job(.act),
            Operation(
                "Asks for a new job with the same parameters",
                responses: [202: [.json("JobAccepted")], 409: [.problem]],
                headers: [.location]
            ),
            handler: rerun
        ),
        AppRoute(
            .get,
            "/api/jobs/{id}/attempts",
            access: .permission(.readJobs),
            needs: .job(.inspect),
            Operation("Who worked at it, and how that ended", responses: [200: [.json("JobAttempts")]]),
            handler: attempts
        ),
    ]

    @Sendable static func change(_ context: RequestContext) throws -> Response {
        let job = try JobAPI.find(context)
        let body = try context.request.json(types: Request.mergePatchTypes)
        try context.request.checkParameters([])
        guard let members = body.members else {
            throw WebError.invalid([Problem("", "not_an_object", "A change is an object, like {\"priority\": 10}.")])
        }
        let others = members.filter { $0.name != "priority" }.map { other in
            Problem(other.name, "unknown_field", "Of a job only 'priority' can be changed, not '\(other.name)'.")
        }
        guard others.isEmpty else { throw WebError.invalid(others) }
        guard let value = members.last?.value else {
            return .json(try context.jobRights.json(job, at: context.environment.now()))
        }
        let priority = value.isNull ? Job.commonPriority : value.intValue
        guard let priority, Job.priorities.contains(priority) else {
            let (least, most) = (Job.priorities.lowerBound, Job.priorities.upperBound)
            let detail = "'priority' takes a whole number from \(least) to \(most)."
            throw WebError.invalid([Problem("priority", "bad_number", detail)])
        }
        let store = JobStore(context.database)
        switch try store.prioritize(job, priority, context: try context.writeContext) {
        case .done(let job): return .json(try context.jobRights.json(job, at: context.environment.now()))
        case .wrongState(let job): throw JobAnswers.wrongState(job)
        }
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        try remove(try JobAPI.find(context), context)
        return .noContent
    }

    /// Throws 409 with the reason for which it stays.
    static func remove(_ job: Job, _ context: RequestContext) throws {
        let outcome = try JobStore(context.database).remove(job, context: try context.writeContext)
        guard case .wrongState(let current) = outcome else { return }
        throw refusal(current)
    }

    /// Why a job stays.
    static func refusal(_ job: Job) -> WebError {
        guard job.status.isFinal else { return JobAnswers.wrongState(job) }
        return WebError(
            409,
            "needed_for_undo",
            """
            What this job changed can be taken back, or is just being taken back; for that it must stay. It goes by \
            itself when its history has expired.
            """,
            members: [JSON.Member("job_status", .string(job.status.rawValue))]
        )
    }

    @Sendable static func rerun(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        return try JobAnswers.accepted(try again(try JobAPI.find(context), context), context)
    }

    /// Whether a job can be asked for once more by what it was asked to do.
    static func canRepeat(_ job: Job, _ context: RequestContext) throws -> Bool {
        try job.status.isFinal && context.jobKinds[job.kind]?.kind.order != nil
    }

    /// A new job of the same kind and with the same parameters. Throws 409.
    static func again(_ job: Job, _ context: RequestContext) throws -> Job {
        guard job.status.isFinal else { throw JobAnswers.wrongState(job) }
        guard let order = try context.jobKinds[job.kind]?.kind.order else {
            throw WebError(
                409,
                "not_repeatable",
                "Such a job cannot be asked for by its parameters alone. An import can be started from its own page."
            )
        }
        let writer = try context.writeContext
        var wanted = order(job.options)
        wanted.priority = job.priority
        return try context.database.write {
            try JobStore(context.database).add(
                wanted,
                publicID: context.environment.makeUUID(),
                userID: try context.principal.user.id,
                context: writer
            )
        }
    }

    @Sendable static func attempts(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let found = try JobStore(context.database).attempts(of: try JobAPI.find(context))
        let items = found.map { attempt -> JSON in
            [
                "attempt": .int(attempt.number), "worker": .optional(attempt.worker),
                "started_at": .string(attempt.startedAt.rfc3339), "ended_at": .optional(attempt.endedAt),
                "outcome": .optional(attempt.outcome?.rawValue),
                "processed_rows": .optional(attempt.processedRows),
                "peak_memory_bytes": .optional(attempt.peakMemoryBytes),
            ]
        }
        return .json(ListQuery.body(items: items, next: nil))
    }
}
