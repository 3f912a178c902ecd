import AdminKit
import Blobs
import Database
import Identity
import ImportEngine
import ImportKit
import Jobs
import RecordKit
import Support

/// What the runner keeps in order for the catalogue.
enum CatalogChores {
    @Sendable static func all(_ house: ChoreSurroundings) -> [JobChore] {
        let (connection, configuration) = (house.connection, house.configuration)
        let history = HistoryRetention(
            connection,
            ProductFields.table,
            days: { try configuration.value(ImportSettings.historyDays) },
            // Without an index nothing goes: one that is made now begins with the last revision of all.
            known: { try ProductSearch(connection, role: .maintenance).knownUpTo() }
        )
        let words = ProductSearchCheck(connection)
        let tree = CategoryCheck(connection)
        let files = CatalogBlobs.cleaning(connection)
        return [
            // A thousand products a minute.
            JobChore("comparing the text index with the products", everySeconds: 6) { _ in
                try words.step(limit: 100)
                return false
            },
            JobChore("counting the catalogue", everySeconds: 20) { now in
                try CatalogueFiguresStore(connection).count(at: now)
                return false
            },
            JobChore("telling of products that jobs have changed", everySeconds: 1) { now in
                try ChangedProductsStore(connection).step(at: now)
            },
            JobChore("building indexes that a load has left out", everySeconds: 60) { _ in
                try buildIndexes(connection, free: Files.freeBytes(at: house.scratch))
            },
            JobChore("proving the tree of categories", everySeconds: 86_400) { now in
                try tree.note(at: now)
                return false
            },
            JobChore("pruning the history", everySeconds: 3600, isRetention: true, step: history.step),
            JobChore("removing files that nothing uses", everySeconds: 3600, isRetention: true) { now in
                if try ProductImageStore(connection).forgetGone() { return true }
                if try files.step(at: now, days: CatalogBlobs.days(configuration)) { return true }
                _ = try files.removeStrays(at: now)
                return false
            },
            JobChore("forgetting stopped deletions", everySeconds: 3600, isRetention: true) { now in
                let dayAgo = now.adding(seconds: -86_400)
                return try ProductDeleteStore.forgetAbandoned(connection, endedBefore: dayAgo) ?? true
            },
        ]
    }

    /// Builds an index that is missing while no job that may have left it out is about to, and no full disk is in the
    /// way: seconds, where there are millions of products, for which the runner does nothing else.
    /// - Parameter free: how many bytes there are; nil when nobody knows.
    /// - Returns: whether there was one.
    static func buildIndexes(_ connection: Connection, free: Int64?) throws -> Bool {
        try DuplicateSKUStore(connection).resolve(at: .now())
        guard try !ProductIndexStore(connection).missing().isEmpty,
            try !JobStore(connection).isAnyRunning(of: [ProductImport.kind, ProductDeleteJob.kind, ImportUndo.kind])
        else { return false }
        let stored = (Files.size(connection.path) ?? 0) + (Files.size("\(connection.path)-wal") ?? 0)
        guard free ?? .max > stored / 2 else { return false }
        return try ProductIndexStore(connection).step()
    }
}
