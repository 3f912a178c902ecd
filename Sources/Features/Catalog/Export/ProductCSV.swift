import Database
import Tables

/// Products as RFC 4180 in UTF-8: one column a field, named as the field, and last the marks of `FormulaCells`.
///
/// Works on the bytes that SQLite hands out, because an export is one loop over the whole catalogue.
struct ProductCSV {
    /// The column of the first field in a row of `ProductStore.columns`.
    private static let firstField: Int32 = 1

    static let header = ProductFields.all.map(\.name) + [FormulaCells.column]

    private var writer = CSVWriter()
    private var escaped: [UInt8] = []
    private let currency: Currency

    init(_ currency: Currency) {
        self.currency = currency
    }

    /// Bytes that wait to be taken.
    var count: Int { writer.bytes.count }

    mutating func take() -> [UInt8] { writer.take() }

    mutating func appendHeader() {
        writer.append(record: Self.header)
    }

    /// Adds the product of a row of `ProductStore.columns`.
    mutating func append(_ row: borrowing Row) {
        escaped.removeAll(keepingCapacity: true)
        for (index, field) in ProductFields.all.enumerated() {
            let column = Self.firstField + Int32(index)
            if row.isNull(column) {
                writer.append("")
            } else if field.kind == .money {
                writer.append(currency.text(row.int(column)))
            } else {
                append(row.bytes(column), field)
            }
        }
        escaped.withUnsafeBufferPointer { writer.append($0) }
        writer.endRecord()
    }

    private mutating func append(_ text: UnsafeBufferPointer<UInt8>, _ field: ProductField) {
        guard let danger = FormulaCells.danger(in: text) else { return writer.append(text) }
        if !escaped.isEmpty { escaped.append(0x20) }
        escaped += FormulaCells.mark(field.name, danger).utf8
        FormulaCells.escaped(text, danger).withUnsafeBufferPointer { writer.append($0) }
    }
}
