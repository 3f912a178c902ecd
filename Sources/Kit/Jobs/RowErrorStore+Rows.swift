public import Database

/// A failing row with everything that is wrong with it.
public struct FailingRow: Sendable, Equatable {
    public var row: Int64
    /// At least one; all of them have the row's place in the file.
    public var errors: [RowError]
}

extension RowErrorStore {
    /// The failing rows behind a row, in the order of the file, with all errors of each.
    /// - Parameter errorLimit: how many errors are read at a time; more than any one row has.
    /// - Returns: empty behind the last.
    public func rows(jobID: Int64, after row: Int64, errorLimit: Int = 2000) throws(DatabaseError) -> [FailingRow] {
        let errors = try connection.all(
            """
            SELECT row, line, byte_offset, byte_length, column_name, code, message, value FROM job_row_error
            WHERE job_id = \(jobID) AND row > \(row) ORDER BY row, id LIMIT \(errorLimit)
            """
        ) { row in
            RowError(
                row: row.int(0),
                line: row.int(1),
                byteOffset: row.int(2),
                byteLength: row.int(3),
                column: row.textOrNil(4),
                code: row.text(5),
                message: row.text(6),
                value: row.textOrNil(7)
            )
        }
        var rows: [FailingRow] = []
        for error in errors {
            if rows.last?.row == error.row {
                rows[rows.count - 1].errors.append(error)
            } else {
                rows.append(FailingRow(row: error.row, errors: [error]))
            }
        }
        // The last one may go on behind what was read.
        if errors.count == errorLimit, rows.count > 1 { rows.removeLast() }
        return rows
    }

    /// Forgets the errors of one row. Call inside a batch.
    public func remove(jobID: Int64, row: Int64) throws(DatabaseError) {
        try connection.execute("DELETE FROM job_row_error WHERE job_id = \(jobID) AND row = \(row)")
    }
}
