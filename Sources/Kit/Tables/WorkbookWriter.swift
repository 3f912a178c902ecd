/// Writes a workbook (ECMA-376) of one sheet, row by row, into memory that the caller empties. What is text is a text
/// cell, whatever it looks like: no spreadsheet runs it, and none takes digits from it.
public final class WorkbookWriter {
    /// Rows of a sheet, the header among them: what the format allows.
    public static let rowLimit: Int64 = 1_048_576
    /// UTF-16 units of a text: what spreadsheets allow.
    static let textLimit = 32_767
    /// Digits of a number: what spreadsheets calculate with.
    private static let digitLimit = 15

    /// What the cells of a column hold.
    public enum Kind: Sendable, Equatable {
        case text
        /// A number with so many decimals.
        case number(decimals: Int)
    }

    private let zip: ZipWriter
    /// The style of each column's cells.
    private let cells: [Style]
    private var sheet: [UInt8] = []
    private var row: Int64 = 0
    private var column = 0
    /// Bytes of the sheet so far, unpacked.
    public private(set) var sheetBytes: Int64 = 0
    /// Texts that are longer than a cell may be, and were left out.
    public private(set) var omittedTexts: Int64 = 0

    private static let name = "xl/worksheets/sheet1.xml"
    /// The number of a style in `styles`.
    private struct Style {
        static let header = Self(index: 1)
        static let text = Self(index: 2)
        /// One for each count of decimals that a column has, in the order of `formats`.
        static func number(_ format: Int) -> Self { Self(index: 3 + format) }

        let index: Int
    }

    /// - Parameters:
    ///   - name: of the sheet.
    ///   - header: the names of the columns, which are the first row.
    ///   - kinds: what the columns hold.
    public init(sheet name: String, header: [String], kinds: [Kind]) throws(TableError) {
        cells = Self.cells(kinds)
        zip = try ZipWriter()
        for (part, content) in Self.parts(name, kinds) {
            zip.begin(part)
            try zip.add(Array(content.utf8))
            zip.end()
        }
        zip.begin(Self.name)
        sheet += Self.sheetStart(kinds, cells).utf8
        beginRow()
        for text in header { write(Array(text.utf8), style: .header) }
        try endRecord()
    }

    /// Adds a text to the record at hand; an empty one is an empty cell.
    public func append(text: UnsafeBufferPointer<UInt8>) { cell { write(text, style: .text) } }

    /// Adds a number as it is written with a point, or an empty cell for nil. One of more digits than spreadsheets keep
    /// is a text.
    public func append(number: String?) {
        cell {
            guard let number else {
                column += 1
                return
            }
            guard number.utf8.count(where: { (0x30...0x39).contains($0) }) <= Self.digitLimit else {
                return write(Array(number.utf8), style: .text)
            }
            begin(column < cells.count ? cells[column] : .text)
            sheet += "><v>\(number)</v></c>".utf8
        }
    }

    private func cell(_ write: () -> Void) {
        if column == 0 { beginRow() }
        write()
    }

    /// Ends the record at hand.
    ///
    /// Throws `too_large_unpacked` for a sheet of 4 GiB.
    public func endRecord() throws(TableError) {
        sheet += "</row>".utf8
        column = 0
        if sheet.count >= 64 << 10 { try flush() }
    }

    /// Gives away what was packed so far; it may be nothing.
    public func take() -> [UInt8] { zip.take() }

    /// Ends the workbook: the last bytes come with the next `take()`.
    public func finish() throws(TableError) {
        sheet += "</sheetData></worksheet>".utf8
        try flush()
        zip.end()
        zip.finish()
    }

    private func flush() throws(TableError) {
        sheetBytes += Int64(sheet.count)
        try zip.add(sheet)
        sheet.removeAll(keepingCapacity: true)
    }

    // MARK: Cells

    private func beginRow() {
        row += 1
        sheet += "<row r=\"\(row)\">".utf8
    }

    /// `<c r="B2" s="2"`.
    private func begin(_ style: Style) {
        column += 1
        sheet += "<c r=\"".utf8
        sheet += Self.letters(column)
        sheet += "\(row)\" s=\"\(style.index)\"".utf8
    }

    private func write(_ text: some RandomAccessCollection<UInt8>, style: Style) {
        guard !text.isEmpty, fits(text) else {
            column += 1
            return
        }
        begin(style)
        sheet += " t=\"inlineStr\"><is><t xml:space=\"preserve\">".utf8
        XMLText.append(text, to: &sheet)
        sheet += "</t></is></c>".utf8
    }

    private func fits(_ text: some RandomAccessCollection<UInt8>) -> Bool {
        guard text.count > Self.textLimit else { return true }
        // A scalar has one unit, or two where UTF-8 has four bytes.
        let units = text.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : $1 >= 0xF0 ? 2 : 1) }
        if units > Self.textLimit { omittedTexts += 1 }
        return units <= Self.textLimit
    }

    /// `A` for 1, `AB` for 28.
    private static func letters(_ column: Int) -> [UInt8] {
        var letters: [UInt8] = []
        var rest = column
        while rest > 0 {
            letters.insert(UInt8(ascii: "A") + UInt8((rest - 1) % 26), at: 0)
            rest = (rest - 1) / 26
        }
        return letters
    }

    // MARK: Parts

    private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    private static let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    private static let package = "http://schemas.openxmlformats.org/package/2006"
    private static let types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    private static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"

    private static func parts(_ sheet: String, _ kinds: [Kind]) -> [(name: String, content: String)] {
        var title: [UInt8] = []
        XMLText.append(Array(sheet.utf8), to: &title)
        let name = String(decoding: title, as: UTF8.self)
        let parts = [("/xl/workbook.xml", "sheet.main"), ("/\(Self.name)", "worksheet"), ("/xl/styles.xml", "styles")]
        let overrides = parts.map { "<Override PartName=\"\($0.0)\" ContentType=\"\(types).\($0.1)+xml\"/>" }
        return [
            (
                "[Content_Types].xml",
                """
                \(declaration)<Types xmlns="\(package)/content-types">\
                <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
                <Default Extension="xml" ContentType="application/xml"/>\(overrides.joined())</Types>
                """
            ),
            ("_rels/.rels", relationships([("officeDocument", "xl/workbook.xml")])),
            (
                "xl/workbook.xml",
                """
                \(declaration)<workbook xmlns="\(main)" xmlns:r="\(office)"><sheets>\
                <sheet name="\(name)" sheetId="1" r:id="rId1"/></sheets></workbook>
                """
            ),
            (
                "xl/_rels/workbook.xml.rels",
                relationships([("worksheet", "worksheets/sheet1.xml"), ("styles", "styles.xml")])
            ),
            ("xl/styles.xml", styles(kinds)),
        ]
    }

    private static func relationships(_ targets: [(type: String, target: String)]) -> String {
        let list = targets.enumerated().map { index, one in
            "<Relationship Id=\"rId\(index + 1)\" Type=\"\(office)/\(one.type)\" Target=\"\(one.target)\"/>"
        }
        return "\(declaration)<Relationships xmlns=\"\(package)/relationships\">\(list.joined())</Relationships>"
    }

    /// The decimals that the columns have, each once.
    private static func formats(_ kinds: [Kind]) -> [Int] {
        Set(kinds.compactMap { if case .number(let decimals) = $0 { decimals } else { nil } }).sorted()
    }

    private static func cells(_ kinds: [Kind]) -> [Style] {
        let formats = formats(kinds)
        return kinds.map { kind in
            guard case .number(let decimals) = kind, let format = formats.firstIndex(of: decimals) else { return .text }
            return .number(format)
        }
    }

    /// Plain, bold for the header, `@` for texts (49 is built in), and the decimals of the numbers (164 is the first
    /// number of a workbook's own formats).
    private static func styles(_ kinds: [Kind]) -> String {
        let formats = formats(kinds)
        let codes = formats.enumerated().map { index, decimals in
            let code = decimals > 0 ? "0." + String(repeating: "0", count: decimals) : "0"
            return "<numFmt numFmtId=\"\(164 + index)\" formatCode=\"\(code)\"/>"
        }
        let numbers = formats.indices.map {
            "<xf numFmtId=\"\(164 + $0)\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
        }
        let ownFormats = codes.isEmpty ? "" : "<numFmts count=\"\(codes.count)\">\(codes.joined())</numFmts>"
        return """
            \(declaration)<styleSheet xmlns="\(main)">\
            \(ownFormats)\
            <fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
            <font><b/><sz val="11"/><name val="Calibri"/></font></fonts>\
            <fills count="2"><fill><patternFill patternType="none"/></fill>\
            <fill><patternFill patternType="gray125"/></fill></fills>\
            <borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
            <cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
            <cellXfs count="\(3 + numbers.count)"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
            <xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>\
            <xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
            \(numbers.joined())</cellXfs>\
            <cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>
            """
    }

    /// With the header in view, and columns in which what is typed later stays what it is.
    private static func sheetStart(_ kinds: [Kind], _ cells: [Style]) -> String {
        let columns = Swift.zip(kinds, cells).enumerated().map { index, column in
            let (kind, style) = column
            let place = "min=\"\(index + 1)\" max=\"\(index + 1)\""
            return "<col \(place) width=\"\(kind == .text ? 20 : 12)\" style=\"\(style.index)\" customWidth=\"1\"/>"
        }
        return """
            \(declaration)<worksheet xmlns="\(main)"><sheetViews><sheetView tabSelected="1" workbookViewId="0">\
            <pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>\
            <cols>\(columns.joined())</cols><sheetData>
            """
    }
}

/// Texts in XML as workbooks have them.
enum XMLText {
    /// Characters that XML has not, or would change, are written `_x000D_` (ECMA-376 part 1, 22.9.2.19), and so is the
    /// beginning of what looks like one of those.
    static func append(_ text: some RandomAccessCollection<UInt8>, to out: inout [UInt8]) {
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "&"): out += "&amp;".utf8
            case UInt8(ascii: "<"): out += "&lt;".utf8
            case UInt8(ascii: ">"): out += "&gt;".utf8
            case UInt8(ascii: "\""): out += "&quot;".utf8
            case 0x09, lineFeed: out.append(byte)
            case 0..<0x20: out += "_x00\(hex(byte))_".utf8
            case UInt8(ascii: "_") where isEscape(text[index...]): out += "_x005F_".utf8
            case 0xEF where text[index...].prefix(2).elementsEqual([0xEF, 0xBF]) && isNoCharacter(text[index...]):
                out += "_xFFF\(text[text.index(index, offsetBy: 2)] == 0xBE ? "E" : "F")_".utf8
                text.formIndex(&index, offsetBy: 2)
            default: out.append(byte)
            }
            text.formIndex(after: &index)
        }
    }

    private static func hex(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16, uppercase: true)
        return text.utf8.count < 2 ? "0\(text)" : text
    }

    /// U+FFFE and U+FFFF.
    private static func isNoCharacter(_ text: some Collection<UInt8>) -> Bool {
        let third = text.dropFirst(2).first
        return third == 0xBE || third == 0xBF
    }

    private static func isEscape(_ text: some Collection<UInt8>) -> Bool {
        let piece = Array(text.prefix(7))
        guard piece.count == 7, piece[1] == UInt8(ascii: "x"), piece[6] == UInt8(ascii: "_") else { return false }
        return piece[2..<6].allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
    }
}
