/// Keeps spreadsheets from running what stands in a cell, so that it comes back as it was.
///
/// Spreadsheets take a cell of a CSV file for a formula when it begins with `=`, `+`, `-` or `@`, some also behind a
/// blank, a tab or a line break, or in the wide forms of East Asia (OWASP, "CSV Injection"). An export puts one
/// apostrophe in front of every such text, and names the field in the row's own column `bodega_escaped`. An import
/// takes exactly that apostrophe away again, and only where the row names the field: the `'=1` of a supplier's file,
/// which nobody has escaped, stays as it is, and so does a `-5` or `+49 30 1234` that somebody has typed.
///
/// The mark stands in the row and not in the form of the file, because spreadsheets keep the one and not the other when
/// they save a file again.
public enum FormulaCells {
    /// The header of the column that names, parted by blanks, the fields of its row that got an apostrophe.
    public static let column = "bodega_escaped"

    private static let apostrophe = UInt8(ascii: "'")
    private static let starts: Set<UInt8> = Set("=+-@\t\r\n".utf8)
    /// Third bytes of U+FF1D, U+FF0B, U+FF0D and U+FF20.
    private static let wideStarts: Set<UInt8> = [0x9D, 0x8B, 0x8D, 0xA0]

    /// Whether a spreadsheet may take the text for a formula.
    public static func isFormula(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while index < text.count, text[index] == 0x20 { index += 1 }
        guard index < text.count else { return false }
        let first = text[index]
        guard first == 0xEF else { return first < 0x41 && starts.contains(first) }
        return index + 2 < text.count && text[index + 1] == 0xBC && wideStarts.contains(text[index + 2])
    }

    /// The text with its apostrophe.
    public static func escaped(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] { [apostrophe] + text }

    /// The same for a text that nobody takes back: it is only shown.
    public static func shown(_ text: String) -> String {
        var text = text
        return text.withUTF8 { isFormula($0) } ? "'\(text)" : text
    }

    /// The cell as it was before it was escaped.
    /// - Parameters:
    ///   - field: what the cell feeds.
    ///   - marks: the row's cell in the column `bodega_escaped`.
    public static func restored(
        _ cell: UnsafeBufferPointer<UInt8>,
        field: String,
        marks: UnsafeBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        guard cell.first == apostrophe, names(marks, field) else { return cell }
        return UnsafeBufferPointer(rebasing: cell[1...])
    }

    private static func names(_ marks: UnsafeBufferPointer<UInt8>, _ field: String) -> Bool {
        marks.split(separator: 0x20).contains { $0.elementsEqual(field.utf8) }
    }
}
