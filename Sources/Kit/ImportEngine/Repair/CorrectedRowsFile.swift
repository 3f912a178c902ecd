import Support
package import Tables

/// Rows that were corrected on a page, as the file that a repair takes: what `errors.csv` is when it comes back.
package struct CorrectedRowsFile {
    package let bytes: [UInt8]
    package let format: TableFormat

    /// What the repair says of where its rows come from.
    package static let name = "corrections on the page"

    /// - Parameters:
    ///   - header: the cells of the upload's header.
    ///   - dialect: of the upload, as its table is read.
    ///   - rows: the number of each row and its cells.
    package init(header: [[UInt8]], _ dialect: CSVDialect, rows: [(row: Int64, cells: [[UInt8]])]) {
        // Without quotes a cell could not hold the delimiter that the user has just typed into it.
        let quoting =
            dialect.quote == nil ? CSVDialect(delimiter: dialect.delimiter) ?? .rfc4180 : dialect
        var writer = CSVWriter(dialect: quoting, lineEnd: .lf)
        func append(_ first: String, _ cells: [[UInt8]]) {
            writer.append(first)
            writer.append(first == RepairColumns.row ? RepairColumns.error : "")
            for cell in cells { cell.withUnsafeBufferPointer { writer.append($0) } }
            writer.endRecord()
        }
        append(RepairColumns.row, header)
        for (row, cells) in rows { append(String(row), Self.trimmed(cells, to: header.count)) }
        bytes = writer.take()
        var format = TableFormat()
        format.dialect = quoting
        self.format = format
    }

    /// Without the empty cells that stand behind the last column.
    private static func trimmed(_ cells: [[UInt8]], to count: Int) -> [[UInt8]] {
        var cells = cells
        while cells.count > count, cells.last?.isEmpty ?? false { cells.removeLast() }
        return cells
    }
}
