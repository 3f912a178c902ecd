package import Database
package import Jobs
import Support

/// What the runner keeps in order for the catalogue.
package enum CatalogChores {
    /// - Parameters:
    ///   - uploads: the folder of claimed uploads.
    ///   - scratch: the folder for temporary files of workers.
    ///   - uploadDays: how long an upload stays after its job has ended.
    ///   - historyDays: how long older versions of products stay.
    package static func all(
        _ connection: Connection,
        uploads: String,
        scratch: String,
        uploadDays: Int,
        historyDays: Int
    ) -> [JobChore] {
        let files = UploadRetention(connection, folder: uploads, scratch: scratch, days: uploadDays)
        let history = HistoryRetention(connection, days: historyDays)
        return [
            JobChore("removing old uploads", everySeconds: 600, step: files.step),
            JobChore("pruning the history", everySeconds: 3600, step: history.step),
            JobChore("forgetting stopped deletions", everySeconds: 3600) { now in
                let dayAgo = now.adding(seconds: -86_400)
                return try ProductDeleteStore.forgetAbandoned(connection, endedBefore: dayAgo) ?? true
            },
        ]
    }
}
