package import AdminKit
import Identity
import Jobs
package import Support
import Web

/// What can be done with an import besides cancelling and retrying it, and what was done.
package struct ImportControl: Sendable, Equatable {
    /// Another import with the very same file.
    package struct Duplicate: Sendable, Equatable {
        package var link: Link
        package var at: Timestamp
        package var by: String?
        package var state: JobState
        package var undone = JobUndone.no
    }

    package var canUndo = false
    package var canRestart = false
    package var keepsFile = false
    /// Up to when the history is kept that an undo needs; nil while it cannot be undone.
    package var undoUntil: Timestamp?
    /// Up to when the upload is kept; nil when it is not, or the import is not over.
    package var fileUntil: Timestamp?
    /// Whether it changed something whose history is no longer kept.
    package var isExpired = false
    package var undone = JobUndone.no
    /// Who asked for the undo.
    package var undoneBy: String?
    /// Whether the undo was itself undone, so that the changes stand again; then the path of that job.
    package var redone: String?
    package var duplicate: Duplicate?
    /// The page of the job that must end first.
    package var waitingFor: String?

    package init() {}

    init(_ job: Job, _ context: RequestContext) throws {
        let rights = try context.jobRights
        let jobs = JobStore(context.database)
        canUndo = rights.allow(.undo, of: job) && job.canUndo
        canRestart = rights.allow(.act, of: job) && job.canRestart
        keepsFile = job.keepsFile
        isExpired = job.status.isFinal && job.undo == .expired && job.hasChanges && job.stands
        func kept(_ days: ConfigurationKey<Int64>) throws -> Timestamp? {
            let days = try context.configuration.value(days)
            return job.completedAt?.adding(seconds: days * 86_400)
        }
        undoUntil = job.canUndo ? try kept(ImportSettings.historyDays) : nil
        fileUntil = job.keepsFile && job.status.isFinal ? try kept(ImportSettings.uploadDays) : nil
        undone = JobUndone(job)
        var names = UserNames(context)
        if let undo = try job.undoneBy.flatMap({ try jobs.find(publicID: $0.publicID) }) {
            undoneBy = try names.name(undo.userID)
            if !undo.stands { redone = undo.undoneBy.map { ImportPath.job($0.publicID).description } }
        }
        if let other = try job.duplicateOf.flatMap({ try jobs.find(publicID: $0.publicID) }) {
            duplicate = Duplicate(
                link: Link(other.filename ?? other.displayName, ImportPath.importJob(other.publicID).description),
                at: other.createdAt,
                by: try names.name(other.userID),
                state: JobState(rawValue: other.status.rawValue) ?? .pending,
                undone: JobUndone(other)
            )
        }
        waitingFor = job.waitingFor.map { ImportPath.job($0.publicID).description }
    }
}
