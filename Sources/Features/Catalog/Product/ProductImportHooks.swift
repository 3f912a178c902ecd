import Database
import ImportEngine
import Jobs

/// What imports of products do beyond the table: indexes that are built behind a first load, SKUs that products share,
/// and the text index.
final class ProductImportHooks: ImportHooks {
    private let connection: Connection
    private let jobID: Int64
    /// Rows from which on a first load builds the indexes afterwards.
    private let deferredIndexRows: Int64
    private var indexes: ProductIndexStore { ProductIndexStore(connection) }

    init(_ connection: Connection, jobID: Int64, deferredIndexRows: Int64) {
        self.connection = connection
        self.jobID = jobID
        self.deferredIndexRows = deferredIndexRows
    }

    func beginBatch() throws(DatabaseError) -> RecordImportStore.KeyState {
        var state = RecordImportStore.KeyState()
        state.isIndexed = try indexes.hasKey()
        if !state.isIndexed, try !indexes.isWithoutKey(jobID) {
            try indexes.requireKey()
            state.isIndexed = true
        }
        state.isShared = state.isIndexed ? try !indexes.keepsApart() : false
        return state
    }

    func sharesKeys() throws(DatabaseError) -> Bool { try DuplicateSKUStore(connection).isInForce() }

    /// Records are looked up by their SKUs; a load that died may have left that index for later.
    func beginPlanning(_ options: ImportOptions) throws {
        if try !indexes.hasKey() { try connection.write(.normal) { try indexes.requireKey() } }
        try refuseShared(options)
    }

    /// Who deletes, or puts away what a file does not name, must know which product is meant.
    private func refuseShared(_ options: ImportOptions) throws {
        let shared = DuplicateSKUStore(connection)
        guard options.mode == .delete || options.missing == .deactivate, try shared.isInForce() else { return }
        throw JobError.failed(
            """
            \(DuplicateSKUStore.sentence(try shared.count())) So this import cannot tell which product a row means \
            to delete or to keep. Nothing was imported. The page Products shows the SKUs that are shared: keep one \
            product of each, then retry.
            """
        )
    }

    /// Puts the indexes off until after the load when the catalogue is empty and the file is big, those of lists when
    /// the file may delete most of it; otherwise makes up for a load that died.
    func beginApplying(_ job: JobRun, isDeletion: Bool) throws {
        var isPutOff = false
        if job.state.books.total >= deferredIndexRows, try indexes.isCatalogueEmpty() {
            try job.batch { _ in isPutOff = try indexes.deferIndexes(for: jobID) }
        }
        guard !isPutOff else { return }
        try indexes.leaveOutLists(moving: isDeletion ? job.state.books.total : 0, least: deferredIndexRows)
    }

    func ensureIndexes(_ job: JobRun) throws { try indexes.ensure() }

    func withoutListIndexes(_ job: JobRun, moving count: Int64, _ body: () throws -> Void) throws {
        try indexes.leavingOutLists(job, moving: count, least: deferredIndexRows, body)
    }

    func endLoad() throws {
        if try indexes.isLoad(jobID) { try indexes.ensure() }
    }

    func followIndex(_ job: JobRun) throws { try ProductSearch.waitUntilIndexed(job) }

    func makeSearchable(_ job: JobRun, requireSpace: () throws -> Void) throws {
        while !(try indexes.missing().isEmpty) {
            // Another process may have been first.
            try job.batch { _ in try indexes.buildNext() }
        }
        try ProductSearch.waitUntilIndexed(job) { try requireSpace() }
    }
}
