import AdminKit
import Database
import Identity
import Jobs
import Support
import Web

/// `/api/audit-log`: who did what, read only.
enum AuditAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/audit-log",
            access: .permission(.readAudit),
            Operation(
                "The audit trail, newest first",
                parameters: AuditQuery.operationParameters + [.sort(["id"], defaultValue: "-id")]
                    + Operation.Parameter.paging,
                responses: [200: [.json("AuditEntryList")]]
            ),
            handler: list
        ),
        AppRoute(
            .get,
            "/api/audit-log/{id:int}",
            access: .permission(.readAudit),
            Operation(
                "One entry of the audit trail",
                responses: [200: [.json("AuditEntry")]]
            ),
            handler: show
        ),
        AppRoute(
            .get,
            "/api/audit-log.csv",
            access: .permission(.readAudit),
            pool: .export,
            Operation(
                "The entries that match, as CSV, oldest first",
                parameters: AuditQuery.operationParameters,
                responses: [200: [.init("text/csv", "AuditExport")]],
                headers: [.disposition]
            ),
            handler: AuditExport.answer
        ),
    ]

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let query = try ListQuery(context.request, AuditQuery.rules)
        let filter = try AuditQuery.filter(query.filters)
        let store = AuditTrailStore(context.database)
        let after = try query.entryID()
        var names = try ActorNames(context)
        return try query.answer(
            try store.list(filter, after: after, descends: query.sort.descends, limit: query.limit + 1),
            total: { try store.count(filter) },
            cursor: { [.int($0.id)] },
            item: { try json($0, &names) }
        )
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        guard let record = try AuditTrailStore(context.database).find(try context.parameters.int("id")) else {
            throw WebError(404, "not_found", "There is no such entry.")
        }
        var names = try ActorNames(context)
        return .json(try json(record, &names))
    }

    private static func json(_ record: AuditRecord, _ names: inout ActorNames) throws -> JSON {
        [
            "id": .int(record.id), "at": .string(record.at.rfc3339), "actor": .string(record.actor),
            "actor_name": .string(try names.name(of: record.actor)), "action": .string(record.action),
            "entity": .string(record.entity), "entity_id": .optional(record.entityID),
            "before": parsed(record.before), "after": parsed(record.after), "ip": .optional(record.ip),
            "request_id": .optional(record.requestID), "previous_hash": .string(record.previousHash.hex),
            "hash": .string(record.hash.hex),
        ]
    }

    /// A summary as JSON; one that was tampered with may be none.
    static func parsed(_ text: String?) -> JSON {
        guard let text else { return .null }
        return (try? JSON.parse(text)) ?? .string(text)
    }
}
