import Database
import Support

/// What people order leaves one entry in the audit trail, and what the job then did another one, however many rows it
/// changes: those have revisions with the job's number.
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

    /// Adds the entry of a job's end, whatever end that is. Call inside its transaction.
    /// - Parameter changes: what the job's kind says of what it changed.
    func auditEnd(
        _ job: Job,
        _ status: Job.Status,
        _ books: Books,
        _ changes: [JSON.Member],
        _ context: WriteContext
    ) throws(DatabaseError) {
        let counts = [
            ("created", books.created), ("updated", books.updated), ("unchanged", books.unchanged),
            ("skipped", books.skipped), ("failed", books.failed),
        ].map { JSON.Member($0.0, .int($0.1)) }
        let head = [JSON.Member("kind", .string(job.kind)), JSON.Member("status", .string(status.rawValue))]
        let entry = AuditEntry("job.end", "job", id: job.publicID, after: .object(head + counts + changes))
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
