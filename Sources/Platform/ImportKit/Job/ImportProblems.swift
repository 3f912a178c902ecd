import ImportEngine
import Jobs
import Support

/// When rows of an import fail, and when they can be corrected.
extension ImportProblems {
    /// The last row whose problems count: a run that was stopped has not come to the rows behind its last. Nil for all,
    /// also of an import that was to stop at any error: it names every one that it has found.
    static func reach(of job: Job) -> Int64? {
        job.status.isFinal && job.status != .completed && !stopsAtErrors(job) ? job.books.processed : nil
    }

    /// Whether corrected rows can be merged into the import.
    static func canCorrect(_ job: Job) -> Bool { job.canRepair && !stopsAtErrors(job) }

    /// Why the rows cannot be corrected though they are there; nil when they can, or when that goes without saying.
    static func whyNotNow(_ job: Job) -> String? {
        if stopsAtErrors(job), job.status == .failed {
            return "The import was to stop at any error, so nothing was imported. Correct the file and upload it again."
        }
        switch job.status {
        case .awaitingConfirmation:
            return "These rows would be left out. They can be corrected here once the others are imported."
        case .pending, .validating, .processing:
            return job.former == nil
                ? "The import is still running. Rows can be corrected here when it has ended." : nil
        case .completed, .failed, .cancelled:
            return job.isUndone && job.books.failed > 0
                ? "This import is undone, so its rows cannot be corrected any more." : nil
        }
    }

    static func filePath(of job: Job) -> String { "/api/jobs/\(job.publicID)/errors.csv" }

    private static func stopsAtErrors(_ job: Job) -> Bool {
        job.options["on_error"]?.stringValue == ImportOptions.OnError.stop.rawValue && job.status != .completed
    }
}
