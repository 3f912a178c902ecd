package import Database

/// All SQL of the table import_corrected_line: lines without a key of their own that an import has taken in a corrected
/// form, so that later corrections are counted behind them.
package struct CorrectedLineStore {
    let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    package struct Line: Sendable, Equatable {
        package var row: Int64
        /// See `LineKey.digest`.
        package var digest: String
    }

    /// Call inside the batch in which the line was applied.
    func add(_ digest: String, row: Int64, jobID: Int64) throws(DatabaseError) {
        try connection.execute(
            "INSERT INTO import_corrected_line (job_id, row, digest) VALUES (\(jobID), \(row), \(digest))"
        )
    }

    /// The lines behind a row, in the order of the file.
    package func lines(jobID: Int64, after row: Int64, limit: Int) throws(DatabaseError) -> [Line] {
        try connection.all(
            """
            SELECT row, digest FROM import_corrected_line
            WHERE job_id = \(jobID) AND row > \(row) ORDER BY row LIMIT \(limit)
            """
        ) { row in Line(row: row.int(0), digest: row.text(1)) }
    }
}
