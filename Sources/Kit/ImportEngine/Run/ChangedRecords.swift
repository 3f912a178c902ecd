import Database
package import Jobs
package import Records
package import Support

/// What a job has done to records, as the audit trail names it: how many, and the first of them by their keys. The
/// whole list are the revisions.
package enum ChangedRecords {
    /// Since the job was restarted last: its books know the numbers.
    package static func members(_ run: JobRun, _ table: RecordTable) throws -> [JSON.Member] {
        let labels = try RevisionStore(run.connection, table).labels(
            jobID: run.job.id,
            after: UndoScope.countedUpTo(run.job),
            limit: AuditEntry.mostItems
        )
        let books = run.state.books
        return [
            JSON.Member("changed", .int(books.created + books.updated)),
            JSON.Member("\(table.key.fields.first ?? "key")s", .array(labels.map(JSON.string))),
        ]
    }
}
