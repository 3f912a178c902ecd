public import Database

/// Where a list of errors goes on: behind this one.
public struct RowErrorPlace: Sendable, Equatable, CustomStringConvertible {
    public var row: Int64
    public var id: Int64

    public init(row: Int64, id: Int64) {
        self.row = row
        self.id = id
    }

    /// From `description`.
    public init?(_ text: String) {
        let numbers = text.split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        guard numbers.count == 2, let row = numbers[0], let id = numbers[1] else { return nil }
        self.init(row: row, id: id)
    }

    /// For addresses: `12-345`.
    public var description: String { "\(row)-\(id)" }
}

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
            SELECT \(Self.columns) FROM job_row_error
            WHERE job_id = \(jobID) AND row > \(row) ORDER BY row, id LIMIT \(errorLimit)
            """
        ) { row in Self.read(row) }
        var rows = FailingRow.grouped(errors)
        // The last one may go on behind what was read.
        if errors.count == errorLimit, rows.count > 1 { rows.removeLast() }
        return rows
    }

    /// The numbers of the failing rows behind a row, ascending.
    public func failing(jobID: Int64, after row: Int64, limit: Int) throws(DatabaseError) -> [Int64] {
        try connection.all(
            """
            SELECT DISTINCT row FROM job_row_error WHERE job_id = \(jobID) AND row > \(row) ORDER BY row LIMIT \(limit)
            """
        ) { row in row.int(0) }
    }

    /// How many rows fail among the first of the file.
    public func countRows(jobID: Int64, upTo row: Int64) throws(DatabaseError) -> Int64 {
        try connection.first(
            "SELECT COUNT(DISTINCT row) FROM job_row_error WHERE job_id = \(jobID) AND row <= \(row)"
        ) { row in row.int(0) } ?? 0
    }

    /// Forgets the errors of one row, and how it came back. Call inside a batch.
    public func remove(jobID: Int64, row: Int64) throws(DatabaseError) {
        try removeErrors(jobID: jobID, row: row)
        try connection.execute("DELETE FROM job_row_correction WHERE job_id = \(jobID) AND row = \(row)")
    }

    /// Forgets the errors of a row that is to have others. Call inside a batch.
    public func removeErrors(jobID: Int64, row: Int64) throws(DatabaseError) {
        try connection.execute("DELETE FROM job_row_error WHERE job_id = \(jobID) AND row = \(row)")
    }

    // MARK: Rows that came back in vain

    /// Keeps a failing row as it came back, in the form of the file. Call inside the batch that refused it.
    public func keepCorrection(_ record: [UInt8], jobID: Int64, row: Int64) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO job_row_correction (job_id, row, record) VALUES (\(jobID), \(row), \(record))
            ON CONFLICT (job_id, row) DO UPDATE SET record = excluded.record
            """
        )
    }

    /// The row as it came back last; nil when it stands as in the file.
    public func correction(jobID: Int64, row: Int64) throws(DatabaseError) -> [UInt8]? {
        try connection.first(
            "SELECT record FROM job_row_correction WHERE job_id = \(jobID) AND row = \(row)"
        ) { row in row.blob(0) }
    }
}
