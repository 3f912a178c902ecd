import AdminKit
import Identity
import ImportEngine
import Jobs
import Markup
import Records
import Support
import Web

/// What an undo did, on the page of its job.
enum UndoPanel {
    @Sendable static func html(_ job: Job, _ context: RequestContext) throws -> HTML {
        let target = try context.importTargets.changed(by: job)
        let store = UndoStore(context.database, target.record)
        let books = job.books
        let state = ListState(
            path: ImportPath.job(job.publicID).description,
            query: context.request.query,
            defaultSort: "id"
        )
        let after = Int64(state["cursor"]) ?? 0
        let found = try store.kept(by: job.id, after: after, limit: UndoPages.perPage + 1)
        let shown = Array(found.prefix(UndoPages.perPage))
        let from = max(1, Int(state["from"]) ?? 1)
        var rows = try KeptRows(context, target)
        let pagination = Pagination(
            from: from,
            count: shown.count,
            total: .exactly(Int(clamping: try store.keptCount(by: job.id))),
            noun: KeptTable.noun(target),
            first: after == 0 ? nil : state.page(cursor: nil, from: 1),
            next: found.count > shown.count
                ? shown.last.map { state.page(cursor: String($0.recordID), from: from + shown.count) } : nil
        )
        return """
            <section class="stack" aria-labelledby="counts-title">
            <h2 id="counts-title">\(target.record.noun.title)</h2>
            \(JobSum.html(
                [
                    ("Taken back", "updated_rows", books.updated), ("Unchanged", "unchanged_rows", books.unchanged),
                    ("Kept", "skipped_rows", books.skipped),
                ],
                job
            ))
            \(written(job))
            </section>
            \(KeptTable.html("Kept \(target.record.noun.many)", try shown.map { try rows.row($0) }, pagination, target))
            """
    }

    private static func written(_ job: Job) -> HTML? {
        guard let result = job.result, let deleted = result["delete"]?.intValue,
            let restored = result["restore"]?.intValue
        else { return nil }
        return "<p class=\"quiet\">\(Format.integer(deleted)) deleted, \(Format.integer(restored)) restored.</p>"
    }
}
