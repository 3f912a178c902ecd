import Identity
import Support
import Web

/// Which rows of the audit trail are asked for, by the query of a list.
enum AuditQuery {
    static let filters = ["actor", "action", "entity", "entity_id", "request_id", "ip"] + TimeRange.parameters

    static let operationParameters: [Operation.Parameter] =
        [
            .init("actor", "string", "user:3, token:7, job:12, system or anonymous"),
            .init("action", "string", "e.g. product.update; product.* for all of a noun"),
            .init("entity", "string", "the kind of thing: user, token, product, job, configuration …"),
            .init("entity_id", "string", "which of them"),
            .init("request_id", "string", "the X-Request-Id of the answer"),
            .init("ip", "string", "the address that it came from"),
        ] + TimeRange.operationParameters

    /// Reads the filters; blank ones do not matter, as forms send them. Throws 400 for a time that is none.
    static func filter(_ query: Fields) throws(WebError) -> AuditTrailStore.Filter {
        func text(_ name: String) -> String? {
            guard let value = query[name]?.trimmed, !value.isEmpty else { return nil }
            return value
        }
        let range = try TimeRange(query)
        var filter = AuditTrailStore.Filter()
        filter.actor = text("actor")
        filter.action = text("action")
        filter.entity = text("entity")
        filter.entityID = text("entity_id")
        filter.requestID = text("request_id")
        filter.ip = text("ip")
        filter.since = range.since
        filter.until = range.until
        return filter
    }

    static let rules = ListRules(sorts: ["id"], defaultSort: ListSort("id", descends: true), filters: filters)
}
