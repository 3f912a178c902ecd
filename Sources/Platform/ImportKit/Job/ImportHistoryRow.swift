package import AdminKit
package import ImportEngine
package import Jobs
package import Support

/// One import as a line of the history.
package struct ImportHistoryRow: Sendable, Equatable {
    package var id: String
    package var filename: String
    package var state: JobState
    package var waitingReason: String?
    /// 0-100.
    package var progress = 0
    package var counts = ImportCounts()
    package var errorMessage: String?
    /// The profile that it was read with, if any, however it came to be used.
    package var profile: String?
    package var userName: String?
    package var createdAt: Timestamp
    /// How long it was worked on, in milliseconds; nil before its end.
    package var workingMilliseconds: Int64?
    package var keepsFile = false
    /// The lists of the records that it has created and updated; nil for those that have no page.
    package var created: String?
    package var updated: String?
    package var standing: JobStanding

    package var undone: JobUndone {
        get { standing.undone }
        set { standing.undone = newValue }
    }

    package init(id: String, filename: String, state: JobState, createdAt: Timestamp) {
        self.id = id
        self.filename = filename
        self.state = state
        self.createdAt = createdAt
        standing = JobStanding(state)
    }

    /// - Parameter targets: what it may have made of the file.
    package init(_ job: Job, _ targets: ImportTargets, userName: String?) {
        self.init(
            id: job.publicID,
            filename: job.filename ?? job.displayName,
            state: JobState(rawValue: job.status.rawValue) ?? .pending,
            createdAt: job.createdAt
        )
        waitingReason = job.waitingReason
        progress = Int(clamping: job.progress)
        counts = ImportCounts(
            total: job.books.total > 0 ? job.books.total : nil,
            processed: job.books.processed,
            created: job.books.created,
            updated: job.books.updated,
            unchanged: job.books.unchanged,
            skipped: job.books.skipped,
            failed: job.books.failed
        )
        errorMessage = job.errorMessage
        profile = job.parameters["profile"]?["name"]?.stringValue
        self.userName = userName
        workingMilliseconds = job.status.isFinal && job.startedAt != nil ? job.earlierWork : nil
        keepsFile = job.keepsFile
        standing = JobStanding(job)
        if let changed = targets.of(kind: job.kind)?.links.changed {
            created = changed(job.publicID, "created")
            updated = changed(job.publicID, "updated")
        }
    }

    /// Rows a second of working time; nil before its end.
    package var rowsPerSecond: Int64? {
        guard let workingMilliseconds, counts.processed > 0 else { return nil }
        let (thousandfold, overflow) = counts.processed.multipliedReportingOverflow(by: 1000)
        return overflow ? nil : thousandfold / max(1, workingMilliseconds)
    }
}
