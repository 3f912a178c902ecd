/// Keeps spreadsheets from running what stands in a cell, so that it comes back as it was.
///
/// Spreadsheets take a cell of a CSV file for a formula when it begins with `=`, `+`, `-` or `@`, some also behind a
/// blank, a tab or a line break, or in the wide forms of East Asia (OWASP, "CSV Injection"). Where a cell begins is not
/// sure either: where another list separator is usual, a spreadsheet parts our lines at each `;` and knows no quotes in
/// the middle of them, so that `x;=1+1` becomes two cells, and a line break inside a text begins a row. An export
/// therefore puts one apostrophe in front of whatever could begin a formula in a text, and names the field in the row's
/// own column `bodega_escaped`: as `name` where only the text as a whole got one, as `name*` where parts of it did. An
/// import of a file with that column takes exactly these apostrophes away again, and only where the row names the
/// field: a `'=1` of the catalogue, which needs no escape, stays as it is, and so does a `-5` or `+49 30 1234` that a
/// user has typed.
///
/// The mark stands in the row and not in the form of the file, because spreadsheets keep the one and not the other when
/// they save a file again.
public enum FormulaCells {
    /// The header of the column that names, parted by blanks, the fields of its row that got apostrophes.
    public static let column = "bodega_escaped"

    /// Where apostrophes belong.
    public enum Danger: Sendable {
        /// In front of the text only.
        case atStart
        /// Behind a separator inside it, perhaps in front of it too.
        case inside
    }

    private static let apostrophe = UInt8(ascii: "'")
    private static let quote = UInt8(ascii: "\"")
    private static let blank = UInt8(ascii: " ")
    private static let insideMark = UInt8(ascii: "*")
    /// Third bytes of U+FF1D, U+FF0B, U+FF0D and U+FF20.
    private static let wideStarts: Set<UInt8> = [0x9D, 0x8B, 0x8D, 0xA0]

    /// Where a spreadsheet may take a text, or a part of it, for a formula; nil where it cannot.
    public static func danger(in text: UnsafeBufferPointer<UInt8>) -> Danger? {
        for index in text.indices where isSeparator(text[index]) {
            if isFormula(text, at: index + 1, isInside: true) { return .inside }
        }
        return isFormula(text, at: 0, isInside: false) ? .atStart : nil
    }

    /// What may part cells or rows, whatever parts them in our own file.
    private static func isSeparator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "\t"), lineFeed, carriageReturn: true
        default: false
        }
    }

    /// Whether a formula may begin at a place. Inside a text quotes are passed over as well: there a spreadsheet may
    /// see the first one of a pair as the beginning of a quoted cell.
    private static func isFormula(_ text: UnsafeBufferPointer<UInt8>, at start: Int, isInside: Bool) -> Bool {
        var index = start
        while index < text.count, text[index] == blank || (isInside && text[index] == quote) { index += 1 }
        guard index < text.count else { return false }
        switch text[index] {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"): return true
        case UInt8(ascii: "\t"), lineFeed, carriageReturn: return !isInside
        case 0xEF:
            return index + 2 < text.count && text[index + 1] == 0xBC && wideStarts.contains(text[index + 2])
        default: return false
        }
    }

    /// How many apostrophes stand at a place at which a cell may begin and in front of a formula; nil where none is.
    private static func apostrophes(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Int? {
        guard start == 0 || isSeparator(text[start - 1]) else { return nil }
        var end = start
        while end < text.count, text[end] == apostrophe { end += 1 }
        return isFormula(text, at: end, isInside: start > 0) ? end - start : nil
    }

    /// The text with its apostrophes. Where parts of it get some, a place that had apostrophes before gets one more, so
    /// that it is known again which ones are ours.
    public static func escaped(_ text: UnsafeBufferPointer<UInt8>, _ danger: Danger) -> [UInt8] {
        guard danger == .inside else { return [apostrophe] + text }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.count + 8)
        for index in text.indices {
            if apostrophes(text, at: index) != nil { escaped.append(apostrophe) }
            escaped.append(text[index])
        }
        return escaped
    }

    /// The same for a text that nobody takes back: it is only shown.
    public static func shown(_ text: String) -> String {
        var text = text
        let safe = text.withUTF8 { bytes -> [UInt8]? in danger(in: bytes).map { escaped(bytes, $0) } }
        return safe.map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// What stands in the column `bodega_escaped` for a field.
    public static func mark(_ field: String, _ danger: Danger) -> String { danger == .inside ? "\(field)*" : field }

    /// What a row says of a field; nil when its cell was not escaped.
    /// - Parameter marks: the row's cell in the column `bodega_escaped`.
    public static func danger(of field: String, in marks: UnsafeBufferPointer<UInt8>) -> Danger? {
        for mark in marks.split(separator: blank) {
            if mark.elementsEqual(field.utf8) { return .atStart }
            if mark.last == insideMark, mark.dropLast().elementsEqual(field.utf8) { return .inside }
        }
        return nil
    }

    /// The cell as it was before it was escaped.
    /// - Parameters:
    ///   - danger: what the row says of it.
    ///   - memory: gives room for that number of bytes; asked only where bytes inside the cell have to go.
    public static func restored(
        _ cell: UnsafeBufferPointer<UInt8>,
        _ danger: Danger,
        memory: (Int) -> UnsafeMutableBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        guard danger == .inside else {
            return cell.first == apostrophe ? UnsafeBufferPointer(rebasing: cell[1...]) : cell
        }
        let room = memory(cell.count)
        var count = 0
        for index in cell.indices {
            if cell[index] == apostrophe, apostrophes(cell, at: index) ?? 0 > 0 { continue }
            room.initializeElement(at: count, to: cell[index])
            count += 1
        }
        return UnsafeBufferPointer(rebasing: room[..<count])
    }
}
