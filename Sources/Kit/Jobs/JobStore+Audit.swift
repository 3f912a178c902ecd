import Database
import Support

/// What people order leaves one entry in the audit trail, however many rows a job then changes: those have revisions
/// with the job's number.
extension JobStore {
    /// Adds an entry to the trail. Call inside the transaction of the order.
    /// - Parameter order: what is asked of the job: `create`, `confirm`, `cancel` …
    func audit(_ order: String, _ job: Job, _ context: WriteContext, after: JSON? = nil) throws(DatabaseError) {
        let entry = AuditEntry(
            "job.\(order)",
            "job",
            id: job.publicID,
            before: order == "create" ? nil : ["kind": .string(job.kind), "status": .string(job.status.rawValue)],
            after: after
        )
        try AuditStore(connection).append(entry, context: context)
    }
}

extension JobStore.Order {
    /// Without the parameters: they say where files lie.
    var audited: JSON {
        var members = [JSON.Member("kind", .string(kind)), JSON.Member("name", .string(displayName))]
        if let filename { members.append(JSON.Member("filename", .string(filename))) }
        if let fileHash { members.append(JSON.Member("file_hash", .string(fileHash))) }
        if options != [:] { members.append(JSON.Member("options", options)) }
        return .object(members)
    }
}
