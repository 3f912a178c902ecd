import Database
import Jobs

/// How jobs do without the indexes of lists, in transactions of their own.
extension ProductIndexStore {
    /// Has many products removed or put back without the indexes of lists, and builds those when that has ended,
    /// however it has: each row would have to be found in all of them.
    /// - Parameters:
    ///   - count: how many products; the indexes stay when that is less than half of the catalogue.
    ///   - least: how many are a reason.
    func leavingOutLists(_ job: JobRun, moving count: Int64, least: Int64, _ body: () throws -> Void) throws {
        try leaveOutLists(moving: count, least: least)
        do {
            try body()
            try buildMissing(job)
        } catch JobError.fenced {
            throw JobError.fenced
        } catch {
            // A full disk would only be filled again. What is left out here the next attempt builds, or the runner; why
            // the work has ended says more than why an index could not be built.
            if !JobWork.isDiskFull(error) { try? ensure() }
            throw error
        }
    }

    /// Drops the indexes of lists where that is worth it, and builds what else is missing.
    func leaveOutLists(moving count: Int64, least: Int64) throws {
        guard count >= least, try count >= products() / 2 else { return try ensure() }
        try connection.write(.normal) { try drop(CatalogSchema.listIndexes) }
        let lists = Set(CatalogSchema.listIndexes.map(\.name))
        while let index = try missing().first(where: { !lists.contains($0.name) }) {
            try connection.sortingOnDisk { try connection.write(.normal) { try buildIfMissing(index) } }
        }
    }

    private func products() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM product") { row in row.int(0) } ?? 0
    }

    /// The stage in which a job builds what was left out, an index in each of its batches.
    func buildMissing(_ job: JobRun) throws {
        guard try !missing().isEmpty else { return }
        try job.batch {
            $0.stage = "indexing"
            $0.rowsPerSecond = nil
        }
        // Somebody else may have been first.
        while try !missing().isEmpty { try job.batch { _ in try buildNext() } }
    }
}
