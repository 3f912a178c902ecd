import AdminKit
import Database
import Identity
import ImportEngine
import Jobs
import Markup
import Records
import Support
import Web

/// Asks before a job is undone, with what that would do, and what an undo did on its job's page.
enum UndoPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            ImportPath.undoJob,
            access: .permission(.undoImports),
            needs: .job(.undo, .inspect),
            pool: .slow,
            .page("What an undo would do"),
            handler: ask
        ),
        AppRoute(
            .post,
            ImportPath.undoJob,
            access: .permission(.undoImports),
            needs: .job(.undo),
            .form("Undoes a job"),
            handler: undo
        ),
    ]

    static let perPage = 50

    /// A link that is out of date leads to the page that says how the job stands.
    @Sendable static func ask(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(["cursor", "from"])
        let job = try UndoAPI.find(context)
        guard ImportUndo.refusal(job) == nil else { return .seeOther(ImportPath.job(job.publicID).description) }
        let state = ListState(
            path: ImportPath.undoJob(job.publicID).description,
            query: context.request.query,
            defaultSort: "-id"
        )
        let cursor = Int64(state["cursor"])
        let target = try context.importTargets.changed(by: job)
        let preview = try UndoPreview.make(
            context.database,
            target.record,
            UndoScope(job),
            after: cursor,
            limit: perPage
        )
        let from = max(1, Int(state["from"]) ?? 1)
        var rows = try KeptRows(context, target)
        let model = UndoModel(
            id: job.publicID,
            title: ImportUndo.name(of: job),
            parent: Link(job.filename ?? job.displayName, ImportPath.job(job.publicID).description),
            delete: preview.delete,
            restore: preview.restore,
            keep: preview.keep,
            taken: preview.taken,
            target: target,
            owner: target.keeper(job.kind) ?? "another \(target.record.noun.one)",
            kept: try preview.kept.map { try rows.row($0) },
            pagination: Pagination(
                from: from,
                count: preview.kept.count,
                total: .exactly(Int(clamping: preview.keep)),
                noun: KeptTable.noun(target),
                first: cursor == nil ? nil : state.page(cursor: nil, from: 1),
                next: preview.next.map { state.page(cursor: String($0), from: from + preview.kept.count) }
            )
        )
        return .page(UndoView.html(model, in: try context.shell()))
    }

    @Sendable static func undo(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let job = try UndoAPI.find(context)
        do {
            return .seeOther(ImportPath.job(try ImportUndo.order(job, context).publicID).description)
        } catch let error as WebError where error.status == 409 {
            return .seeOther(ImportPath.job(job.publicID).description)
        }
    }
}

/// Kept products as lines of a table, each name looked up once.
struct KeptRows {
    private let records: RecordStore
    private let links: RecordLinks
    private var names: ActorNames

    init(_ context: RequestContext, _ target: ImportTarget) throws {
        records = RecordStore(context.database, target.record)
        links = target.links
        names = try ActorNames(context)
    }

    mutating func row(_ kept: Kept) throws -> KeptRow {
        KeptRow(
            path: try records.find(kept.recordID) != nil ? links.record?(kept.recordID) : nil,
            label: kept.label,
            reason: kept.reason,
            by: try names.name(of: kept.actor),
            job: try kept.jobID.flatMap { try names.job($0) },
            at: kept.at
        )
    }
}
