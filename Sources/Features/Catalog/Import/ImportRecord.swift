import Jobs
import Support
import Tables

/// Turns the cells of one record into values, collecting everything that is wrong with them. One for the whole file:
/// its buffers are reused.
final class ImportRecord {
    struct Fault {
        let code: String
        /// Position in the file; nil when the whole record is meant.
        let column: Int?
    }

    private let columns: ImportColumns
    private let readers: [ImportCellReader]
    private let skuField: Int
    private let nameField: Int
    /// One for each field of the field table; valid while the record is.
    private(set) var values: [ImportValue]

    init(_ columns: ImportColumns, _ currency: Currency) {
        self.columns = columns
        readers = ProductFields.all.map { ImportCellReader($0, currency) }
        skuField = ProductFields.all.firstIndex { $0.name == "sku" } ?? 0
        nameField = ProductFields.all.firstIndex { $0.name == "name" } ?? 0
        values = ProductFields.all.map { _ in .absent }
    }

    /// What makes the cells of a record unreliable altogether.
    func structuralFault(_ record: CSVRecord) -> Fault? {
        if record.problems.contains(.recordTooLong) { return Fault(code: "record_too_long", column: nil) }
        if record.problems.contains(.unclosedQuote) { return Fault(code: "unclosed_quote", column: record.faultyCell) }
        if record.problems.contains(.badQuote) { return Fault(code: "bad_quote", column: record.faultyCell) }
        if record.count != columns.headers.count { return Fault(code: "ragged_row", column: nil) }
        return nil
    }

    /// The SKU's cell; nil when the record's cells are unreliable.
    func sku(_ record: CSVRecord) -> UnsafeBufferPointer<UInt8>? {
        guard record.problems.isEmpty, record.count == columns.headers.count,
            let column = columns.positions[skuField]
        else { return nil }
        return record.cell(column)
    }

    /// Reads all mapped cells into `values` and appends what is wrong.
    func read(_ record: CSVRecord, sku: UnsafeBufferPointer<UInt8>?, _ faults: inout [Fault]) {
        for (index, column) in columns.positions.enumerated() {
            guard index != skuField else {
                values[index] = sku.map { .text($0) } ?? .absent
                continue
            }
            guard let column else { continue }
            do {
                values[index] = try readers[index].read(record.cell(column))
            } catch {
                values[index] = .absent
                faults.append(Fault(code: error.code, column: column))
            }
        }
    }

    func skuFault(_ code: String) -> Fault { Fault(code: code, column: columns.positions[skuField]) }

    func isAboutName(_ fault: Fault) -> Bool { fault.column != nil && fault.column == columns.positions[nameField] }

    var nameFault: Fault { Fault(code: "no_name", column: columns.positions[nameField]) }

    /// The error as it is kept and shown.
    func rowError(_ fault: Fault, _ record: CSVRecord) -> RowError {
        let cell = fault.column.flatMap { $0 < record.count ? record.text($0) : nil }
        let message = ImportMessage(code: fault.code)
        return RowError(
            row: record.position.row,
            line: record.position.line,
            byteOffset: record.position.byteOffset,
            byteLength: record.byteLength,
            column: fault.column.flatMap { $0 < columns.headers.count ? columns.headers[$0] : nil },
            code: fault.code,
            message: "\(message.text) \(message.cure)",
            value: cell.map { String(String.UnicodeScalarView($0.unicodeScalars.prefix(200))) }
        )
    }
}
