import AdminKit
import Database
import Identity
import Jobs
import Support
import Web

/// `/api/schedules`: work that is asked for at certain times.
enum ScheduleAPI {
    static let routes: [AppRoute] =
        [
            AppRoute(
                .get,
                "/api/schedules",
                access: .permission(.readSchedules),
                Operation(
                    "The schedules, by name",
                    parameters: [
                        .init("kind", .text(), "the kind of the jobs"),
                        .init("enabled", .choice(["true", "false"]), "whether it is on"),
                    ] + Operation.Parameter.paging,
                    responses: [200: [.json("ScheduleList")]]
                ),
                handler: list
            ),
            AppRoute(
                .post,
                "/api/schedules",
                access: .permission(.writeSchedules),
                Operation(
                    "Adds a schedule",
                    request: [.json("NewSchedule")],
                    responses: [201: [.json("Schedule")], 409: [.problem]],
                    headers: [.etag, .location]
                ),
                handler: create
            ),
            AppRoute(
                .get,
                "/api/schedules/preview",
                access: .permission(.readSchedules),
                Operation(
                    "The next five times of an expression",
                    parameters: [
                        .init(
                            "cron",
                            .text(length: 1...1000),
                            "five fields, or a word such as @daily",
                            isRequired: true,
                            example: "30 6 * * MON-FRI"
                        ),
                        .init("time_zone", .text().defaultValue("UTC"), "of the IANA database, e.g. Europe/Lisbon"),
                    ],
                    responses: [200: [.json("SchedulePreview")], 422: [.problem]]
                ),
                handler: preview
            ),
            AppRoute(
                .post,
                "/api/schedules/{id:int}/run",
                access: .permission(.runJobs),
                Operation(
                    "Asks for its job now",
                    responses: [202: [.json("JobAccepted")], 409: [.problem]],
                    headers: [.location]
                ),
                handler: run
            ),
            AppRoute(
                .get,
                "/api/schedules/{id:int}/runs",
                access: .permission(.readSchedules),
                Operation(
                    "What came of its times, newest first",
                    parameters: Operation.Parameter.paging,
                    responses: [200: [.json("ScheduleRunList")]]
                ),
                handler: runs
            ),
        ] + records

    private static let records = AppRoute.record(
        "/api/schedules/{id:int}",
        "schedule",
        schema: "Schedule",
        read: .readSchedules,
        write: .writeSchedules,
        .init(show: show, merge: merge, replace: replace, delete: delete)
    )

    // MARK: Reading

    static let rules = ListRules(sorts: ["name"], defaultSort: ListSort("name"), filters: ["kind", "enabled"])

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let query = try ListQuery(context.request, rules)
        let filter = try filter(query.filters)
        let after = try place(query)
        let store = ScheduleStore(context.database)
        return try query.answer(
            try store.list(filter, after: after, limit: query.limit + 1),
            total: { try store.count(filter) },
            cursor: { [.string($0.nameKey), .int($0.id)] },
            item: { try json($0, context) }
        )
    }

    static func filter(_ fields: Fields) throws(WebError) -> ScheduleStore.Filter {
        var filter = ScheduleStore.Filter()
        if let kind = fields["kind"], !kind.isEmpty { filter.kind = kind }
        if let word = fields["enabled"], !word.isEmpty {
            guard let isEnabled = ["true": true, "false": false][word] else {
                throw .badParameter("enabled", "bad_option", "'enabled' takes true or false.")
            }
            filter.isEnabled = isEnabled
        }
        return filter
    }

    /// Where a page begins. Throws 400 for another order or cursor.
    static func place(_ query: ListQuery) throws(WebError) -> (name: String, id: Int64)? {
        guard !query.sort.descends else { throw .badParameter("sort", "bad_sort", "Schedules come by name.") }
        guard let values = query.after else { return nil }
        guard values.count == 2, let name = values[0].stringValue, let id = values[1].intValue else { throw .badCursor }
        return (name, id)
    }

    static func json(_ schedule: Schedule, _ context: RequestContext) throws -> JSON {
        schedule.json(lastJob: try lastJob(of: schedule, context))
    }

    static func lastJob(of schedule: Schedule, _ context: RequestContext) throws -> Job? {
        try schedule.lastJobID.flatMap { try JobStore(context.database).find($0) }
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let schedule = try find(context)
        try context.request.checkParameters([])
        return try answer(schedule, context)
    }

    /// The tag changes with the schedule's state too: a client that has the version learns of the last job.
    private static func answer(_ schedule: Schedule, _ context: RequestContext, status: Int = 200) throws -> Response {
        let lastJob = try lastJob(of: schedule, context)
        return Response.json(schedule.json(lastJob: lastJob), status: status)
            .tagged("\(schedule.entityTag)-\(state(of: schedule, lastJob))", for: context.request)
    }

    /// What changes by itself: when it is due next, and how its last job does.
    private static func state(of schedule: Schedule, _ lastJob: Job?) -> String {
        let due = schedule.nextRunAt?.milliseconds ?? 0
        return "\(due)-\(lastJob?.id ?? 0)-\(lastJob?.status.rawValue ?? "none")"
    }

    private static func requireMatch(_ schedule: Schedule, _ context: RequestContext) throws {
        let state = state(of: schedule, try lastJob(of: schedule, context))
        try context.request.requireMatch(version: schedule.entityTag, state: state)
    }

    static func find(_ context: RequestContext) throws -> Schedule {
        guard let schedule = try ScheduleStore(context.database).find(try context.parameters.int("id")) else {
            throw missing
        }
        return schedule
    }

    static let missing = WebError(404, "not_found", "There is no such schedule.")

    @Sendable static func preview(_ context: RequestContext) throws -> Response {
        let request = context.request
        try request.checkParameters(["cron", "time_zone"])
        let name = request.query["time_zone"] ?? "UTC"
        let cron: CronExpression
        do {
            cron = try CronExpression(request.query["cron"] ?? "")
        } catch {
            throw WebError.invalid([Problem("cron", "bad_cron", error.description)])
        }
        guard let zone = TimeZone(named: name) else {
            let detail = "There is no time zone '\(name.shortened(to: 40))'. Write it like Europe/Lisbon."
            throw WebError.invalid([Problem("time_zone", "bad_time_zone", detail)])
        }
        let next = cron.next(5, after: context.environment.now(), in: zone)
        return .json([
            "cron": .string(cron.text), "time_zone": .string(zone.name),
            "next": .array(next.map { .string($0.rfc3339) }),
        ])
    }

    @Sendable static func runs(_ context: RequestContext) throws -> Response {
        let rules = ListRules(sorts: ["id"], defaultSort: ListSort("id", descends: true), filters: [])
        let query = try ListQuery(context.request, rules)
        guard query.sort.descends else { throw WebError.badParameter("sort", "bad_sort", "Runs come newest first.") }
        let schedule = try find(context)
        let store = ScheduleStore(context.database)
        return try query.answer(
            try store.runs(of: schedule.id, before: try query.entryID(), limit: query.limit + 1),
            total: { try store.countRuns(of: schedule.id) },
            cursor: { [.int($0.id)] },
            item: \.json
        )
    }

    // MARK: Writing

    @Sendable static func create(_ context: RequestContext) throws -> Response {
        let body = try context.request.json()
        try context.request.checkParameters([])
        var draft = ScheduleDraft(body, nil, try context.jobKinds)
        guard let wanted = draft.schedule(changing: nil) else { throw WebError.invalid(draft.problems) }
        let schedule = try add(wanted, context)
        return try answer(schedule, context, status: 201).with("Location", "/api/schedules/\(schedule.id)")
    }

    static func add(_ wanted: Schedule, _ context: RequestContext) throws -> Schedule {
        let principal = try context.principal
        try principal.require(try permissions(wanted, context))
        let writer = try context.writeContext
        return try answered { try ScheduleStore(context.database).insert(wanted, userID: principal.user.id, writer) }
    }

    /// What it takes to ask for its jobs by hand: as much to have a schedule ask for them.
    static func permissions(_ schedule: Schedule, _ context: RequestContext) throws -> Set<Permission> {
        try context.jobKinds.permissions(for: .act, kind: schedule.kind, options: schedule.parameters)
    }

    @Sendable static func merge(_ context: RequestContext) throws -> Response {
        try write(context, replaces: false, Request.mergePatchTypes)
    }

    @Sendable static func replace(_ context: RequestContext) throws -> Response {
        try write(context, replaces: true, ["application/json"])
    }

    private static func write(_ context: RequestContext, replaces: Bool, _ types: [String]) throws -> Response {
        let request = context.request
        let found = try find(context)
        let body = try request.json(types: types)
        try request.checkParameters([])
        let kinds = try context.jobKinds
        let schedule = try change(found.id, context) { current in
            try requireMatch(current, context)
            let lastJob = try lastJob(of: current, context)
            var draft = ScheduleDraft(body, current, lastJob: lastJob, replaces: replaces, kinds)
            guard let wanted = draft.schedule(changing: current) else { throw WebError.invalid(draft.problems) }
            return wanted
        }
        return try answer(schedule, context)
    }

    /// Changes a schedule; the user must be allowed to ask for its jobs, for those of before and those to be.
    static func change(
        _ id: Int64,
        _ context: RequestContext,
        _ edit: (Schedule) throws -> Schedule
    ) throws -> Schedule {
        let principal = try context.principal
        let writer = try context.writeContext
        return try answered {
            try ScheduleStore(context.database).update(id, userID: principal.user.id, writer) { current in
                let edited = try edit(current)
                let needed = try permissions(current, context).union(permissions(edited, context))
                try principal.require(needed)
                return edited
            }
        }
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        let found = try find(context)
        try context.request.checkParameters([])
        try remove(found.id, context) { try requireMatch($0, context) }
        return .noContent
    }

    static func remove(_ id: Int64, _ context: RequestContext, _ check: (Schedule) throws -> Void) throws {
        let principal = try context.principal
        let writer = try context.writeContext
        try answered {
            try ScheduleStore(context.database).delete(id, writer) { current in
                try check(current)
                try principal.require(try permissions(current, context))
            }
        }
    }

    @Sendable static func run(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        return try JobAnswers.accepted(try runNow(context), context)
    }

    /// Throws 404, 403, and 409 for a kind that this version does not know.
    static func runNow(_ context: RequestContext) throws -> Job {
        let schedule = try find(context)
        let principal = try context.principal
        try principal.require(try permissions(schedule, context))
        let writer = try context.writeContext
        let job = try answered {
            try ScheduleStore(context.database).runNow(
                schedule.id,
                try context.jobKinds.kinds,
                userID: principal.user.id,
                context.environment,
                writer
            )
        }
        guard let job else {
            throw WebError(409, "bad_kind", "This version of Bodega has no such kind of job. Choose another kind.")
        }
        return job
    }

    /// Turns the store's refusals into answers.
    static func answered<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch ScheduleStore.Refusal.missing {
            throw missing
        } catch ScheduleStore.Refusal.nameTaken(let id) {
            let detail = "Another schedule has this name."
            throw WebError(
                409,
                "name_taken",
                detail,
                problems: [Problem("name", "name_taken", detail)],
                members: [JSON.Member("existing_id", .int(id))]
            )
        }
    }
}
