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
    /// The same, to be used without counting references for each cell.
    private let lent: [Unmanaged<ImportCellReader>]
    private let blanks: [ImportBlank]
    private let attributeReader: ImportCellReader
    private let attributeBlanks: [ImportBlank]
    private let attributes: AttributeChange?
    private let attributesField: Int
    private let skuField: Int
    /// One for each field: cells that are not as they stand in the file.
    private let restored: [StableRoom]
    private let nameField: Int
    /// One for each field of the field table; valid while the record is. Written for each cell by one thread, so that
    /// watching for overlapping accesses, a tenth of the time, would find nothing.
    @exclusivity(unchecked) private(set) var values: [ImportValue]
    /// Told what is odd about a cell that was taken, and where; nil when nobody wants to know.
    @exclusivity(unchecked) var observe: ((ImportWarning, _ column: Int, CSVRecord) -> Void)?

    /// - Parameter blank: what blank cells mean where the mapping says nothing of their column.
    init(_ columns: ImportColumns, _ currency: Currency, blank: ImportOptions.Blank) {
        self.columns = columns
        let fields = ProductFields.all
        let readers = fields.map { ImportCellReader($0, currency, flag: $0.name == "status" ? columns.flag : nil) }
        self.readers = readers
        lent = readers.map { Unmanaged.passUnretained($0) }
        blanks = zip(fields.indices, columns.positions).map { index, column in
            ImportBlank(column.flatMap { columns.rules[$0] }, blank, readers[index], own: fields[index].standard)
        }
        let reader = ImportCellReader.attribute(currency)
        attributeReader = reader
        attributeBlanks = columns.attributes.map { ImportBlank(columns.rules[$0.column], blank, reader, own: nil) }
        attributes = columns.attributes.isEmpty ? nil : AttributeChange(names: columns.attributes.map(\.name))
        attributesField = fields.firstIndex { $0.kind == .attributes } ?? 0
        skuField = fields.firstIndex { $0.name == "sku" } ?? 0
        nameField = fields.firstIndex { $0.name == "name" } ?? 0
        values = fields.map { _ in .absent }
        restored = fields.map { _ in StableRoom() }
    }

    /// What makes the cells of a record unreliable altogether.
    func structuralFault(_ record: CSVRecord) -> Fault? {
        if record.problems.contains(.recordTooLong) { return Fault(code: "record_too_long", column: nil) }
        if record.problems.contains(.unclosedQuote) { return Fault(code: "unclosed_quote", column: record.faultyCell) }
        if record.problems.contains(.badQuote) { return Fault(code: "bad_quote", column: record.faultyCell) }
        if record.count != columns.headers.count { return Fault(code: "ragged_row", column: nil) }
        return nil
    }

    /// The position of the SKU in the file.
    var skuColumn: Int? { columns.positions[skuField] }

    /// The SKU's cell; nil when the record's cells are unreliable.
    func sku(_ record: CSVRecord) -> UnsafeBufferPointer<UInt8>? {
        guard record.problems.isEmpty, record.count == columns.headers.count,
            let column = columns.positions[skuField]
        else { return nil }
        return cell(record, column, skuField)
    }

    /// What a cell says, without the apostrophes that an export may have put into it.
    private func cell(_ record: CSVRecord, _ column: Int, _ field: Int) -> UnsafeBufferPointer<UInt8> {
        let cell = record.cell(column)
        guard let marks = columns.marks,
            let danger = FormulaCells.danger(of: ProductFields.all[field].name, in: record.cell(marks))
        else { return cell }
        return FormulaCells.restored(cell, danger) { restored[field].room($0) }
    }

    /// Reads all mapped cells into `values` and appends what is wrong.
    func read(_ record: CSVRecord, sku: UnsafeBufferPointer<UInt8>?, _ faults: inout [Fault]) {
        for (index, column) in columns.positions.enumerated() {
            guard index != skuField else {
                values[index] = sku.map { .text($0) } ?? .absent
                if let sku, let column, ImportText.isScientific(sku) {
                    observe?(.scientificIdentifier, column, record)
                }
                continue
            }
            guard let column else { continue }
            do {
                values[index] = try value(index, column, record)
            } catch {
                values[index] = .absent
                faults.append(Fault(code: error.code, column: column))
            }
        }
        if let attributes { read(record, attributes, &faults) }
    }

    /// What the cell of a column says about the field that it feeds.
    private func value(_ field: Int, _ column: Int, _ record: CSVRecord) throws(ImportFault) -> ImportValue {
        let reading = lent[field]._withUnsafeGuaranteedRef { reader in
            let reading = Result { () throws(ImportFault) in try reader.read(cell(record, column, field)) }
            if case .success = reading, let warning = reader.warning { observe?(warning, column, record) }
            return reading
        }
        let value = try reading.get()
        if case .none = value { return try blanks[field].value() }
        return value
    }

    private func read(_ record: CSVRecord, _ change: AttributeChange, _ faults: inout [Fault]) {
        change.clear()
        if columns.positions[attributesField] != nil {
            switch values[attributesField] {
            case .text(let all): change.replaceAll(by: all)
            case .none: change.removeAll()
            case .absent, .integer, .attributes: break
            }
        }
        for (index, attribute) in columns.attributes.enumerated() {
            do {
                var value = try attributeReader.read(ImportText.trimmed(record.cell(attribute.column)))
                if case .none = value { value = try attributeBlanks[index].value() }
                switch value {
                case .text(let text): change.set(index, text)
                case .none: change.remove(index)
                case .absent, .integer, .attributes: break
                }
            } catch {
                faults.append(Fault(code: error.code, column: attribute.column))
            }
        }
        values[attributesField] = change.isEmpty ? .absent : .attributes(Unmanaged.passUnretained(change))
    }

    func skuFault(_ code: String) -> Fault { Fault(code: code, column: columns.positions[skuField]) }

    func isAboutName(_ fault: Fault) -> Bool { fault.column != nil && fault.column == columns.positions[nameField] }

    var nameFault: Fault { Fault(code: "no_name", column: columns.positions[nameField]) }

    /// The attributes that the file names do not fit beside those that the product has.
    var attributesFault: Fault {
        Fault(code: "too_many_attributes", column: columns.positions[attributesField])
    }

    /// The error as it is kept and shown.
    func rowError(_ fault: Fault, _ record: CSVRecord) -> RowError {
        RowError(fault.code, fault.column, record, headers: columns.headers)
    }

    /// How many amounts of each column had a point and how many a comma before their decimals, since the last time.
    func takeDecimalMarks() -> [(column: Int, points: Int64, commas: Int64)] {
        zip(readers, columns.positions).compactMap { reader, column in
            guard let column else { return nil }
            let marks = reader.takeDecimalMarks()
            return marks.points + marks.commas > 0 ? (column, marks.points, marks.commas) : nil
        }
    }

    // MARK: Rows that continue the product above

    /// The last record's text in the column that names the product, as a run must remember it where it is interrupted.
    private(set) var group: [UInt8] = []

    func resume(group: String) { self.group = Array(group.utf8) }

    /// Whether a record says nothing of its own: it names the same product as the record above, has no SKU and no value
    /// for any field, so that it only brings more of what is not imported (images, options). Call for each record once,
    /// in the order of the file.
    func isContinuation(_ record: CSVRecord) -> Bool {
        guard let column = columns.group, record.problems.isEmpty, record.count == columns.headers.count else {
            return false
        }
        let cell = ImportText.trimmed(record.cell(column))
        let isSame = !cell.isEmpty && cell.elementsEqual(group)
        if !isSame { group = Array(cell) }
        return isSame
            && columns.positions.allSatisfy { position in
                position.map { ImportText.trimmed(record.cell($0)).isEmpty } ?? true
            }
    }
}

extension RowError {
    /// A problem of a record, or something odd about it.
    init(_ code: String, _ column: Int?, _ record: CSVRecord, headers: [String]) {
        let cell = column.flatMap { $0 < record.count ? record.text($0) : nil }
        let message = ImportMessage(code: code)
        self.init(
            row: record.position.row,
            line: record.position.line,
            byteOffset: record.position.byteOffset,
            byteLength: record.byteLength,
            column: column.flatMap { $0 < headers.count ? headers[$0] : nil },
            code: code,
            message: "\(message.text) \(message.cure)",
            value: cell.map { String(String.UnicodeScalarView($0.unicodeScalars.prefix(200))) }
        )
    }
}
