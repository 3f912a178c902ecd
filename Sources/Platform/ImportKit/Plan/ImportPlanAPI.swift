import AdminKit
import Database
import Identity
import ImportEngine
import Jobs
import Support
import Web

/// `GET /api/jobs/{id}/plan`, and the answers that a person gives to a plan.
enum ImportPlanAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/jobs/{id}/plan",
            access: .permission(.readJobs),
            needs: .job(.inspect),
            Operation(
                "What an import will do: counts and samples, or with `state` its rows",
                parameters: [
                    .init(
                        "state",
                        .text(pattern: PlanFilter.pattern),
                        "held_back, or any of \(PlanState.allCases.map(\.name).joined(separator: ", "))",
                        example: "create,update"
                    )
                ] + Operation.Parameter.paging,
                responses: [200: [.json("Plan")]]
            ),
            handler: show
        ),
        AppRoute(
            .post,
            "/api/jobs/{id}/confirm",
            access: .actsOnJobs,
            needs: .job(.act),
            Operation(
                "Lets an import do what it has planned, or says in which encoding its file is when it waits for that",
                parameters: [
                    .init(
                        "encoding",
                        .choice(ImportAPI.encodings),
                        "only with waiting_reason encoding; the first of found.likely_encodings when left out"
                    )
                ],
                responses: [202: [.json("JobAccepted")], 409: [.problem]],
                headers: [.location]
            ),
            handler: confirm
        ),
        AppRoute(
            .post,
            "/api/jobs/{id}/replan",
            access: .actsOnJobs,
            needs: .job(.act),
            Operation(
                "Drops the plan and checks the file again",
                responses: [202: [.json("JobAccepted")], 409: [.problem]],
                headers: [.location]
            ),
            handler: replan
        ),
    ]

    /// How many rows of each state the summary shows.
    private static let perState = 3

    // MARK: Reading

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let rules = ListRules(sorts: ["row"], defaultSort: ListSort("row"), filters: ["state"])
        let query = try ListQuery(context.request, rules)
        guard !query.sort.descends else {
            throw WebError.badParameter("sort", "bad_sort", "Rows come in the order of the file.")
        }
        let job = try find(context)
        let wanted = try PlanFilter(query.filters["state"])
        guard let rows = try PlanRows(job, context) else {
            throw WebError(404, "no_plan", "This job has no plan, or the file that it was made of is gone.")
        }
        guard let wanted else { return .json(try summary(job, rows)) }
        let start = try place(query.after)
        let found = try wanted.page(rows, from: start, limit: query.limit + 1)
        let shown = found.prefix(query.limit)
        return .json(
            ListQuery.body(
                items: shown.map { PlanJSON.row($0, rows.target) },
                next: found.count > query.limit ? shown.last.map { query.next(after: [.int($0.entry)]) } : nil,
                total: query.includesTotal ? try wanted.count(rows) : nil
            )
        )
    }

    private static func place(_ after: [JSON]?) throws -> Int64 {
        guard let after else { return 0 }
        guard after.count == 1, let entry = after[0].intValue, (0..<Int64.max).contains(entry) else {
            throw WebError.badCursor
        }
        return entry + 1
    }

    private static func summary(_ job: Job, _ rows: PlanRows) throws -> JSON {
        let states = PlanState.allCases.filter { $0 != .unchanged }
        let samples = try states.flatMap { try rows.page([$0], from: 0, limit: perState) }
        return PlanJSON.summary(
            job,
            rows.counts,
            heldBack: try rows.countHeldBack(),
            samples: samples,
            odd: try ImportWarningSummary(rows.connection, jobID: job.id),
            rows.target
        )
    }

    // MARK: Actions

    @Sendable static func confirm(_ context: RequestContext) throws -> Response {
        let job = try find(context)
        guard job.status == .awaitingConfirmation, job.waitingReason == Job.waitsForEncoding else {
            return try act(context, taking: ["encoding"]) { try $0.confirm($1, context: $2) }
        }
        try context.request.checkParameters(["encoding"])
        return try JobAnswers.accepted(
            try EncodingAnswer.apply(context.request.query["encoding"], job, context),
            context
        )
    }

    @Sendable static func replan(_ context: RequestContext) throws -> Response {
        try act(context) { try $0.replan($1, context: $2) }
    }

    private static func act(
        _ context: RequestContext,
        taking parameters: [String] = [],
        _ action: (JobStore, Job, WriteContext) throws -> JobStore.Outcome
    ) throws -> Response {
        try context.request.checkParameters(parameters)
        switch try action(JobStore(context.database), try find(context), try context.writeContext) {
        case .done(let job): return try JobAnswers.accepted(job, context)
        case .wrongState(let job): throw JobAnswers.wrongState(job)
        }
    }

    private static func find(_ context: RequestContext) throws -> Job {
        guard let job = try JobStore(context.database).find(publicID: try context.parameters.string("id")) else {
            throw WebError(404, "not_found", "There is no such job.")
        }
        return job
    }
}

/// Which rows of a plan are wanted: states, or those that were held back.
enum PlanFilter: Equatable {
    case states(Set<PlanState>)
    case heldBack

    static let heldBackName = "held_back"

    /// Of what `state` takes.
    static let pattern: String = {
        let one = "(\(PlanState.allCases.map(\.name).joined(separator: "|")))"
        return "^(\(heldBackName)|\(one)(,\(one))*)?$"
    }()

    /// Nil when nothing is named.
    ///
    /// Throws 400 `bad_state`.
    init?(_ text: String?) throws(WebError) {
        guard let text, !text.isEmpty else { return nil }
        if text == Self.heldBackName {
            self = .heldBack
            return
        }
        var states: Set<PlanState> = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let state = PlanState(name: String(name)) else {
                let list = PlanState.allCases.map(\.name).joined(separator: ", ")
                throw WebError.badParameter("state", "bad_state", "'state' takes \(list), or held_back alone.")
            }
            states.insert(state)
        }
        self = .states(states)
    }

    func page(_ rows: PlanRows, from start: Int64, limit: Int) throws -> [PlanRow] {
        switch self {
        case .states(let states): try rows.page(states, from: start, limit: limit)
        case .heldBack: try rows.heldBack(from: start, limit: limit)
        }
    }

    func count(_ rows: PlanRows) throws -> Int64 {
        switch self {
        case .states(let states): rows.counts.sum(Array(states))
        case .heldBack: try rows.countHeldBack()
        }
    }
}
