package import Database
package import Identity
package import Jobs
import Support

/// What the runner keeps in order for the catalogue.
package enum CatalogChores {
    /// - Parameters:
    ///   - uploads: the folder of claimed uploads.
    ///   - scratch: the folder for temporary files of workers.
    ///   - configuration: says how long uploads and older versions of products stay; looked at with every step.
    package static func all(
        _ connection: Connection,
        uploads: String,
        scratch: String,
        configuration: Configuration
    ) -> [JobChore] {
        let files = UploadRetention(connection, folder: uploads, scratch: scratch) {
            try configuration.value(ConfigurationTable.uploadDays)
        }
        let history = HistoryRetention(connection) { try configuration.value(ConfigurationTable.historyDays) }
        return [
            JobChore("removing old uploads", everySeconds: 600, step: files.step),
            JobChore("building indexes that a load has left out", everySeconds: 60) { _ in
                try buildIndexes(connection, free: Files.freeBytes(at: scratch))
            },
            JobChore("pruning the history", everySeconds: 3600, step: history.step),
            JobChore("forgetting stopped deletions", everySeconds: 3600) { now in
                let dayAgo = now.adding(seconds: -86_400)
                return try ProductDeleteStore.forgetAbandoned(connection, endedBefore: dayAgo) ?? true
            },
        ]
    }

    /// Builds an index that is missing while no import may be about to, and no full disk is in the way: seconds, where
    /// there are millions of products, for which the runner does nothing else.
    /// - Parameter free: how many bytes there are; nil when nobody knows.
    /// - Returns: whether there was one.
    static func buildIndexes(_ connection: Connection, free: Int64?) throws -> Bool {
        guard try !ProductIndexStore(connection).missing().isEmpty,
            try !JobStore(connection).isAnyRunning(of: [ProductImport.kind])
        else { return false }
        let stored = (Files.size(connection.path) ?? 0) + (Files.size("\(connection.path)-wal") ?? 0)
        guard free ?? .max > stored / 2 else { return false }
        return try ProductIndexStore(connection).step()
    }
}
