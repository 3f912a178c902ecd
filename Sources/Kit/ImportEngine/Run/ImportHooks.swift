package import Database
package import Jobs

/// What a noun's imports do beyond its table: asked where stages and batches begin and end, never for a row.
package protocol ImportHooks: AnyObject {
    /// How keys are told apart in the batch that begins; may build an index.
    func beginBatch() throws(DatabaseError) -> RecordImportStore.KeyState
    /// Whether records may share keys, as an old installation may have them.
    func sharesKeys() throws(DatabaseError) -> Bool
    /// Before anything is planned.
    ///
    /// Throws `JobError.failed` for what cannot be done to the table as it is.
    func beginPlanning(_ options: ImportOptions) throws
    /// Before anything is applied by an import that has applied nothing yet.
    /// - Parameter isDeletion: whether the file may delete most of the table.
    func beginApplying(_ job: JobRun, isDeletion: Bool) throws
    /// Builds the indexes that an import left for later which did not come to its end.
    func ensureIndexes(_ job: JobRun) throws
    /// Builds the indexes that this job has left for later, when it ends too early.
    func endLoad() throws
    /// Does without indexes of lists while many records come or go, where that pays.
    func withoutListIndexes(_ job: JobRun, moving count: Int64, _ body: () throws -> Void) throws
    /// Waits until what a job changed can be found.
    func followIndex(_ job: JobRun) throws
    /// The stage *indexing*, behind the last row.
    /// - Parameter requireSpace: throws when the disk is full.
    func makeSearchable(_ job: JobRun, requireSpace: () throws -> Void) throws
}

/// A noun that is nothing but its table.
extension ImportHooks {
    package func beginBatch() throws(DatabaseError) -> RecordImportStore.KeyState { .init() }
    package func sharesKeys() throws(DatabaseError) -> Bool { false }
    package func beginPlanning(_ options: ImportOptions) throws {}
    package func beginApplying(_ job: JobRun, isDeletion: Bool) throws {}
    package func ensureIndexes(_ job: JobRun) throws {}
    package func withoutListIndexes(_ job: JobRun, moving count: Int64, _ body: () throws -> Void) throws { try body() }
    package func followIndex(_ job: JobRun) throws {}
    package func endLoad() throws {}
    package func makeSearchable(_ job: JobRun, requireSpace: () throws -> Void) throws {}
}

final class NoImportHooks: ImportHooks {}
