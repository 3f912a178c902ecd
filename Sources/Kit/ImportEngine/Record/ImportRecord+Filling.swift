import Money
import Records
import Support
import Tables

/// Taking from another record of the file what a record leaves open: a variant from the row that has its product's
/// name, the last of several rows of one SKU from those before it.
extension ImportRecord {
    /// Whether all cells of a field's column say nothing.
    private func isBlank(_ field: Int, _ raw: CSVRecord) -> Bool {
        guard field >= 0, let column = columns.positions[field] else { return true }
        return ImportText.trimmed(raw.cell(column)).isEmpty
    }

    /// Whether a record lacks the name that a row of its handle may have.
    func lacksName(_ raw: CSVRecord) -> Bool { nameColumn != nil && isBlank(nameField, raw) }

    /// Takes what all variants of a product share from the row that has its name.
    /// - Parameter head: has read that row.
    func takeProduct(from head: ImportRecord, _ raw: CSVRecord, into kept: KeptValues) {
        for index in columns.target.sharedFields {
            guard columns.positions[index] != nil, isBlank(index, raw) else { continue }
            switch head.values[index] {
            case .text, .integer: values[index] = kept.keep(head.values[index], index)
            case .absent, .none, .attributes: break
            }
        }
        if case .text(let name) = values[nameField] { values[nameField] = kept.keep(named(name, raw), nameField) }
        takeAttributes(from: head) { !ImportRecord.isOfVariant(self.columns.headers[$0]) }
    }

    /// Takes the price of the row that has the product's name, with the surcharge of this variant on it, where the file
    /// has a column for that and the variant no price of its own.
    /// - Returns: what is wrong with the surcharge.
    func takePrice(from head: ImportRecord, _ raw: CSVRecord) -> Fault? {
        guard let column = columns.surcharge, let price = columns.target.jumpField, columns.positions[price] != nil,
            isBlank(price, raw), case .integer(let base) = head.values[price]
        else { return nil }
        do throws(ImportFault) {
            var sum = base
            let surcharge = try readers[price].read(raw.cell(column), isNumber: source.isNumber(column, of: raw))
            if case .integer(let more) = surcharge { sum += more }
            guard sum <= Currency.greatest else { throw ImportFault("bad_price") }
            values[price] = .integer(sum)
            return nil
        } catch {
            return fault(error.code, column, raw)
        }
    }

    /// Takes what the cells of this record leave open from another one of the same SKU; not for a shortened bar code,
    /// which leaves what the product has.
    /// - Returns: whether some field is still open.
    func takeOpen(from former: ImportRecord, into kept: KeptValues) -> Bool {
        for index in values.indices where index != attributesField || attributes == nil {
            guard case .absent = values[index], columns.feeds(index) else { continue }
            if sparesCode, index == codeField { continue }
            values[index] = kept.keep(former.values[index], index)
        }
        takeAttributes(from: former) { _ in true }
        return isOpen
    }

    /// Whether a cell of this record leaves to its field what it has.
    var isOpen: Bool {
        if let attributes, attributes.isOpen { return true }
        return values.indices.contains { index in
            if case .absent = values[index] { columns.positions[index] != nil } else { false }
        }
    }

    /// Columns about one variant, as Shopify names them.
    private static func isOfVariant(_ header: String) -> Bool {
        HeaderNames.normalised(header).utf8.starts(with: "variant".utf8)
    }

    /// The product's name with the values of the variant's options behind it, where that is not too long.
    private func named(_ name: UnsafeBufferPointer<UInt8>, _ raw: CSVRecord) -> String {
        let name = String(decoding: name, as: UTF8.self)
        let options = columns.options.map { String(decoding: ImportText.trimmed(raw.cell($0)), as: UTF8.self) }
            .filter { !SKUMaker.isBlankOption($0) && !$0.hasControlCharacters }
        guard !options.isEmpty, case .text(let max, _) = columns.target.fields[nameField].kind else { return name }
        let whole = "\(name) – \(options.joined(separator: " / "))"
        return whole.unicodeScalars.count <= max ? whole : name
    }

    private func takeAttributes(from other: ImportRecord, where isWanted: (_ column: Int) -> Bool) {
        guard let attributes, let others = other.attributes else { return }
        attributes.take(from: others) { index in isWanted(columns.attributes[index].column) }
        if !attributes.isEmpty { values[attributesField] = .attributes(Unmanaged.passUnretained(attributes)) }
    }
}

/// Copies of values whose bytes would not stay: one for each field.
final class KeptValues {
    private let rooms: [StableBytes]

    init(fields: Int) {
        rooms = (0..<fields).map { _ in StableBytes(capacity: 64) }
    }

    func keep(_ value: ImportValue, _ field: Int) -> ImportValue {
        if case .text(let bytes) = value { .text(rooms[field].keep(bytes)) } else { value }
    }

    func keep(_ text: String, _ field: Int) -> ImportValue { .text(rooms[field].keep(text)) }
}

/// Reads records of a table again, wherever they stand.
final class RowLookup {
    let record: ImportRecord
    @exclusivity(unchecked) private var reader: CSVReader
    private var place: Int64 = -1
    private var isGood = false

    /// - Parameter record: reads nothing else.
    init(_ table: ImportTable, _ record: ImportRecord) {
        self.record = record
        reader = table.lookup()
    }

    /// Has the values of a record read; those of the same one again cost nothing.
    /// - Returns: whether nothing was wrong with it.
    func read(at place: Int64) throws -> Bool {
        guard place != self.place else { return isGood }
        self.place = place
        reader.seek(to: CSVPosition(byteOffset: place, line: 0, row: 0))
        var faults: [ImportRecord.Fault] = []
        guard try reader.next(), record.structuralFault(reader.record) == nil else { return false }
        record.read(reader.record, keyText: nil, &faults)
        isGood = faults.isEmpty
        return isGood
    }
}
