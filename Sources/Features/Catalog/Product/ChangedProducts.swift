import Database
import ImportEngine
import Jobs
import Support

/// What a bulk change or a job has done, as the audit trail names it: how many products, and the first of them by their
/// SKUs. The whole list are the revisions.
struct ChangedProducts {
    private(set) var created = 0
    private(set) var updated = 0
    private var skus: [String] = []

    var isEmpty: Bool { created + updated == 0 }

    mutating func note(_ sku: String, isNew: Bool) {
        if isNew { created += 1 } else { updated += 1 }
        if skus.count < AuditEntry.mostItems { skus.append(sku) }
    }

    var members: [JSON.Member] {
        [
            JSON.Member("created", .int(created)), JSON.Member("updated", .int(updated)),
            JSON.Member("changed", .int(created + updated)), JSON.Member("skus", .array(skus.map(JSON.string))),
        ]
    }

    /// The same of a job.
    @Sendable static func members(_ run: JobRun) throws -> [JSON.Member] {
        try ChangedRecords.members(run, ProductFields.table)
    }
}
