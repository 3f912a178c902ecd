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
                parameters: AuditQuery.operationParameters + [.sort(["id"], standard: "-id")]
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
        let found = try store.list(filter, after: after, descends: query.sort.descends, limit: query.limit + 1)
        let shown = found.prefix(query.limit)
        var names = ActorNames(context)
        return .json(
            ListQuery.body(
                items: try shown.map { try json($0, &names) },
                next: found.count > query.limit ? shown.last.map { query.next(after: [.int($0.id)]) } : nil,
                total: query.includesTotal ? try store.count(filter) : nil
            )
        )
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        guard let record = try AuditTrailStore(context.database).find(try context.parameters.int("id")) else {
            throw WebError(404, "not_found", "There is no such entry.")
        }
        var names = ActorNames(context)
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

extension ActorNames {
    init(_ context: RequestContext) {
        self.init(UserStore(context.database), TokenStore(context.database), JobStore(context.database))
    }
}
