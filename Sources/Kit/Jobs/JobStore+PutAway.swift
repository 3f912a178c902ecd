public import Database
import Support

/// Failures that somebody has seen and needs no more to be reminded of.
extension JobStore {
    static let putAwayMigration = Migration(
        "2026-12-01-20 jobs: failures that were put away",
        up: [
            """
            CREATE TABLE job_put_away (
                job_id INTEGER PRIMARY KEY REFERENCES job (id) ON DELETE CASCADE,
                at INTEGER NOT NULL
            ) \(.strict)
            """
        ],
        down: ["DROP TABLE job_put_away"]
    )

    /// Notes that a failure is known; should the job be taken up again and fail once more, that is another one.
    public func putAway(_ job: Job, context: WriteContext) throws -> Outcome {
        try connection.write {
            guard let current = try find(job.id), current.status == .failed else {
                return .wrongState(try find(job.id) ?? job)
            }
            guard try !isPutAway(current) else { return .done(current) }
            try connection.execute(
                """
                INSERT INTO job_put_away (job_id, at) VALUES (\(job.id), \(current.completedAt ?? current.updatedAt))
                ON CONFLICT (job_id) DO UPDATE SET at = excluded.at
                """
            )
            try audit("put_away", current, context)
            return .done(current)
        }
    }

    /// Whether the failure with which a job ended is known.
    public func isPutAway(_ job: Job) throws(DatabaseError) -> Bool {
        try connection.first(
            "SELECT 1 FROM job_put_away WHERE job_id = \(job.id) AND at >= \(job.completedAt ?? job.updatedAt)"
        ) { _ in true } ?? false
    }
}
