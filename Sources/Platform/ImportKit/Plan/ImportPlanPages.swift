import AdminKit
import Identity
import ImportEngine
import Jobs
import Markup
import Support
import Web

/// The pages of a plan, and the buttons that answer it.
enum ImportPlanPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            ImportPath.importPlan,
            access: .permission(.readJobs),
            needs: .job(.inspect),
            .page("What an import has planned"),
            handler: show
        ),
        AppRoute(
            .post,
            ImportPath.confirmImport,
            access: .permission(.runImports),
            needs: .job(.act),
            .form("Lets an import do what it has planned"),
            handler: confirm
        ),
        AppRoute(
            .post,
            ImportPath.replanImport,
            access: .permission(.runImports),
            needs: .job(.act),
            .form("Checks the file of an import again"),
            handler: replan
        ),
    ]

    private static let perPage = 25

    /// The plan of a job for the page at a path; nil when it has none.
    static func model(_ job: Job, _ context: RequestContext, path: String) throws -> ImportPlanModel? {
        guard let rows = try PlanRows(job, context) else { return nil }
        let state = ListState(path: path, query: context.request.query, defaultSort: "row")
        let text = state["state"].isEmpty ? standardFilter(rows.counts) : state["state"]
        guard let filter = try PlanFilter(text) else { return nil }
        let start = max(0, Int64(state["cursor"]) ?? 0)
        let found = try filter.page(rows, from: start, limit: perPage + 1)
        let shown = Array(found.prefix(perPage))
        let from = max(1, Int(state["from"]) ?? 1)
        let next = found.count > perPage ? found.last : nil
        var model = ImportPlanModel(
            counts: rows.counts,
            filter: text,
            pagination: Pagination(
                from: from,
                count: shown.count,
                total: .exactly(Int(clamping: try filter.count(rows))),
                noun: Noun("row", "rows"),
                first: start == 0 ? nil : state.page(cursor: nil, from: 1),
                next: next.map { state.page(cursor: String($0.entry), from: from + shown.count) }
            ),
            list: state,
            target: rows.target
        )
        model.heldBack = try rows.countHeldBack()
        model.rows = shown
        model.newBrands = try ImportWarningSummary(context.database, jobID: job.id).newBrands
        model.isDeletion = try context.importOptions(of: job).mode == .delete
        return model
    }

    /// What is looked at first: the changes; without any, what is wrong.
    private static func standardFilter(_ counts: PlanCounts) -> String {
        guard counts.changes == 0 else { return ImportPlanModel.changesFilter }
        let state = [PlanState.reject, .skip, .unchanged].first { counts[$0] > 0 }
        return state?.name ?? ImportPlanModel.changesFilter
    }

    // MARK: Pages

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let job = try ImportPages.find(context)
        let page = ImportPath.importJob(job.publicID).description
        if job.canConfirm { return .seeOther(page) }
        guard let plan = try model(job, context, path: ImportPath.importPlan(job.publicID).description) else {
            throw WebError(404, "no_plan", "This import has no plan, or the file that it was made of is gone.")
        }
        let odd = try ImportWarningSummary(context.database, jobID: job.id)
        let ignored = (job.parameters["ignored"]?.arrayValue ?? []).compactMap(\.stringValue)
        let prices = (job.parameters["ignored_prices"]?.arrayValue ?? []).compactMap(\.stringValue)
        let name = job.filename ?? job.displayName
        return .page(
            Page(
                "Plan of \(name)",
                parent: Link(name, page),
                content: "\(ImportPlanView.html(plan, ignored: ignored, prices: prices))\(ImportWarningsView.html(odd))"
            ).html(in: try context.shell())
        )
    }

    // MARK: Actions

    @Sendable static func confirm(_ context: RequestContext) throws -> Response {
        try act(context) { try JobStore(context.database).confirm($0, context: try context.writeContext) }
    }

    @Sendable static func replan(_ context: RequestContext) throws -> Response {
        try act(context) { try JobStore(context.database).replan($0, context: try context.writeContext) }
    }

    /// An answer to a plan that was made again meanwhile, or that came too late, leads to the page that says how things
    /// stand. The attempt says which plan was looked at.
    private static func act(_ context: RequestContext, _ action: (Job) throws -> JobStore.Outcome) throws -> Response {
        let job = try ImportPages.find(context)
        let seen = try context.request.form()["attempt"]
        if seen == nil || seen == String(job.attempt) { _ = try action(job) }
        return .seeOther(ImportPath.importJob(job.publicID).description)
    }
}
