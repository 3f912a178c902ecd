import AdminKit
import Database
import Identity
import ImportEngine
import Jobs
import Markup
import Support
import Web

/// Watching what becomes of an uploaded file; where files come in stands in `ImportListPages`.
enum ImportPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            ImportPath.importJob,
            access: .permission(.readJobs),
            needs: .job(.inspect),
            .page("One import"),
            handler: show
        ),
        AppRoute(
            .post,
            ImportPath.cancelImport,
            access: .permission(.runImports),
            needs: .job(.act),
            .form("Cancels an import"),
            handler: cancel
        ),
        AppRoute(
            .post,
            ImportPath.retryImport,
            access: .permission(.runImports),
            needs: .job(.act),
            .form("Retries an import"),
            handler: retry
        ),
    ]

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
        guard let job = try JobStore(context.database).find(publicID: id),
            try context.importTargets.of(kind: job.kind) != nil
        else {
            throw WebError(404, "not_found", "There is no such import.")
        }
        return job
    }

    private static func model(_ found: Job, _ context: RequestContext) throws -> ImportModel {
        let cursor = try EventStore(context.database).newest().description
        // Read again behind the cursor: what changes between the two would be neither on the page nor in its stream.
        let job = try JobStore(context.database).find(found.id) ?? found
        let state = JobState(rawValue: job.status.rawValue) ?? .pending
        let mayAct = try context.jobRights.allow(.act, of: job)
        var names = UserNames(context)
        var model = ImportModel(
            id: job.publicID,
            filename: job.filename ?? job.displayName,
            state: state,
            stage: job.stage,
            progress: Int(clamping: job.progress),
            createdAt: job.createdAt,
            options: try context.importOptions(of: job)
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
        let source = ImportJob.Source(json: job.parameters, in: context.database.folder)
        model.fileSize = source.map { Int64($0.range.count) }
        model.format = source?.format
        model.rowsPerSecond = job.rowsPerSecond.map { Int64($0) }
        model.etaSeconds = job.etaSeconds
        model.workerIsAlive = job.isWorkerAlive(at: context.environment.now())
        model.startsAt = job.startsLater(at: context.environment.now())
        model.attempt = job.attempt
        model.takeovers = job.takeovers
        model.resumedAfter = job.resumedAfter
        model.workingMilliseconds = job.workingMilliseconds(at: context.environment.now())
        model.heldBack = job.result?["held_back"]?.intValue ?? 0
        model.changedMore = job.hasChanges
        model.outputLog = job.outputLog
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
        model.ignoredPrices = (job.parameters["ignored_prices"]?.arrayValue ?? []).compactMap(\.stringValue)
        model.identity = IdentityProposal(json: job.parameters["identify"])
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
        let options = model.options
        model.isChecked =
            job.hasPlan || job.status == .validating || options.review || options.onError == .stop
        if job.canConfirm {
            model.plan = try ImportPlanPages.model(
                job,
                context,
                path: ImportPath.importJob(job.publicID).description
            )
        } else if job.hasPlan {
            model.planPath = ImportPath.importPlan(job.publicID).description
        }
        model.control = try ImportControl(job, context)
        if try context.principal.holds(.readLogs) { model.logLines = LogLinks.job(job.publicID) }
        model.cursor = cursor
        return model
    }

    private static func problems(_ job: Job, _ context: RequestContext) throws -> ImportProblems? {
        let store = RowErrorStore(context.database)
        let groups = try store.groups(jobID: job.id, upTo: ImportProblems.reach(of: job))
        guard !groups.isEmpty else { return nil }
        let path = ImportPath.failingRows(job.publicID).description
        var problems = ImportProblems(
            groups: groups,
            rows: ListState(path: path, query: Fields(), defaultSort: "row"),
            failed: job.books.failed > 0 ? job.books.failed : try store.count(jobID: job.id).rows
        )
        if job.books.failed > 0 { problems.filePath = ImportProblems.filePath(of: job) }
        if ImportProblems.canCorrect(job), try context.jobRights.allow(.act, of: job) {
            problems.canCorrect = true
            problems.repair = ImportRepairForm(
                id: job.publicID,
                maxBytes: try context.setting(UploadFolder.self).limit
            )
        }
        return problems
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
        return .seeOther(ImportPath.importJob(job.publicID).description)
    }
}
