import AdminKit
import Identity
import Jobs
import Markup
import Support
import Web

/// Watching what becomes of an uploaded file; where files come in stands in `ImportListPages`.
enum ImportPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/imports/{id}",
            access: .permission(.readJobs),
            needs: .job(.inspect),
            .page("One import"),
            handler: show
        ),
        AppRoute(
            .post,
            "/imports/{id}/cancel",
            access: .permission(.runImports),
            needs: .job(.act),
            .form("Cancels an import"),
            handler: cancel
        ),
        AppRoute(
            .post,
            "/imports/{id}/retry",
            access: .permission(.runImports),
            needs: .job(.act),
            .form("Retries an import"),
            handler: retry
        ),
    ]

    private static let problemsPerPage = 50

    // MARK: One import

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let job = try find(context)
        return .page(try page(job, context))
    }

    /// The page of one import.
    /// - Parameter repairError: why corrected rows were not taken.
    static func page(_ job: Job, _ context: RequestContext, repairError: String? = nil) throws -> HTML {
        var model = try model(job, context)
        model.problems?.repair?.error = repairError
        return ImportView.html(model, in: try context.shell())
    }

    static func find(_ context: RequestContext) throws -> Job {
        let id = try context.parameters.string("id")
        guard let job = try JobStore(context.database).find(publicID: id), job.kind == ProductImport.kind else {
            throw WebError(404, "not_found", "There is no such import.")
        }
        return job
    }

    private static func model(_ job: Job, _ context: RequestContext) throws -> ImportModel {
        let cursor = String(try EventStore(context.database).lastID())
        let state = JobState(rawValue: job.status.rawValue) ?? .pending
        let mayAct = try context.jobRights.allow(.act, of: job)
        var names = UserNames(context)
        var model = ImportModel(
            id: job.publicID,
            filename: job.filename ?? job.displayName,
            state: state,
            stage: job.stage,
            progress: Int(clamping: job.progress),
            createdAt: job.createdAt
        )
        let books = job.books
        model.counts = ImportCounts(
            total: books.total > 0 || job.status == .completed ? books.total : nil,
            processed: books.processed,
            created: books.created,
            updated: books.updated,
            unchanged: books.unchanged,
            skipped: books.skipped,
            failed: books.failed
        )
        let source = ProductImport.Source(json: job.parameters)
        model.fileSize = source.map { Int64($0.range.count) }
        model.format = source?.format
        model.options = ImportOptions(json: job.options)
        model.rowsPerSecond = job.rowsPerSecond.map { Int64($0) }
        model.etaSeconds = job.etaSeconds
        model.workerIsAlive = job.isWorkerAlive(at: context.environment.now())
        model.attempt = job.attempt
        model.waitingReason = job.waitingReason
        model.errorMessage = job.errorMessage
        model.cancelRequested = job.cancelRequested
        model.userName = try names.name(job.userID)
        model.startedAt = job.startedAt
        model.completedAt = job.completedAt
        model.usedColumns = (job.parameters["used"]?.members ?? []).map {
            ImportColumn(source: $0.name, field: $0.value.stringValue ?? "")
        }
        model.ignoredColumns = (job.parameters["ignored"]?.arrayValue ?? []).compactMap(\.stringValue)
        model.profile = ImportProfileUse.sentence(job.parameters["profile"])
        model.profileReading = (job.parameters["profile"]?["reading"]?.arrayValue ?? []).compactMap(\.stringValue)
        model.unclearColumns = (job.parameters["unclear"]?.arrayValue ?? []).map { columns in
            (columns.arrayValue ?? []).compactMap(\.stringValue)
        }
        model.canMap = mayAct && job.status == .awaitingConfirmation
        model.problems = try problems(job, context)
        model.repair = job.former == nil ? ImportRepair(job.result) : nil
        model.isRepairing = job.former != nil
        model.warnings = try ImportWarningSummary(context.database, jobID: job.id)
        model.canCancel = mayAct && job.canCancel
        model.canRetry = mayAct && job.canRetry
        model.canConfirm = mayAct && job.canConfirm
        model.options = ImportOptions(json: job.options)
        let options = model.options
        model.isChecked =
            job.hasPlan || job.status == .validating || options.review || options.onError == .stop
        if job.canConfirm {
            model.plan = try ImportPlanPages.model(
                job,
                context,
                path: CatalogPath.importJob(job.publicID).description
            )
        } else if job.hasPlan {
            model.planPath = CatalogPath.importPlan(job.publicID).description
        }
        model.control = try ImportControl(job, context)
        if try context.principal.holds(.readLogs) { model.logLines = LogLinks.job(job.publicID) }
        model.cursor = cursor
        return model
    }

    private static func problems(_ job: Job, _ context: RequestContext) throws -> ImportProblems? {
        guard job.books.failed > 0 else { return nil }
        let path = CatalogPath.importJob(job.publicID).description
        let state = ListState(path: path, query: context.request.query, defaultSort: "id")
        let store = RowErrorStore(context.database)
        let first = RowErrorPlace(row: 0, id: 0)
        let after = RowErrorPlace(state["cursor"]) ?? first
        let found = try store.list(jobID: job.id, after: after, limit: problemsPerPage + 1)
        let shown = found.prefix(problemsPerPage)
        let from = max(1, Int(state["from"]) ?? 1)
        let next = found.count > problemsPerPage ? shown.last : nil
        return ImportProblems(
            shown: shown.map {
                ImportProblem(
                    line: $0.error.line,
                    row: $0.error.row,
                    column: $0.error.column,
                    value: $0.error.value,
                    code: $0.error.code
                )
            },
            byCode: try store.countByCode(jobID: job.id).map { ImportProblemCount(code: $0.code, count: $0.count) },
            pagination: Pagination(
                from: from,
                count: shown.count,
                total: .exactly(Int(clamping: try store.count(jobID: job.id).errors)),
                noun: Noun("problem", "problems"),
                first: after == first ? nil : state.page(cursor: nil, from: 1),
                next: next.map { error in
                    let place = RowErrorPlace(row: error.error.row, id: error.id)
                    return state.page(cursor: place.description, from: from + shown.count)
                }
            ),
            filePath: "/api/jobs/\(job.publicID)/errors.csv",
            repair: try repairForm(job, context)
        )
    }

    private static func repairForm(_ job: Job, _ context: RequestContext) throws -> ImportRepairForm? {
        guard job.canRepair, try context.jobRights.allow(.act, of: job) else { return nil }
        return ImportRepairForm(id: job.publicID, maxBytes: try context.setting(UploadFolder.self).limit)
    }

    // MARK: Actions

    @Sendable static func cancel(_ context: RequestContext) throws -> Response {
        try act(context) { try JobStore(context.database).cancel($0, context: try context.writeContext) }
    }

    @Sendable static func retry(_ context: RequestContext) throws -> Response {
        try act(context) { try JobStore(context.database).retry($0, context: try context.writeContext) }
    }

    /// A button that came too late (the job ended meanwhile) leads to the page that says how it stands.
    private static func act(_ context: RequestContext, _ action: (Job) throws -> JobStore.Outcome) throws -> Response {
        let job = try find(context)
        _ = try action(job)
        return .seeOther(CatalogPath.importJob(job.publicID).description)
    }
}
