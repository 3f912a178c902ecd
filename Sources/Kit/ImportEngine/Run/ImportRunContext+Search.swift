import Jobs

extension ImportRunContext {
    /// The stage *indexing*: waits until the rows can be found, helping where no other process does.
    func makeSearchable() throws {
        try job.batch {
            $0.stage = "indexing"
            $0.rowsPerSecond = nil
        }
        try hooks.makeSearchable(job) { try requireSpace() }
    }
}
