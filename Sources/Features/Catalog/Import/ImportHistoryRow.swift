package import AdminKit
package import Jobs
package import Support

/// One import as a line of the history.
package struct ImportHistoryRow: Sendable, Equatable {
    /// Whether what it did was taken back.
    package enum Undone: Sendable, Equatable {
        case no
        /// An undo waits or is at it.
        case underWay(String)
        case yes(String)
        /// It was taken back, and that was taken back again.
        case redone(String)
        /// An undo stopped on its way.
        case stopped(String)
    }

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
    package var startedAt: Timestamp?
    package var completedAt: Timestamp?
    package var keepsFile = false
    package var undone = Undone.no

    package init(id: String, filename: String, state: JobState, createdAt: Timestamp) {
        self.id = id
        self.filename = filename
        self.state = state
        self.createdAt = createdAt
    }

    package init(_ job: Job, userName: String?) {
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
        startedAt = job.startedAt
        completedAt = job.completedAt
        keepsFile = job.keepsFile
        undone = Undone(job)
    }

    /// Rows a second over the whole run; nil before its end.
    package var rowsPerSecond: Int64? {
        guard let startedAt, let completedAt, counts.processed > 0 else { return nil }
        let milliseconds = max(1, completedAt.milliseconds - startedAt.milliseconds)
        let (thousandfold, overflow) = counts.processed.multipliedReportingOverflow(by: 1000)
        return overflow ? nil : thousandfold / milliseconds
    }
}

extension ImportHistoryRow.Undone {
    init(_ job: Job) {
        guard job.isUndone, let undo = job.undoneBy else {
            self = .no
            return
        }
        switch undo.status {
        case .completed: self = undo.isUndone ? .redone(undo.publicID) : .yes(undo.publicID)
        case .failed, .cancelled: self = .stopped(undo.publicID)
        case .pending, .validating, .awaitingConfirmation, .processing: self = .underWay(undo.publicID)
        }
    }
}
