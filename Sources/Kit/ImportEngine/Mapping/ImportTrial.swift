import Jobs
package import Money
import Support
package import Tables

/// What would become of the first records of a file under a mapping, as far as the file alone tells.
package struct ImportTrial: Sendable, Equatable {
    /// Records that are shown, and looked at for what columns may mean.
    static let rows = 200
    /// Records of a converted file that are tried; of all others as many as the time allows.
    static let convertedRows = 20_000
    /// How long records are tried, and how long those behind them are counted.
    private static let (tryNanoseconds, countNanoseconds) = (UInt64(2_000_000_000), UInt64(1_000_000_000))
    /// Problems of one kind that are shown in one column.
    static let shownProblems = 5

    /// One kind of problem in one column.
    package struct Finding: Sendable, Equatable {
        package var code: String
        /// Position in the file; nil when whole rows are meant.
        package var column: Int?
        package var count: Int
        package var isWarning: Bool
        /// The first of them.
        package var examples: [ImportProblem]
    }

    package private(set) var tried = 0
    package private(set) var good = 0
    package private(set) var continued = 0
    /// How many records the file has; nil when there was no time to count them.
    package private(set) var total: Int?
    /// By column, then by code; whole rows first.
    package private(set) var findings: [Finding] = []
    /// What the first of them become.
    package private(set) var stored: StoredSamples

    /// - Parameters:
    ///   - reader: stands before the first record behind the header.
    ///   - format: what the file is.
    ///   - isWhole: whether the end of the reader, after a number of records, is that of the file.
    package init(
        _ reader: inout CSVReader,
        _ format: TableFormat,
        _ columns: ImportColumns,
        _ currency: Currency,
        _ blank: ImportOptions.Blank,
        isWhole: (Int) -> Bool = { _ in true }
    ) throws {
        stored = StoredSamples(columns)
        let record = ImportRecord(columns, currency, blank: blank, ImportSource(format, columns))
        let keys = KeyReader(columns.target)
        record.observesWidth = format.kind == .delimited
        let warnings = WarningList()
        record.observe = { warning, column, raw in warnings.add(warning, column, raw) }
        let end = monotonicNanoseconds() + Self.tryNanoseconds
        var isOver = false
        var made = MadeSKUs()
        while !isOver {
            guard try reader.next() else {
                if isWhole(tried) { total = tried }
                break
            }
            tried += 1
            isOver = tried & 0xFF == 0 && monotonicNanoseconds() >= end || made.isFull
            let raw = reader.record
            if record.isHeader(raw) {
                tried -= 1
                continue
            }
            if record.isContinuation(raw) {
                continued += 1
                continue
            }
            let faults = Self.faults(raw, record, keys) { key, isGood in
                guard columns.identity != nil else { return }
                made.add(key, tag: record.keyTag, line: raw.position.line, isGood: isGood)
            }
            if faults.isEmpty { good += 1 }
            if tried <= Self.rows { stored.note(raw, record, faults, currency) }
            for fault in faults {
                note(RowError(fault.code, fault.column, raw, headers: columns.headers), fault.column)
            }
        }
        if isOver, !format.isConverted { try countRest(&reader) }
        note(made.takeClashes(), columns)
        for (warning, column, count, examples) in warnings.all {
            findings.append(
                Finding(code: warning, column: column, count: count, isWarning: true, examples: examples)
            )
        }
        findings.sort { ($0.column ?? -1, $0.code) < ($1.column ?? -1, $1.code) }
    }

    private mutating func countRest(_ reader: inout CSVReader) throws {
        let end = monotonicNanoseconds() + Self.countNanoseconds
        var count = tried
        while try reader.next() {
            count += 1
            if count & 0xFFF == 0, monotonicNanoseconds() >= end { return }
        }
        total = count
    }

    private static func faults(
        _ raw: CSVRecord,
        _ record: ImportRecord,
        _ keys: KeyReader,
        note: (_ key: UnsafeBufferPointer<UInt8>, _ isGood: Bool) -> Void
    ) -> [ImportRecord.Fault] {
        if let fault = record.structuralFault(raw) { return [fault] }
        var faults: [ImportRecord.Fault] = []
        var (keyText, key): (UnsafeBufferPointer<UInt8>?, UnsafeBufferPointer<UInt8>?)
        switch keys.read(raw, record) {
        case .key(let text, let bytes): (keyText, key) = (text, bytes)
        case .blank(let field): faults.append(record.blankKey(field))
        case .bad(let field): faults.append(record.badKey(field, raw))
        }
        record.read(raw, keyText: keyText, &faults)
        if let key { note(key, faults.isEmpty) }
        return faults
    }

    /// Different products that get the same SKU.
    private mutating func note(_ clashes: (lines: [Int64], good: Int), _ columns: ImportColumns) {
        guard !clashes.lines.isEmpty, let column = columns.identity?.named.first else { return }
        good -= clashes.good
        let (code, name) = ("ambiguous_identity", columns.headers[column])
        let examples = clashes.lines.prefix(Self.shownProblems)
            .map { ImportProblem(line: $0, row: 0, column: name, value: nil, code: code) }
        let count = clashes.lines.count
        findings.append(Finding(code: code, column: column, count: count, isWarning: false, examples: examples))
    }

    private mutating func note(_ error: RowError, _ column: Int?) {
        let problem = ImportProblem(error)
        if let known = findings.firstIndex(where: { $0.code == error.code && $0.column == column }) {
            findings[known].count += 1
            if findings[known].examples.count < Self.shownProblems { findings[known].examples.append(problem) }
        } else {
            findings.append(Finding(code: error.code, column: column, count: 1, isWarning: false, examples: [problem]))
        }
    }

    /// Warnings, counted by kind and column with the first places of each.
    private final class WarningList {
        private struct Key: Hashable {
            var code: String
            var column: Int?
        }

        private var counts: [Key: (count: Int, examples: [ImportProblem])] = [:]

        var all: [(code: String, column: Int?, count: Int, examples: [ImportProblem])] {
            counts.map { ($0.key.code, $0.key.column, $0.value.count, $0.value.examples) }
        }

        func add(_ warning: ImportWarning, _ column: Int?, _ raw: CSVRecord) {
            let key = Key(code: warning.rawValue, column: column)
            counts[key, default: (0, [])].count += 1
            guard counts[key]?.examples.count ?? 0 < ImportTrial.shownProblems else { return }
            counts[key]?.examples.append(ImportProblem(RowError(warning.rawValue, column, raw, headers: [])))
        }
    }
}
