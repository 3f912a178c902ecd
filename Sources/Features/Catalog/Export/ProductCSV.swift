import Database
import Money
import Records
import Tables

/// Products as RFC 4180 in UTF-8: one column a field, named as the field, and last the marks of `FormulaCells`.
///
/// Works on the bytes that SQLite hands out, because an export is one loop over the whole catalogue.
struct ProductCSV {
    /// The column of the first field in a row of `ProductStore.columns`.
    static let firstField: Int32 = 1

    static let header = header([])

    static func header(_ metafields: [MetafieldName]) -> [String] {
        ProductFields.all.map(column) + metafields.map(\.column) + [FormulaCells.column]
    }

    /// A field's column: its name, but a category stands there by its path, not by its id.
    static func column(_ field: ProductField) -> String {
        field.name == "category_id" ? "category" : field.name
    }

    private var writer = CSVWriter()
    private var escaped: [UInt8] = []
    private let currency: Currency
    private let categories: CategoryNames
    private let metafields: MetafieldColumns

    init(_ currency: Currency, _ categories: CategoryNames, _ metafields: MetafieldColumns) {
        self.currency = currency
        self.categories = categories
        self.metafields = metafields
    }

    /// Bytes that wait to be taken.
    var count: Int { writer.bytes.count }

    mutating func take() -> [UInt8] { writer.take() }

    /// - Parameter mark: with a byte order mark, by which spreadsheets know UTF-8.
    mutating func appendHeader(mark: Bool) {
        if mark { writer.appendByteOrderMark() }
        writer.append(record: Self.header(metafields.names))
    }

    /// Adds the product of a row of `ProductStore.columns`.
    mutating func append(_ row: borrowing Row) throws {
        escaped.removeAll(keepingCapacity: true)
        for (index, field) in ProductFields.all.enumerated() {
            let column = Self.firstField + Int32(index)
            if row.isNull(column) {
                writer.append("")
            } else if case .reference = field.kind {
                var path = try categories.path(of: row.int(column)) ?? ""
                path.withUTF8 { append($0, Self.column(field)) }
            } else {
                switch field.record.storage {
                case .integer: writer.append(field.text(.integer(row.int(column)), currency))
                case .text: append(row.bytes(column), Self.column(field))
                }
            }
        }
        for (name, text) in try metafields.texts(of: row.int(0)) {
            var text = text
            text.withUTF8 { append($0, name.column) }
        }
        escaped.withUnsafeBufferPointer { writer.append($0) }
        writer.endRecord()
    }

    private mutating func append(_ text: UnsafeBufferPointer<UInt8>, _ column: String) {
        guard let danger = FormulaCells.danger(in: text) else { return writer.append(text) }
        if !escaped.isEmpty { escaped.append(0x20) }
        escaped += FormulaCells.mark(column, danger).utf8
        FormulaCells.escaped(text, danger).withUnsafeBufferPointer { writer.append($0) }
    }
}
