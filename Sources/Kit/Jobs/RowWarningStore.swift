public import Database
public import Support

/// All SQL of what is odd about a file's records though they were taken: a few of each kind with their place, and how
/// many there were.
public struct RowWarningStore {
    /// How many there were of one kind in one column.
    public struct Count: Sendable, Equatable {
        public var code: String
        /// The name in the header; "" when whole records are meant.
        public var column: String
        public var count: Int64

        public init(code: String, column: String, count: Int64) {
            self.code = code
            self.column = column
            self.count = count
        }
    }

    public let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// Adds to the counts, and keeps examples. Call inside the batch in which the records were read.
    public func add(
        _ counts: [Count],
        examples: [RowError],
        jobID: Int64,
        at now: Timestamp
    ) throws(DatabaseError) {
        for count in counts {
            try connection.execute(
                """
                INSERT INTO job_row_warning_count (job_id, code, column_name, count)
                VALUES (\(jobID), \(count.code), \(count.column), \(count.count))
                ON CONFLICT (job_id, code, column_name) DO UPDATE
                SET count = job_row_warning_count.count + excluded.count
                """
            )
        }
        for example in examples {
            try connection.execute(
                """
                INSERT INTO job_row_warning
                    (job_id, row, line, byte_offset, byte_length, column_name, code, message, value, created_at)
                VALUES (\(jobID), \(example.row), \(example.line), \(example.byteOffset), \(example.byteLength),
                    \(example.column), \(example.code), \(example.message), \(example.value), \(now))
                """
            )
        }
    }

    /// Most first.
    public func counts(jobID: Int64) throws(DatabaseError) -> [Count] {
        try connection.all(
            """
            SELECT code, column_name, count FROM job_row_warning_count
            WHERE job_id = \(jobID) ORDER BY count DESC, code, column_name
            """
        ) { row in Count(code: row.text(0), column: row.text(1), count: row.int(2)) }
    }

    /// The examples, each kind in the order of the file; those after the given id.
    public func examples(
        jobID: Int64,
        after id: Int64 = 0,
        limit: Int
    ) throws(DatabaseError) -> [(id: Int64, warning: RowError)] {
        try connection.all(
            """
            SELECT id, row, line, byte_offset, byte_length, column_name, code, message, value FROM job_row_warning
            WHERE job_id = \(jobID) AND id > \(id) ORDER BY id LIMIT \(limit)
            """
        ) { row in (row.int(0), RowErrorStore.read(row)) }
    }

    /// Forgets all of a job's, before it reads its file anew; inside the caller's transaction.
    public func removeAll(jobID: Int64) throws(DatabaseError) {
        try connection.execute("DELETE FROM job_row_warning WHERE job_id = \(jobID)")
        try connection.execute("DELETE FROM job_row_warning_count WHERE job_id = \(jobID)")
    }
}
