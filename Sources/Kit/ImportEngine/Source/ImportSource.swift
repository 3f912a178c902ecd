package import Tables

/// What kind of file the cells come from, as far as it matters for what they mean.
package struct ImportSource {
    /// Cells that were numbers in the source are marked, see `TableFormat.marksNumbers`.
    var marksNumbers = false
    /// Texts may be guarded from spreadsheets, see `TextGuard`. Not in JSON, which no spreadsheet reads.
    var hasGuards = true
    /// Invisible characters have got into it by chance. Not into our own exports, which come back as they were.
    var hasStrayMarks = true

    package init() {}

    /// - Parameter format: what the file is.
    package init(_ format: TableFormat, _ columns: ImportColumns) {
        // Our exports say themselves what was escaped.
        let isOurs = columns.marks != nil
        marksNumbers = format.marksNumbers
        hasGuards = !isOurs && (format.kind == .delimited || format.kind == .xlsx)
        hasStrayMarks = !isOurs
    }

    /// Whether a cell holds a number: what stands in quotes though nothing in it asks for them.
    func isNumber(_ column: Int, of record: CSVRecord) -> Bool {
        guard marksNumbers, record.isQuoted(column) else { return false }
        return record.cell(column).allSatisfy { byte in
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "\""), 0..<0x20: false
            default: true
            }
        }
    }
}
