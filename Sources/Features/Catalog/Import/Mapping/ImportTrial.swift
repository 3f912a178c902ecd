import Jobs
import Support
import Tables

/// What would become of the first records of a file under a mapping, as far as the file alone tells.
struct ImportTrial: Sendable, Equatable {
    /// So many records are tried.
    static let rows = 200
    /// So many problems of one kind are shown in one column.
    static let shownProblems = 5

    /// One kind of problem in one column.
    struct Finding: Sendable, Equatable {
        var code: String
        /// Position in the file; nil when whole rows are meant.
        var column: Int?
        var count: Int
        var isWarning: Bool
        /// The first of them.
        var examples: [ImportProblem]
    }

    private(set) var tried = 0
    private(set) var good = 0
    private(set) var continued = 0
    /// By column, then by code; whole rows first.
    private(set) var findings: [Finding] = []

    /// - Parameter reader: stands before the first record behind the header.
    init(
        _ reader: inout CSVReader,
        _ columns: ImportColumns,
        _ currency: Currency,
        _ blank: ImportOptions.Blank
    ) throws {
        let record = ImportRecord(columns, currency, blank: blank)
        let keys = SKUKeys()
        let warnings = WarningList()
        record.observe = { warning, column, raw in warnings.add(warning, column, raw) }
        while tried < Self.rows, try reader.next() {
            tried += 1
            let raw = reader.record
            if record.isContinuation(raw) {
                continued += 1
                continue
            }
            let faults = Self.faults(raw, record, keys)
            if faults.isEmpty { good += 1 }
            for fault in faults {
                note(RowError(fault.code, fault.column, raw, headers: columns.headers), fault.column)
            }
        }
        for (error, column) in warnings.all { note(error, column, isWarning: true) }
        findings.sort { ($0.column ?? -1, $0.code) < ($1.column ?? -1, $1.code) }
    }

    private static func faults(
        _ raw: CSVRecord,
        _ record: ImportRecord,
        _ keys: borrowing SKUKeys
    ) -> [ImportRecord.Fault] {
        if let fault = record.structuralFault(raw) { return [fault] }
        var faults: [ImportRecord.Fault] = []
        var sku: UnsafeBufferPointer<UInt8>?
        switch keys.read(record.sku(raw) ?? UnsafeBufferPointer(start: nil, count: 0)) {
        case .key(let text, _): sku = text
        case .blank: faults.append(record.skuFault("no_sku"))
        case .bad: faults.append(record.skuFault("bad_sku"))
        }
        record.read(raw, sku: sku, &faults)
        return faults
    }

    private mutating func note(_ error: RowError, _ column: Int?, isWarning: Bool = false) {
        let problem = ImportProblem(
            line: error.line,
            row: error.row,
            column: error.column,
            value: error.value,
            code: error.code
        )
        if let known = findings.firstIndex(where: { $0.code == error.code && $0.column == column }) {
            findings[known].count += 1
            if findings[known].examples.count < Self.shownProblems { findings[known].examples.append(problem) }
        } else {
            findings.append(
                Finding(code: error.code, column: column, count: 1, isWarning: isWarning, examples: [problem])
            )
        }
    }

    /// Warnings with their places, as they come.
    private final class WarningList {
        var all: [(error: RowError, column: Int)] = []

        func add(_ warning: ImportWarning, _ column: Int, _ raw: CSVRecord) {
            all.append((RowError(warning.rawValue, column, raw, headers: []), column))
        }
    }
}
