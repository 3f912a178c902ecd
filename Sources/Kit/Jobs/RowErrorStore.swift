public import Database
public import Support

/// One thing wrong with one record of a file.
public struct RowError: Sendable, Equatable {
    /// n-th data record, from 1.
    public var row: Int64
    /// The physical line on which the record starts; the header is on line 1.
    public var line: Int64
    public var byteOffset: Int64
    public var byteLength: Int64
    /// The name in the header; nil when the whole record is meant.
    public var column: String?
    public var code: String
    /// What is wrong and what would be right.
    public var message: String
    /// The cell as it stood, cut to 200 characters.
    public var value: String?

    public init(
        row: Int64,
        line: Int64,
        byteOffset: Int64,
        byteLength: Int64,
        column: String?,
        code: String,
        message: String,
        value: String?
    ) {
        self.row = row
        self.line = line
        self.byteOffset = byteOffset
        self.byteLength = byteLength
        self.column = column
        self.code = code
        self.message = message
        self.value = value
    }
}

extension RowError {
    /// As the API has it.
    public var json: JSON {
        [
            "row": .int(row), "line": .int(line), "byte_offset": .int(byteOffset), "byte_length": .int(byteLength),
            "column": .optional(column), "code": .string(code), "message": .string(message), "value": .optional(value),
        ]
    }
}

/// All SQL of the tables job_row_error and job_row_correction.
public struct RowErrorStore {
    public let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// Call inside the batch in which the row was counted as failed.
    public func add(_ error: RowError, jobID: Int64, at now: Timestamp) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO job_row_error
                (job_id, row, line, byte_offset, byte_length, column_name, code, message, value, created_at)
            VALUES (\(jobID), \(error.row), \(error.line), \(error.byteOffset), \(error.byteLength), \(error.column),
                \(error.code), \(error.message), \(error.value), \(now))
            """
        )
    }

    /// Forgets what an earlier attempt at the file has found, and how its rows came back. Call inside a batch.
    public func removeAll(jobID: Int64) throws(DatabaseError) {
        try connection.execute("DELETE FROM job_row_error WHERE job_id = \(jobID)")
        try connection.execute("DELETE FROM job_row_correction WHERE job_id = \(jobID)")
    }

    /// The errors of some rows, in the order of the file.
    public func list(jobID: Int64, rows: [Int64]) throws(DatabaseError) -> [RowError] {
        guard !rows.isEmpty else { return [] }
        return try connection.all(
            """
            SELECT \(Self.columns) FROM job_row_error
            WHERE job_id = \(jobID) AND row IN \(list: rows) ORDER BY row, id
            """
        ) { row in Self.read(row) }
    }

    static let columns: SQL = "id, row, line, byte_offset, byte_length, column_name, code, message, value"

    /// A problem behind its id: row, line, offset, length, column, code, message, value.
    static func read(_ row: borrowing Row) -> RowError {
        RowError(
            row: row.int(1),
            line: row.int(2),
            byteOffset: row.int(3),
            byteLength: row.int(4),
            column: row.textOrNil(5),
            code: row.text(6),
            message: row.text(7),
            value: row.textOrNil(8)
        )
    }

    /// In the order of the file, those behind a place; errors that a repair has found stand where their row does.
    public func list(
        jobID: Int64,
        after place: RowErrorPlace = RowErrorPlace(row: 0, id: 0),
        limit: Int
    ) throws(DatabaseError) -> [(id: Int64, error: RowError)] {
        try connection.all(
            """
            SELECT \(Self.columns) FROM job_row_error
            WHERE job_id = \(jobID) AND (row, id) > (\(place.row), \(place.id)) ORDER BY row, id LIMIT \(limit)
            """
        ) { row in (row.int(0), Self.read(row)) }
    }

    /// How many errors, and on how many different rows.
    public func count(jobID: Int64) throws(DatabaseError) -> (errors: Int64, rows: Int64) {
        try connection.first("SELECT COUNT(*), COUNT(DISTINCT row) FROM job_row_error WHERE job_id = \(jobID)") { row in
            (row.int(0), row.int(1))
        } ?? (0, 0)
    }
}
