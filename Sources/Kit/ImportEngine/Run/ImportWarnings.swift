package import Database
import Jobs
package import Support
import Tables

/// Collects what is odd about records that are taken, until a batch commits it. One for a whole attempt.
final class ImportWarnings {
    private struct Key: Hashable {
        var code: String
        /// Nil when whole rows are meant.
        var column: Int?
    }

    /// Warnings of each kind that are kept with their place; the others are only counted.
    private static let examplesKept = 1000

    // Both decimal marks are counted, because which of them is the odd one shows only at the end, and a run that was
    // interrupted must not begin anew.
    static let pointCode = "decimal_point"
    static let commaCode = "decimal_comma"

    private let headers: [String]
    private var counts: [Key: Int64] = [:]
    private var kept: [String: Int] = [:]
    private var examples: [RowError] = []

    init(headers: [String]) {
        self.headers = headers
    }

    func note(_ warning: ImportWarning, _ column: Int?, _ record: CSVRecord) {
        counts[Key(code: warning.rawValue, column: column), default: 0] += 1
        guard kept[warning.rawValue, default: 0] < Self.examplesKept else { return }
        kept[warning.rawValue, default: 0] += 1
        examples.append(RowError(warning.rawValue, column, record, headers: headers))
    }

    /// Brings what was noted since the last time into the database; inside the batch that read the records.
    /// - Parameter record: whose cells were read.
    func flush(_ record: ImportRecord, into store: RowWarningStore, jobID: Int64, at now: Timestamp) throws {
        for marks in record.takeDecimalMarks() {
            counts[Key(code: Self.pointCode, column: marks.column), default: 0] += marks.points
            counts[Key(code: Self.commaCode, column: marks.column), default: 0] += marks.commas
        }
        guard !counts.isEmpty else { return }
        let rows = counts.filter { $0.value > 0 }.map {
            RowWarningStore.Count(code: $0.key.code, column: $0.key.column.map { headers[$0] } ?? "", count: $0.value)
        }
        try store.add(rows, examples: examples, jobID: jobID, at: now)
        counts = [:]
        examples = []
    }
}

/// The warnings of an import as people and programs see them.
package struct ImportWarningSummary: Sendable, Equatable {
    /// One kind in one column.
    package struct Entry: Sendable, Equatable {
        package var code: String
        package var column: String
        package var count: Int64
        /// The first rows that show it.
        package var examples: [ImportProblem]
    }

    /// Without new brands, which are nothing odd.
    package var entries: [Entry]
    /// Brands that no product had when the plan was made: how many, and the first of them in the order of the file.
    package var newBrands = NewBrands()

    package struct NewBrands: Sendable, Equatable {
        package var count: Int64 = 0
        package var names: [String] = []

        static let shown = 20

        package init(count: Int64 = 0, names: [String] = []) {
            (self.count, self.names) = (count, names)
        }
    }

    /// - Parameter examples: how many places of each kind.
    package init(_ connection: Connection, jobID: Int64, examples: Int = 5) throws {
        let store = RowWarningStore(connection)
        let counts = try store.counts(jobID: jobID)
        let found = counts.isEmpty ? [] : try store.examples(jobID: jobID, limit: 4000).map(\.warning)
        for count in counts where count.code == ImportWarning.newBrand.rawValue { newBrands.count += count.count }
        newBrands.names = found.filter { $0.code == ImportWarning.newBrand.rawValue }.prefix(NewBrands.shown)
            .compactMap { $0.value?.trimmed }
        entries = Self.shown(counts.filter { $0.code != ImportWarning.newBrand.rawValue }).map { count in
            let places = found.filter { $0.code == count.code && ($0.column ?? "") == count.column }
            return Entry(
                code: count.code,
                column: count.column,
                count: count.count,
                examples: places.prefix(examples).map {
                    ImportProblem(line: $0.line, row: $0.row, column: $0.column, value: $0.value, code: $0.code)
                }
            )
        }
    }

    /// The counts with those of the two decimal marks made one: the rarer mark is the odd one.
    static func shown(_ counts: [RowWarningStore.Count]) -> [RowWarningStore.Count] {
        var shown = counts.filter { $0.code != ImportWarnings.pointCode && $0.code != ImportWarnings.commaCode }
        for points in counts where points.code == ImportWarnings.pointCode {
            let other = counts.first { $0.code == ImportWarnings.commaCode && $0.column == points.column }
            guard let commas = other else { continue }
            shown.append(
                RowWarningStore.Count(
                    code: ImportWarning.mixedDecimalMarks.rawValue,
                    column: points.column,
                    count: min(points.count, commas.count)
                )
            )
        }
        return shown.sorted { ($1.count, $0.code, $0.column) < ($0.count, $1.code, $1.column) }
    }

    /// What is odd about the file as a whole, in words.
    package var ofTheFile: [String] {
        entries.filter(\.column.isEmpty).map { entry in
            let message = ImportMessage(code: entry.code)
            return "\(message.text) \(message.cure)"
        }
    }

    /// `[{code, column, count, message, rows}]`.
    package var json: JSON {
        .array(
            entries.map { entry in
                let message = ImportMessage(code: entry.code)
                return [
                    "code": .string(entry.code), "column": .string(entry.column), "count": .int(entry.count),
                    "message": .string("\(message.text) \(message.cure)"),
                    "rows": .array(
                        entry.examples.map {
                            ["row": .int($0.row), "line": .int($0.line), "value": .optional($0.value)]
                        }
                    ),
                ]
            }
        )
    }
}
