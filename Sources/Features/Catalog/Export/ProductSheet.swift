import Database
import Money
import Records
import Tables

/// Products as the sheet of a workbook: one column a field, named as the field. Amounts are numbers, everything else is
/// text, so that nothing has to be escaped: the last column, which says what was, is empty, and tells an import that
/// this file is one of ours and means every byte as it stands.
struct ProductSheet {
    /// Products that a sheet has room for under its header.
    static let limit = WorkbookWriter.rowLimit - 1

    private let writer: WorkbookWriter
    private let currency: Currency
    private let isNumber: [Bool]
    private let categories: CategoryNames
    private let metafields: MetafieldColumns

    init(_ currency: Currency, _ categories: CategoryNames, _ metafields: MetafieldColumns) throws {
        self.metafields = metafields
        self.currency = currency
        self.categories = categories
        let fields = ProductFields.all
        isNumber = fields.map { $0.record.rules.decimals(currency) != nil }
        writer = try WorkbookWriter(
            sheet: "Products",
            header: ProductCSV.header(metafields.names),
            kinds: fields.map { field in
                field.record.rules.decimals(currency).map { .number(decimals: $0) } ?? .text
            } + metafields.names.map { _ in .text } + [.text]
        )
    }

    /// Texts that were too long for a cell and are left out.
    var omittedTexts: Int64 { writer.omittedTexts }
    /// Bytes so far, before they are packed.
    var count: Int64 { writer.sheetBytes }

    func take() -> [UInt8] { writer.take() }
    func finish() throws { try writer.finish() }

    /// Adds the product of a row of `ProductStore.columns`.
    func append(_ row: borrowing Row) throws {
        for (index, field) in ProductFields.all.enumerated() {
            let column = ProductCSV.firstField + Int32(index)
            if isNumber[index] {
                let value = RecordValue(row, column, field.record.storage)
                writer.append(number: value == .none ? nil : field.text(value, currency))
            } else if case .reference = field.kind {
                var path = row.isNull(column) ? "" : try categories.path(of: row.int(column)) ?? ""
                path.withUTF8 { writer.append(text: $0) }
            } else if field.record.storage == .integer, !row.isNull(column) {
                Array(field.text(.integer(row.int(column)), currency).utf8).withUnsafeBufferPointer {
                    writer.append(text: $0)
                }
            } else {
                writer.append(text: row.isNull(column) ? UnsafeBufferPointer(start: nil, count: 0) : row.bytes(column))
            }
        }
        for (_, text) in try metafields.texts(of: row.int(0)) {
            Array(text.utf8).withUnsafeBufferPointer { writer.append(text: $0) }
        }
        writer.append(text: UnsafeBufferPointer(start: nil, count: 0))
        try writer.endRecord()
    }
}
