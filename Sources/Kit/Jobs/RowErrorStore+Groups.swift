public import Database

/// The problems of one kind in one column.
public struct RowErrorGroup: Sendable, Equatable {
    public var code: String
    /// The name in the header; nil when whole records are meant.
    public var column: String?
    /// How many records have it: none has one kind twice in one column.
    public var rows: Int64
    /// The first record that has it.
    public var first: Int64
    /// The first problems, in the order of the file.
    public var examples: [RowError]

    public init(code: String, column: String?, rows: Int64, first: Int64, examples: [RowError] = []) {
        self.code = code
        self.column = column
        self.rows = rows
        self.first = first
        self.examples = examples
    }
}

/// Which problems are looked at: those of one kind, or all.
public struct RowErrorFilter: Sendable, Equatable {
    /// Nil for problems of every kind.
    public var code: String?
    /// The column in which the kind is looked for; nil when whole records are meant. Nothing without a code.
    public var column: String?
    /// The last record that counts; nil for the whole file.
    public var upTo: Int64?

    public init(code: String? = nil, column: String? = nil, upTo: Int64? = nil) {
        self.code = code
        self.column = column
        self.upTo = upTo
    }

    var condition: SQL {
        let place: SQL = "row <= \(upTo ?? .max)"
        guard let code else { return place }
        guard let column else { return "\(place) AND code = \(code) AND (column_name IS NULL OR column_name = '')" }
        return "\(place) AND code = \(code) AND column_name = \(column)"
    }
}

extension RowErrorStore {
    /// How far behind the first example of a group others are looked for, in records: the list of errors may be long,
    /// and a page waits for it.
    private static let exampleReach: Int64 = 20_000

    /// The problems by kind and column, those of most records first.
    /// - Parameters:
    ///   - examples: how many of each.
    ///   - limit: how many groups have examples.
    ///   - upTo: the last record that counts; nil for the whole file.
    public func groups(
        jobID: Int64,
        examples: Int = 3,
        limit: Int = 30,
        upTo: Int64? = nil
    ) throws(DatabaseError) -> [RowErrorGroup] {
        var groups = try connection.all(
            """
            SELECT code, column_name, COUNT(*) AS errors, MIN(row) FROM job_row_error
            WHERE job_id = \(jobID) AND \(RowErrorFilter(upTo: upTo).condition)
            GROUP BY code, column_name ORDER BY errors DESC, code, column_name
            """
        ) { row in
            RowErrorGroup(code: row.text(0), column: row.textOrNil(1), rows: row.int(2), first: row.int(3))
        }
        for index in groups.indices.prefix(examples > 0 ? limit : 0) {
            let (group, end) = (groups[index], groups[index].first.addingReportingOverflow(Self.exampleReach))
            groups[index].examples = try connection.all(
                """
                SELECT \(Self.columns) FROM job_row_error
                WHERE job_id = \(jobID) AND row >= \(group.first) AND row < \(end.overflow ? .max : end.partialValue)
                    AND \(RowErrorFilter(code: group.code, column: group.column, upTo: upTo).condition)
                ORDER BY row, id LIMIT \(examples)
                """
            ) { row in Self.read(row) }
        }
        return groups
    }

    /// The failing records behind one that have such a problem, in the order of the file, each with all that is wrong
    /// with it.
    public func rows(
        jobID: Int64,
        _ filter: RowErrorFilter,
        after row: Int64,
        limit: Int
    ) throws(DatabaseError) -> [FailingRow] {
        let rows = try connection.all(
            """
            SELECT DISTINCT row FROM job_row_error
            WHERE job_id = \(jobID) AND row > \(row) AND \(filter.condition) ORDER BY row LIMIT \(limit)
            """
        ) { row in row.int(0) }
        return try self.rows(jobID: jobID, rows)
    }

    /// Those of some records that fail, in the order of the file, each with all that is wrong with it.
    public func rows(jobID: Int64, _ rows: [Int64]) throws(DatabaseError) -> [FailingRow] {
        FailingRow.grouped(try list(jobID: jobID, rows: rows))
    }

    /// How many records have such a problem.
    public func countRows(jobID: Int64, _ filter: RowErrorFilter) throws(DatabaseError) -> Int64 {
        try connection.first(
            "SELECT COUNT(DISTINCT row) FROM job_row_error WHERE job_id = \(jobID) AND \(filter.condition)"
        ) { row in row.int(0) } ?? 0
    }
}

extension FailingRow {
    /// Errors in the order of the file, those of one record together.
    static func grouped(_ errors: [RowError]) -> [FailingRow] {
        var rows: [FailingRow] = []
        for error in errors {
            if rows.last?.row == error.row {
                rows[rows.count - 1].errors.append(error)
            } else {
                rows.append(FailingRow(row: error.row, errors: [error]))
            }
        }
        return rows
    }
}
