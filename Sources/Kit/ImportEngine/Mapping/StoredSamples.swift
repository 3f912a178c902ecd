import Money
import Records
import Support
import Tables

/// What the first rows of a file become: the values of single cells as they will be stored, and whole rows.
package struct StoredSamples: Sendable, Equatable {
    /// Rows that are shown as a whole.
    static let rows = 3
    /// Different values of a column that are shown.
    static let values = 3
    /// Characters of a value that are shown.
    static let length = 80

    /// Fields that some column feeds, by their places in the field table.
    package let fields: [Int]
    package let target: ImportTarget
    /// The values of these fields, for each row that is shown; nil where there is none.
    package private(set) var shown: [[String?]] = []
    /// By column and by what stands in the cell: what is stored; nil for what cannot be read.
    private var stored: [Int: [ByteText: String?]] = [:]

    init(_ columns: ImportColumns) {
        target = columns.target
        fields = columns.target.fields.indices.filter { index in
            let isMade = columns.target.keyFields.contains(index) && columns.identity != nil
            return columns.positions[index] != nil || isMade
        }
    }

    /// What is stored of a cell; `.some(nil)` for one that cannot be read, nil where that is not known.
    package func value(of cell: String, in column: Int) -> String?? { stored[column]?[ByteText(cell)] }

    /// Takes what a record says, as it was just read.
    mutating func note(
        _ raw: CSVRecord,
        _ record: ImportRecord,
        _ faults: [ImportRecord.Fault],
        _ currency: Currency
    ) {
        // Of a record that is broken as a whole nothing was read.
        guard raw.problems.isEmpty, raw.count == record.columns.headers.count else { return }
        for (index, column) in record.columns.positions.enumerated() {
            guard let column, stored[column]?.count ?? 0 < Self.values else { continue }
            let cell = String(raw.text(column).prefix(Self.length)).trimmed
            guard !cell.isEmpty, stored[column]?[ByteText(cell)] == nil else { continue }
            let isBad = faults.contains { $0.column == column }
            stored[column, default: [:]][ByteText(cell)] = .some(isBad ? nil : Self.text(record, index, currency))
        }
        // A variant has its name from another row, which is not looked for here.
        guard faults.isEmpty, shown.count < Self.rows, !record.lacksName(raw) else { return }
        shown.append(fields.map { Self.text(record, $0, currency) })
    }

    /// The value of a field in words; nil where the record says nothing of it.
    private static func text(_ record: ImportRecord, _ field: Int, _ currency: Currency) -> String? {
        switch record.values[field] {
        case .text(let bytes): String(String(decoding: bytes, as: UTF8.self).prefix(length))
        case .integer(let amount):
            record.columns.target.fields[field].text(.integer(amount), currency)
        case .absent, .none, .attributes: nil
        }
    }
}
