import Glibc

/// The look of each cell style of a workbook.
struct CellFormats {
    private let formats: [NumberFormat]
    private let usesDates1904: Bool
    private let decimals: Int

    /// - Parameter decimals: a number is not rounded to fewer than these, whatever its format shows.
    init(_ styles: StylesHandler, usesDates1904: Bool, decimals: Int) {
        self.usesDates1904 = usesDates1904
        self.decimals = decimals
        var known: [Int: NumberFormat] = [:]
        formats = styles.cellFormats.map { id in
            if let format = known[id] { return format }
            let format = styles.codes[id].map(NumberFormat.init(code:)) ?? NumberFormat(builtIn: id)
            known[id] = format
            return format
        }
    }

    /// Spreadsheets calculate with 15 digits: of a number that has more before its point some are lost, and two
    /// numbers may have become one.
    private static let leastImprecise = 1e15

    /// The text of a number in a cell of that style. What is no number stays as it is.
    /// - Returns: also whether there is a point in it that can be nothing but a decimal one.
    func text(_ number: [UInt8], style: Int) -> (text: [UInt8], isNumber: Bool) {
        let format = formats.indices.contains(style) ? formats[style] : .general
        if format == .general, Self.isPlain(number) { return (number, number.contains(UInt8(ascii: "."))) }
        let value = number.withUnsafeBufferPointer { Double(String(decoding: $0, as: UTF8.self)) }
        if let value, abs(value) >= Self.leastImprecise { return (CellFault.impreciseNumber.marked(number), false) }
        let text = value.flatMap { format.text($0, usesDates1904: usesDates1904, decimals: decimals) } ?? number
        return (text, !format.isDate && text.contains(UInt8(ascii: ".")))
    }

    /// Up to 15 digits without exponent are what they say.
    private static func isPlain(_ number: [UInt8]) -> Bool {
        var digits = 0
        for byte in number {
            if byte >= 0x30 && byte <= 0x39 {
                digits += 1
            } else if byte != UInt8(ascii: ".") && byte != UInt8(ascii: "-") {
                return false
            }
        }
        return digits > 0 && digits <= 15
    }
}

/// `xl/styles.xml`: for each cell style the number of its format, and the formats that are spelled out.
final class StylesHandler: XMLHandler {
    private(set) var cellFormats: [Int] = []
    private(set) var codes: [Int: String] = [:]
    private var isInCellFormats = false

    override func start(_ name: XMLName, _ attributes: XMLAttributes) {
        switch name {
        case "numFmt":
            guard let id = attributes.number("numFmtId"), let code = attributes.text("formatCode"), codes.count < 10_000
            else { return }
            // Excel allows 255 characters in a format; we accept 1,000.
            codes[id] = String(code.unicodeScalars.prefix(1_000).map(Character.init))
        case "cellXfs": isInCellFormats = true
        case "xf":
            if isInCellFormats && cellFormats.count < 65_536 { cellFormats.append(attributes.number("numFmtId") ?? 0) }
        default: break
        }
    }

    override func end(_ name: XMLName) {
        if name == "cellXfs" { isInCellFormats = false }
    }
}
