import AdminKit
import Database
import Identity
import ImportEngine
import Jobs
import Support
import Web

/// `/api/jobs/{id}/undo`: what an undo would do, and the undo.
enum UndoAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/jobs/{id}/undo",
            access: .permission(.readJobs),
            needs: .job(.inspect),
            pool: .slow,
            Operation(
                "What an undo of the job would do now: how many products it deletes, restores and keeps",
                parameters: [.limit, .cursor],
                responses: [200: [.json("UndoPreview")], 409: [.problem]]
            ),
            handler: preview
        ),
        AppRoute(
            .post,
            "/api/jobs/{id}/undo",
            access: .permission(.undoImports),
            needs: .job(.undo),
            Operation(
                "Takes back what the job changed, as a job of its own that can be undone too",
                responses: [202: [.json("JobAccepted")], 409: [.problem]],
                headers: [.location]
            ),
            handler: undo
        ),
    ]

    @Sendable static func preview(_ context: RequestContext) throws -> Response {
        let rules = ListRules(sorts: ["id"], defaultSort: ListSort("id", descends: true), filters: [])
        let query = try ListQuery(context.request, rules)
        let job = try find(context)
        try ImportUndo.requireUndoable(job)
        var cursor: Int64?
        if let values = query.after {
            guard values.count == 1, let id = values[0].intValue else { throw WebError.badCursor }
            cursor = id
        }
        let target = try context.importTargets.changed(by: job)
        let preview = try UndoPreview.make(
            context.database,
            target.record,
            UndoScope(job),
            after: cursor,
            limit: query.limit
        )
        var names = try ActorNames(context)
        return .json([
            "delete": .int(preview.delete), "restore": .int(preview.restore), "keep": .int(preview.keep),
            "kept": .array(try preview.kept.map { try json($0, target, &names) }),
            "next": .optional(preview.next.map { query.next(after: [.int($0)]) }),
        ])
    }

    static func json(_ kept: Kept, _ target: ImportTarget, _ names: inout ActorNames) throws -> JSON {
        .object([
            JSON.Member("record_id", .int(kept.recordID)), JSON.Member("label", .string(kept.label)),
            JSON.Member(target.idName, .int(kept.recordID)), JSON.Member(target.keyName, .string(kept.label)),
            JSON.Member("reason", .string(kept.reason.rawValue)),
            JSON.Member("by", .string(try names.name(of: kept.actor))),
            JSON.Member("at", .string(kept.at.rfc3339)),
        ])
    }

    @Sendable static func undo(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let job = try ImportUndo.order(try find(context), context)
        return try JobAnswers.accepted(job, context)
    }

    /// The job that the path names. Throws 404.
    static func find(_ context: RequestContext) throws -> Job {
        guard let job = try JobStore(context.database).find(publicID: try context.parameters.string("id")) else {
            throw UndoMessages.missing
        }
        return job
    }
}
