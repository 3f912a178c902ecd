import Database
import Jobs
import Support

extension ImportRunContext {
    /// The stage *indexing*: waits until the rows can be found, helping where nobody else does.
    func makeSearchable() throws {
        try job.batch {
            $0.stage = "indexing"
            $0.rowsPerSecond = nil
        }
        let indexes = ProductIndexStore(connection)
        while !(try indexes.missing().isEmpty) {
            // Somebody else may have been first.
            try job.batch { _ in try indexes.buildNext() }
        }
        try ProductSearch.follow(job) { try requireSpace() }
    }
}
