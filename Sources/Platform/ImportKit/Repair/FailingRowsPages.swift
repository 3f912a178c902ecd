import AdminKit
import Database
import Glibc
import Identity
import ImportEngine
import Jobs
import Support
import Web

/// The rows of an import that fail, kind by kind, with their cells: looked at, and corrected in the page.
///
/// What is saved goes the way of a corrected `errors.csv`: the rows that were changed become such a file, and one
/// repair merges them.
enum FailingRowsPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            ImportPath.failingRows,
            access: .permission(.readJobs),
            needs: .job(.inspect),
            .page("The rows of an import that fail"),
            handler: show
        ),
        AppRoute(
            .post,
            ImportPath.failingRows,
            access: .permission(.runImports),
            needs: .job(.act, .inspect),
            .form("Imports rows that were corrected on the page"),
            handler: save
        ),
    ]

    private static let perPage = 25
    /// Bytes of cells on one page, so that the form with all of them stays below the limit of a request.
    private static let pageBytes = 160 << 10
    private static let parameters = ["problem", "column", "cursor", "from"]

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(parameters)
        return .page(FailingRowsView.html(try model(try ImportPages.find(context), context), in: try context.shell()))
    }

    /// Imports the rows that were changed. What cannot be taken is shown again as it was typed.
    @Sendable static func save(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(parameters)
        let job = try ImportPages.find(context)
        let typed = RowCorrections(try context.request.form())
        func refused(_ reason: String, _ status: Int) throws -> Response {
            var model = try model(job, context, typed: typed)
            model.error = reason
            return .page(FailingRowsView.html(model, in: try context.shell()), status: status)
        }
        guard job.canRepair else { return try refused(Self.busy(job), 409) }
        let reader = try reader(job, context)
        let store = RowErrorStore(context.database)
        let failing = try reader.read(try store.rows(jobID: job.id, typed.rows))
        guard !failing.isEmpty else {
            return try refused("These rows do not fail any more: another user has corrected them.", 409)
        }
        let changed = failing.compactMap { row in typed.cells(row).map { (row: row.row, cells: $0) } }
        guard !changed.isEmpty else {
            return try refused("No row was changed. Correct at least one value, then save.", 422)
        }
        let file = CorrectedRowsFile(header: reader.header, reader.dialect, rows: changed)
        do {
            switch try RepairUpload(context: context).accept(job, file) {
            case .done: return .seeOther(state(job, context).link([]))
            case .wrongState(let current): return try refused(Self.busy(current), 409)
            }
        } catch {
            guard let (reason, status) = Self.obstacle(error) else { throw error }
            return try refused(reason, status)
        }
    }

    /// What keeps corrections from being taken just now, though nothing is wrong with them; nil for other errors.
    private static func obstacle(_ error: any Error) -> (reason: String, status: Int)? {
        let isFull = (error as? DatabaseError)?.isDiskFull ?? (error as? SystemError)?.isDiskFull ?? false
        if isFull {
            return ("The server's disk is full. What you typed stands below: save it again when there is room.", 507)
        }
        guard let error = error as? DatabaseError, error.isBusy else { return nil }
        return ("Another change is being written just now. What you typed stands below: save it again.", 503)
    }

    private static func busy(_ job: Job) -> String {
        job.status.isFinal
            ? "No row of this import can be corrected any more."
            : "Other corrections are just being imported. What you typed stands below: save it again in a moment."
    }

    // MARK: The page

    private static func state(_ job: Job, _ context: RequestContext) -> ListState {
        let path = ImportPath.failingRows(job.publicID).description
        return ListState(path: path, query: context.request.query, defaultSort: "row")
    }

    /// Throws `SystemError` when the upload is gone or was changed.
    private static func reader(_ job: Job, _ context: RequestContext) throws -> FailingRowReader {
        guard let source = ImportJob.Source(json: job.parameters, in: context.database.folder) else {
            throw WebError.internalError(cause: "job \(job.id) does not say where its file is")
        }
        return try FailingRowReader(source, of: job, RowErrorStore(context.database))
    }

    /// - Parameter typed: what a form that was refused has held; its rows are shown again.
    private static func model(
        _ seen: Job,
        _ context: RequestContext,
        typed: RowCorrections? = nil
    ) throws -> FailingRowsModel {
        let cursor = try EventStore(context.database).newest().description
        // Read again behind the cursor: what changes between the two would be neither on the page nor in its stream.
        let job = try JobStore(context.database).find(seen.id) ?? seen
        let state = state(job, context)
        let store = RowErrorStore(context.database)
        let filter = filter(state, ImportProblems.reach(of: job))
        let after = max(0, Int64(state["cursor"]) ?? 0)
        let found =
            try typed.map { try store.rows(jobID: job.id, $0.rows) }
            ?? store.rows(jobID: job.id, filter, after: after, limit: perPage + 1)
        let opened = try open(job, context)
        let shown = try opened.reader.map { try fitting($0.read(Array(found.prefix(perPage)))) }
        let rows = shown?.map(\.failing) ?? Array(found.prefix(perPage))
        let from = max(1, Int(state["from"]) ?? 1)
        let next = typed == nil && rows.count < found.count ? rows.last : nil
        var model = FailingRowsModel(
            job,
            pagination: Pagination(
                from: from,
                count: rows.count,
                total: .exactly(Int(clamping: try store.countRows(jobID: job.id, filter))),
                noun: Noun("row", "rows"),
                first: after == 0 ? nil : state.page(cursor: nil, from: 1),
                next: next.map { state.page(cursor: String($0.row), from: from + rows.count) }
            ),
            list: state
        )
        let forms = FailingRowForms(opened.reader?.headers ?? [], try context.importOptions(of: job))
        model.rows = (shown ?? rows.map { FailingCells(failing: $0, cells: []) }).map { forms.row($0, typed: typed) }
        model.groups = try store.groups(jobID: job.id, examples: 0, upTo: filter.upTo)
        model.filter = filter
        model.withoutCells = opened.reason ?? ImportProblems.whyNotNow(job)
        model.canSave = opened.reader != nil && (typed != nil || ImportProblems.canCorrect(job))
        if try !context.jobRights.allow(.act, of: job) { model.canSave = false }
        model.repair = job.former == nil ? ImportRepair(job.result) : nil
        model.isRepairing = job.former != nil
        model.progress = Int(clamping: job.progress)
        model.filePath = opened.reader != nil && job.books.failed > 0 ? ImportProblems.filePath(of: job) : nil
        model.cursor = cursor
        return model
    }

    private static func filter(_ state: ListState, _ reach: Int64?) -> RowErrorFilter {
        guard !state["problem"].isEmpty else { return RowErrorFilter(upTo: reach) }
        let column = state["column"]
        return RowErrorFilter(code: state["problem"], column: column.isEmpty ? nil : column, upTo: reach)
    }

    /// The reader, or why the cells cannot be shown.
    private static func open(_ job: Job, _ context: RequestContext) throws -> (
        reader: FailingRowReader?, reason: String?
    ) {
        do {
            return (try reader(job, context), nil)
        } catch let error as SystemError where error.code == ESTALE {
            return (nil, "The file has changed since its import, so its rows cannot be shown or corrected here.")
        } catch let error as SystemError where [ENOENT, EACCES].contains(error.code) {
            return (nil, "The file of this import is not kept any more, so its rows cannot be shown or corrected here.")
        }
    }

    /// As many of the rows as one form may hold, at least one.
    private static func fitting(_ rows: [FailingCells]) -> [FailingCells] {
        var bytes = 0
        let fitting = rows.prefix { row in
            bytes += (row.cells ?? []).reduce(0) { $0 + $1.count }
            return bytes <= pageBytes
        }
        return fitting.isEmpty ? Array(rows.prefix(1)) : Array(fitting)
    }
}
