import Jobs
package import Money
import Records
import Support
package import Tables

/// Turns the cells of one record into values, collecting everything that is wrong with them. One for the whole file:
/// its buffers are reused.
package final class ImportRecord {
    package struct Fault {
        let code: String
        /// Position in the file; nil when the whole record is meant.
        let column: Int?
    }

    let columns: ImportColumns
    let readers: [ImportCellReader]
    /// The same for the keys of lines, which are read besides: what is counted of cells is counted once.
    private let lineReaders: [ImportCellReader]
    /// The same, to be used without counting references for each cell.
    private let lent: [Unmanaged<ImportCellReader>]
    private let blanks: [ImportBlank]
    let source: ImportSource
    /// One for each column: what they read stays until all of the record is.
    private let attributeReaders: [ImportCellReader]
    private let attributeBlanks: [ImportBlank]
    let attributes: AttributeChange?
    let attributesField: Int
    let target: ImportTarget
    private let hasMeasures: Bool
    private let keyField: Int
    /// The field of a key that is one text; -1 where the key is more.
    private let textKeyField: Int
    let codeField: Int
    /// Whether the record's bar code was shortened, so that it leaves what the product has.
    @exclusivity(unchecked) private(set) var sparesCode = false
    /// Makes SKUs of other cells; nil where they stand in their own column.
    private let maker: SKUMaker?
    /// One for each field: cells that are not as they stand in the file.
    private let restored: [StableRoom]
    let nameField: Int
    /// One for each field of the field table; valid while the record is. Written for each cell by one thread, so that
    /// watching for overlapping accesses, a tenth of the time, would find nothing.
    @exclusivity(unchecked) package var values: [ImportValue]
    /// Told what is odd about a cell that was taken, and where; nil when nobody wants to know.
    @exclusivity(unchecked) var observe: ((ImportWarning, _ column: Int?, CSVRecord) -> Void)?
    /// Whether the number of cells in a record says something: rows of a sheet end behind their last value.
    var observesWidth = true
    /// What stands between two cells of the table, for messages; nil where people see no such character.
    var delimiter: UInt8?
    /// Finds second header rows.
    private let header: HeaderRepetition

    /// - Parameters:
    ///   - blank: what blank cells mean where the mapping says nothing of their column.
    ///   - source: what kind of file it is.
    ///   - references: find what cells name of other nouns.
    package init(
        _ columns: ImportColumns,
        _ currency: Currency,
        blank: ImportOptions.Blank,
        _ source: ImportSource,
        _ references: ReferenceStores = .none
    ) {
        self.columns = columns
        header = HeaderRepetition(columns)
        self.source = source
        let target = columns.target
        self.target = target
        let fields = target.fields
        func reader(_ field: Int) -> ImportCellReader {
            ImportCellReader(
                fields[field],
                currency,
                source,
                flag: field == target.flagField ? columns.flag : nil,
                reference: references[field]
            )
        }
        let readers = fields.indices.map(reader)
        self.readers = readers
        lineReaders = target.numberField == nil ? readers : fields.indices.map(reader)
        lent = readers.map { Unmanaged.passUnretained($0) }
        blanks = zip(fields.indices, columns.positions).map { index, column in
            ImportBlank(column.flatMap { columns.rules[$0] }, blank, readers[index], own: fields[index].defaultValue)
        }
        let attributeReaders = columns.attributes.map { _ in ImportCellReader.attribute(currency, source) }
        self.attributeReaders = attributeReaders
        attributeBlanks = zip(columns.attributes, attributeReaders).map { attribute, reader in
            ImportBlank(columns.rules[attribute.column], blank, reader, own: nil)
        }
        attributes = columns.attributes.isEmpty ? nil : AttributeChange(names: columns.attributes.map(\.name))
        attributesField = target.attributesField ?? -1
        keyField = target.keyFields.first ?? 0
        textKeyField = target.hasFoldedKey ? keyField : -1
        nameField = target.titleField ?? -1
        codeField = target.codeField ?? -1
        values = fields.map { _ in .absent }
        restored = fields.map { _ in StableRoom() }
        maker = columns.identity.map { SKUMaker($0, limit: target.keyLimit) }
        isGrouped = columns.group != nil || columns.storeView != nil
        hasMeasures = target.measures.contains { $0.fields.contains { columns.positions[$0] != nil } }
    }

    /// What makes the cells of a record unreliable altogether.
    func structuralFault(_ record: CSVRecord) -> Fault? {
        if record.problems.contains(.recordTooLong) { return Fault(code: "record_too_long", column: nil) }
        if record.problems.contains(.unclosedQuote) { return Fault(code: "unclosed_quote", column: record.faultyCell) }
        if record.problems.contains(.badQuote) { return Fault(code: "bad_quote", column: record.faultyCell) }
        return record.writtenCount == columns.headers.count ? nil : widthFault(record)
    }

    /// A record has more or fewer cells than the header.
    private func widthFault(_ record: CSVRecord) -> Fault? {
        if record.count > 0, let fault = CellFault(record.cell(0)), fault == .badJSON {
            return Fault(code: fault.code, column: nil)
        }
        guard record.count == columns.headers.count else { return Fault(code: ImportMessage.raggedCode, column: nil) }
        let isShort = record.writtenCount < columns.namedCount
        if observesWidth, isShort || record.writtenCount > record.count {
            observe?(isShort ? .missingCells : .surplusCells, nil, record)
        }
        return nil
    }

    /// Whether a record names the columns once more and is no product.
    func isHeader(_ record: CSVRecord) -> Bool { header.matches(record) }

    /// The position in the file of a field that the noun may not have.
    func column(_ field: Int?) -> Int? { field.flatMap { columns.positions[$0] } }

    /// The position of the key in the file, where the key is one text.
    var keyColumn: Int? { target.hasFoldedKey ? columns.positions[keyField] : nil }

    /// The position of the name in the file.
    var nameColumn: Int? { column(target.titleField) }

    /// Whether a record's cells stand where they should.
    private func isReliable(_ record: CSVRecord) -> Bool {
        record.problems.isEmpty && record.count == columns.headers.count && !isHeader(record)
    }

    /// What stands in a field of a key of several; nil for what is wrong.
    func keyValue(_ field: Int, _ record: CSVRecord) -> ImportValue? {
        guard isReliable(record), let column = columns.positions[field] else { return .absent }
        return try? lineReaders[field].read(cell(record, column, field), isNumber: source.isNumber(column, of: record))
    }

    /// What a line says of a field of its key, with what the column's rule makes of a blank cell; nil for what is
    /// wrong.
    func lineValue(_ field: Int, _ record: CSVRecord) -> ImportValue? {
        guard let value = keyValue(field, record) else { return nil }
        if case .none = value { return try? blanks[field].value() }
        return value
    }

    /// The field for whose want a line is wrong, whatever is stored.
    /// - Parameter creates: whether a new record may come of it.
    func lackedField(creates: Bool) -> Int? {
        target.neededFields.first { field in
            switch values[field] {
            case .text, .integer: false
            case .absent: creates
            case .none, .attributes: true
            }
        }
    }

    /// The key's cell, or what is made of those that identify the record; nil when the record's cells are unreliable.
    /// Valid until the next call.
    package func keyCell(_ record: CSVRecord) -> UnsafeBufferPointer<UInt8>? {
        guard isReliable(record) else { return nil }
        let own = columns.positions[keyField].map { keyCell(record, in: $0) }
        guard let maker else { return own }
        if let own, !ImportText.trimmed(own).isEmpty {
            keyTag = 0
            return own
        }
        let made = maker.sku { self.cell(record, $0) }
        keyTag = maker.tag
        return made
    }

    /// Differs where the last key was made of the cells of another record, see `SupersededRows.add`.
    private(set) var keyTag: UInt32 = 0

    /// What a cell says, whichever field it feeds.
    func cell(_ record: CSVRecord, _ column: Int) -> UnsafeBufferPointer<UInt8> {
        guard columns.marks != nil, let field = columns.positions.firstIndex(of: column) else {
            return record.cell(column)
        }
        return cell(record, column, field)
    }

    /// The key as it stands in a column, whatever is wrong with the record.
    package func keyCell(_ record: CSVRecord, in column: Int) -> UnsafeBufferPointer<UInt8> {
        let cell = cell(record, column, keyField)
        guard source.hasStrayMarks else { return cell }
        let bare = ImportText.bare(cell, joiners: true)
        guard TextGuard.mayGuard(bare) else { return bare }
        return ImportText.bare(TextGuard.removed(bare, .beforeNumbers, restored[keyField]), joiners: true)
    }

    /// Tells what is odd about a key.
    private func observe(key: UnsafeBufferPointer<UInt8>, _ column: Int, _ record: CSVRecord) {
        guard let observe else { return }
        if ImportText.isScientific(key) { observe(.scientificIdentifier, column, record) }
        guard source.hasStrayMarks else { return }
        let cell = ImportText.trimmed(record.cell(column))
        if cell.count > key.count, ImportText.hasWideEnds(cell) { observe(.invisibleCharacters, column, record) }
    }

    /// What a cell says, without the apostrophes that an export may have put into it.
    private func cell(_ record: CSVRecord, _ column: Int, _ field: Int) -> UnsafeBufferPointer<UInt8> {
        let cell = record.cell(column)
        guard let marks = columns.marks,
            let danger = FormulaCells.danger(of: columns.target.fields[field].name, in: record.cell(marks))
        else { return cell }
        return FormulaCells.restored(cell, danger) { restored[field].room($0) }
    }

    /// Reads all mapped cells into `values` and appends what is wrong.
    /// - Parameter keyText: the key as it is stored, where it is one text.
    func read(_ record: CSVRecord, keyText: UnsafeBufferPointer<UInt8>?, _ faults: inout [Fault]) {
        sparesCode = false
        for (index, column) in columns.positions.enumerated() {
            guard index != textKeyField else {
                values[index] = keyText.map { .text($0) } ?? .absent
                if let keyText, let column { observe(key: keyText, column, record) }
                continue
            }
            guard let column else { continue }
            do {
                values[index] = try value(index, column, record)
            } catch {
                values[index] = .absent
                // A field of the key may have been told already.
                if !faults.contains(where: { isAbout(index, $0) }) { faults.append(fault(error.code, column, record)) }
            }
        }
        if let attributes { read(record, attributes, &faults) }
        if columns.salePrice != nil { takeSalePrice(record, &faults) }
        if hasMeasures { completeMeasures(record) }
        if !columns.options.isEmpty { leaveOutBlankOptions() }
    }

    /// What the cell of a column says about the field that it feeds.
    private func value(_ field: Int, _ column: Int, _ record: CSVRecord) throws(ImportFault) -> ImportValue {
        let isNumber = source.isNumber(column, of: record)
        let reading = lent[field]._withUnsafeGuaranteedRef { reader in
            let reading = Result { () throws(ImportFault) in
                try reader.read(cell(record, column, field), isNumber: isNumber)
            }
            if case .success = reading, let warning = reader.warning { observe?(warning, column, record) }
            return reading
        }
        let value = try reading.get()
        switch value {
        case .none: break
        case .absent:
            sparesCode = true
            return value
        case .text, .integer, .attributes: return value
        }
        if field == codeField, let other = try otherCode(record) { return other }
        return try blanks[field].value()
    }

    /// Another bar code of the record, where the column of its field is blank.
    private func otherCode(_ record: CSVRecord) throws(ImportFault) -> ImportValue? {
        for column in columns.otherCodes {
            let value = try readers[codeField].read(record.cell(column))
            if case .none = value { continue }
            if case .absent = value { sparesCode = true }
            if let warning = readers[codeField].warning { observe?(warning, column, record) }
            return value
        }
        return nil
    }

    private func read(_ record: CSVRecord, _ change: AttributeChange, _ faults: inout [Fault]) {
        change.clear()
        if attributesField >= 0, columns.positions[attributesField] != nil {
            switch values[attributesField] {
            case .text(let all): change.replaceAll(by: all)
            case .none: change.removeAll()
            case .absent, .integer, .attributes: break
            }
        }
        for (index, attribute) in columns.attributes.enumerated() {
            do {
                let reader = attributeReaders[index]
                var value = try reader.read(ImportText.trimmed(record.cell(attribute.column)))
                if let warning = reader.warning { observe?(warning, attribute.column, record) }
                if case .none = value { value = try attributeBlanks[index].value() }
                switch value {
                case .text(let text): change.set(index, text)
                case .none: change.remove(index)
                case .absent, .integer, .attributes: break
                }
            } catch {
                faults.append(fault(error.code, attribute.column, record))
            }
        }
        values[attributesField] = change.isEmpty ? .absent : .attributes(Unmanaged.passUnretained(change))
    }

    /// What is wrong with a cell: the code, or why a converted file has no value for it.
    func fault(_ code: String, _ column: Int, _ record: CSVRecord) -> Fault {
        Fault(code: CellFault(record.cell(column))?.code ?? code, column: column)
    }

    func keyFault(_ code: String, _ field: Int? = nil) -> Fault {
        Fault(code: code, column: columns.identity?.named.first ?? columns.positions[field ?? keyField])
    }

    /// Nothing stands where the record is named.
    /// - Parameter field: of the key, by position.
    func blankKey(_ field: Int) -> Fault {
        keyFault(maker == nil ? "no_\(target.fields[field].name)" : "no_identity", field)
    }

    /// What is wrong with the key that a record has.
    func badKey(_ field: Int, _ record: CSVRecord) -> Fault {
        let code = "bad_\(target.fields[field].name)"
        return columns.positions[field].map { fault(code, $0, record) } ?? keyFault(code, field)
    }

    /// Whether a fault is about a field.
    func isAbout(_ field: Int, _ fault: Fault) -> Bool {
        fault.column != nil && fault.column == columns.positions[field]
    }

    /// A field that a record cannot be without is empty.
    func missing(_ field: Int) -> Fault {
        Fault(code: "no_\(target.fields[field].name)", column: columns.positions[field])
    }

    /// Another record has what stands in a field.
    func taken(_ field: Int) -> Fault {
        Fault(code: "\(target.fields[field].name)_taken", column: columns.positions[field])
    }

    /// The record says yes for good, and the file says no.
    func reversed(_ field: Int) -> Fault {
        Fault(code: "\(target.fields[field].name)_reversed", column: columns.positions[field])
    }

    /// The attributes that the file names do not fit beside those that the record has.
    var attributesFault: Fault { Fault(code: "too_many_attributes", column: column(target.attributesField)) }

    /// The error as it is kept and shown.
    func rowError(_ fault: Fault, _ record: CSVRecord) -> RowError {
        RowError(fault.code, fault.column, record, headers: columns.headers, delimiter: delimiter)
    }

    /// How many amounts of each column had a point and how many a comma before their decimals, since the last time.
    func takeDecimalMarks() -> [(column: Int, points: Int64, commas: Int64)] {
        zip(readers, columns.positions).compactMap { reader, column in
            guard let column else { return nil }
            let marks = reader.takeDecimalMarks()
            return marks.points + marks.commas > 0 ? (column, marks.points, marks.commas) : nil
        }
    }

    // MARK: Rows that continue a product

    private let isGrouped: Bool

    /// The handle of a record's product; nil where there is none.
    func handle(_ record: CSVRecord) -> UnsafeBufferPointer<UInt8>? {
        guard let column = columns.group, record.problems.isEmpty, record.count == columns.headers.count else {
            return nil
        }
        let handle = ImportText.trimmed(record.cell(column))
        return handle.isEmpty ? nil : handle
    }

    /// Whether a record says nothing of its own: it names a product by its handle and has no SKU, no option and no
    /// value for any field, so that it only brings more of what is not imported (images); or it translates its product
    /// for a store view. The same wherever the record stands.
    func isContinuation(_ record: CSVRecord) -> Bool {
        guard isGrouped, record.problems.isEmpty, record.count == columns.headers.count else { return false }
        func isBlank(_ column: Int?) -> Bool { column.map { ImportText.trimmed(record.cell($0)).isEmpty } ?? true }
        if let view = columns.storeView {
            if !isBlank(view) { return true }
            // Magento 1 leaves out the SKU where a row only brings another picture or category.
            return columns.group == nil && isBlank(columns.positions[keyField]) && isBlank(nameColumn)
        }
        return !isBlank(columns.group) && columns.options.allSatisfy(isBlank)
            && columns.positions.allSatisfy { $0 == columns.group || isBlank($0) }
    }
}

extension RowError {
    /// A problem of a record, or something odd about it.
    /// - Parameter delimiter: what stands between two cells, where people see it.
    init(_ code: String, _ column: Int?, _ record: CSVRecord, headers: [String], delimiter: UInt8? = nil) {
        // What is no object is shown as a whole.
        let place = column ?? (code == CellFault.badJSON.code ? 0 : nil)
        let cell = place.flatMap { $0 < record.count ? record.text($0) : nil }
        let message =
            code == ImportMessage.raggedCode
            ? ImportMessage(values: record.writtenCount, columns: headers.count, delimiter) : ImportMessage(code: code)
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
