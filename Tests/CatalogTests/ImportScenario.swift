import TestSupport

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// A random file with everything that real files do to a reader, as records and as bytes.
struct ImportScenario {
    typealias Cell = ImportReference.Cell

    var headers: [String] = []
    var fields: [String?] = []
    var records: [ImportReference.Record] = []
    var bytes: [UInt8] = []

    private static let long = String(repeating: "n", count: 500)

    /// Several spellings of each key, and what is no SKU at all.
    static let skus: [Cell] = [
        Cell("A-1", .sku("A-1", key: "a-1")), Cell("a-1", .sku("a-1", key: "a-1")),
        Cell(" A-1\t", .sku("A-1", key: "a-1")),
        Cell("\u{A0}a-1", .sku("a-1", key: "a-1")), Cell("Straße", .sku("Straße", key: "strasse")),
        Cell("STRASSE", .sku("STRASSE", key: "strasse")), Cell("é1", .sku("é1", key: "é1")),
        Cell("E\u{301}1", .sku("E\u{301}1", key: "é1")), Cell("x,\"y\"", .sku("x,\"y\"", key: "x,\"y\"")),
        Cell("Ω 7", .sku("Ω 7", key: "ω 7")), Cell("B2", .sku("B2", key: "b2")), Cell("b2", .sku("b2", key: "b2")),
        Cell("\u{200B}A-1\u{FEFF}", .sku("A-1", key: "a-1")), Cell("'007", .sku("007", key: "007")),
        Cell("=\"B2\"", .sku("B2", key: "b2")), Cell("\u{200B}", .blank),
        Cell("", .blank), Cell("  ", .blank), Cell("\u{3000}", .blank), Cell("a\tb", .wrong("bad_sku")),
        Cell(String(repeating: "s", count: 129), .wrong("bad_sku")), Cell(bytes: [0x61, 0xFF], .wrong("bad_sku")),
    ]

    static let names: [Cell] = [
        Cell("Pinot Noir", .text("Pinot Noir")), Cell(" Pinot Noir ", .text("Pinot Noir")), Cell("Näme", .text("Näme")),
        Cell("quo\"ted, name", .text("quo\"ted, name")), Cell("\"", .text("\"")), Cell(long, .text(long)),
        Cell("\u{A0}Hügel\u{2003}", .text("Hügel")), Cell("日本", .text("日本")), Cell("", .blank), Cell(" ", .blank),
        Cell("\u{A0}", .blank), Cell(long + "n", .wrong("too_long")), Cell("two\nlines", .text("two lines")),
        Cell("\u{1}x", .text("x")), Cell("a \r\n\tb", .text("a b")), Cell("\u{200B}Hügel\u{FEFF}", .text("Hügel")),
        Cell("'-10% Set", .text("-10% Set")), Cell("'n Roll", .text("'n Roll")), Cell("=\"00123\"", .text("00123")),
        Cell("\u{200B}", .blank), Cell("one\u{85}two", .text("one two")), Cell(bytes: [0xC3], .wrong("not_utf8")),
        Cell(bytes: [0x6E, 0xC3, 0x28, 0x6E], .wrong("not_utf8")),
    ]

    static let descriptions: [Cell] = [
        Cell("", .blank), Cell("dry", .text("dry")), Cell(" kept ", .text(" kept ")), Cell(" ", .text(" ")),
        Cell("one\ntwo\r\nthree", .text("one\ntwo\r\nthree")), Cell("a \"b\", c\ttab", .text("a \"b\", c\ttab")),
        Cell("bell\u{7}", .text("bell ")), Cell("nul\u{0}", .text("nul ")), Cell("'=1 litre", .text("=1 litre")),
        Cell("one\u{B}two\u{85}\n", .text("one two \n")),
        Cell(bytes: [0xED, 0xA0, 0x80], .wrong("not_utf8")),
    ]

    static let prices: [Cell] = [
        Cell("", .blank), Cell(" ", .blank), Cell("12.5", .amount(1250)), Cell("12,5", .amount(1250)),
        Cell(" 7 ", .amount(700)), Cell("0", .amount(0)), Cell("1.234,56", .amount(123_456)),
        Cell("1,234.56", .amount(123_456)), Cell("1,234", .wrong("ambiguous_price")),
        Cell("0.125", .wrong("bad_price")), Cell("10.0000", .amount(1000)), Cell("0,500", .amount(50)),
        Cell("12,-", .amount(1200)), Cell(".50", .amount(50)), Cell("Euro 12,00", .amount(1200)),
        Cell("１２．５０", .amount(1250)), Cell("'12.50", .amount(1250)), Cell("1234,500", .amount(123_450)),
        Cell("19.990000000000002", .amount(1999)), Cell("-1", .wrong("bad_price")), Cell("1e3", .wrong("bad_price")),
        Cell("€ 12,50", .amount(1250)), Cell("1'234.56 EUR", .amount(123_456)), Cell("1 234,56", .amount(123_456)),
        Cell("$5", .wrong("bad_price")), Cell("1.2345", .wrong("bad_price")), Cell("free", .wrong("bad_price")),
        Cell(bytes: [0xFF], .wrong("bad_price")),
    ]

    static let statuses: [Cell] = [
        Cell("", .blank), Cell("active", .text("active")), Cell("ARCHIVED", .text("archived")),
        Cell(" Draft ", .text("draft")), Cell("YES", .text("active")), Cell("0", .text("draft")),
        Cell("hidden", .text("draft")), Cell("publish", .text("active")), Cell("1.0", .text("active")),
        Cell("Entwurf", .text("draft")), Cell("Sí", .text("active")), Cell("gone", .wrong("bad_status")),
        Cell("activ", .wrong("bad_status")),
    ]

    static let brands: [Cell] = [
        Cell("Acme", .text("Acme")), Cell(" Acme ", .text("Acme")), Cell("", .blank),
        Cell("Müller, Söhne", .text("Müller, Söhne")),
        Cell("two\nlines", .text("two lines")), Cell("Acme\u{200B}", .text("Acme")),
        Cell(String(repeating: "b", count: 201), .wrong("too_long")),
    ]

    static let codes: [Cell] = [
        Cell("4006381333931", .text("4006381333931")), Cell("8.4E+12", .kept), Cell("", .blank),
        Cell(" 36000291452", .text("036000291452")), Cell("4 006381 333931", .text("4006381333931")),
        Cell("N/A", .blank), Cell("0", .blank), Cell("'4006381333931.0", .text("4006381333931")),
        Cell("shelf 7", .text("shelf 7")),
        Cell(String(repeating: "1", count: 65), .wrong("too_long")), Cell("1\t2", .text("1 2")),
    ]

    private static let spellings: [String: [String]] = [
        "sku": ["sku", "SKU", " S_K-U "], "name": ["name", "Name", "NA ME"],
        "brand": ["brand", "Vendor", "MARKE"], "upc": ["upc", "EAN", "Bar code"],
        "compare_at_price": ["compare_at_price", "Compare-at price", "MSRP"],
        "description": ["description", "Des-cription", "Body (HTML)"],
        "price": ["price", "PRICE", "Regular price"], "status": ["Status", "status", "Product status"],
    ]

    /// - Parameter isReadable: whether each record says which product it names.
    init(_ random: inout SeededRandom, rows: Int, skuCount: Int = 12, isReadable: Bool = false) {
        makeColumns(&random)
        var writer = Writer(random: random)
        writer.header(headers)
        for _ in 0..<rows {
            var record = ImportReference.Record()
            for field in fields {
                let isItem = isReadable && field == "sku"
                record.cells.append(isItem ? Self.item(&random, skuCount) : Self.cell(field, &random, skuCount))
            }
            var cells = record.cells.map(\.bytes)
            if random.chance(1, in: 25) {
                (record.isHeader, cells) = (true, headers.map { Array($0.utf8) })
                record.cells = cells.map { Cell(bytes: $0, .ignored) }
            } else if random.chance(1, in: 20) {
                cells = cells.map { _ in random.pick([[], [], [0x20], [0xC2, 0xA0]]) }
                record.cells = zip(cells, fields).map { Cell(bytes: $0, $1 == nil ? .ignored : .blank) }
            } else if !isReadable, random.chance(1, in: 8) {
                raggedness(&record, &cells, &random)
            }
            let isPlain = !isReadable && record.broken == nil && !record.isRagged && !record.isHeader
            let spoilt = isPlain && random.chance(1, in: 20) ? random.below(record.cells.count) : nil
            if let spoilt { record.broken = ("bad_quote", spoilt) }
            record.line = writer.record(cells, spoilt: spoilt, &random)
            if spoilt != nil || !cells.allSatisfy(Self.isBlank) { records.append(record) }
        }
        if !isReadable, random.chance(1, in: 4) {
            var record = ImportReference.Record()
            record.line = writer.unclosed()
            record.broken = ("unclosed_quote", 0)
            records.append(record)
        }
        bytes = writer.bytes
    }

    /// Cells too many or too few at the end.
    private func raggedness(
        _ record: inout ImportReference.Record,
        _ cells: inout [[UInt8]],
        _ random: inout SeededRandom
    ) {
        switch random.below(3) {
        case 0:
            cells.append(Array("extra".utf8))
            record.broken = ("ragged_row", nil)
        case 1:
            cells += [random.pick([[], [0x20]])] + (random.chance(1, in: 2) ? [[]] : [])
            record.isRagged = true
        default:
            guard cells.count > 1 else { return }
            cells.removeLast()
            record.cells[cells.count] = Cell("", fields[cells.count] == nil ? .ignored : .blank)
            record.isRagged = true
        }
    }

    private static func isBlank(_ cell: [UInt8]) -> Bool {
        String(validating: cell, as: UTF8.self)?.unicodeScalars.allSatisfy(\.properties.isWhitespace) ?? false
    }

    private mutating func makeColumns(_ random: inout SeededRandom) {
        fields = ["sku"]
        for field in ["name", "name", "brand", "description", "price", "compare_at_price", "upc", "status"]
        where !fields.contains(field) && random.chance(4, in: 5) {
            fields.append(field)
        }
        if random.chance(1, in: 2) { fields.append(nil) }
        fields.shuffle(using: &random)
        headers = fields.map { field in field.flatMap { Self.spellings[$0] }.map { random.pick($0) } ?? "Colour" }
        // Names are shown without the white space around them.
        headers = headers.map(\.trimmedOnce)
    }

    private static func item(_ random: inout SeededRandom, _ skuCount: Int) -> Cell {
        let number = random.below(skuCount)
        let sku = random.chance(1, in: 2) ? "Item \(number)" : "ITEM \(number)"
        return Cell(sku, .sku(sku, key: "item \(number)"))
    }

    private static func cell(_ field: String?, _ random: inout SeededRandom, _ skuCount: Int) -> Cell {
        switch field {
        case "sku":
            return random.chance(3, in: 4) ? item(&random, skuCount) : random.pick(skus)
        case "name": return random.chance(2, in: 3) ? random.pick(Array(names[0...3])) : random.pick(names)
        case "description":
            return random.chance(2, in: 3) ? random.pick(Array(descriptions[0...3])) : random.pick(descriptions)
        case "brand": return random.pick(random.chance(2, in: 3) ? Array(brands[0...2]) : brands)
        case "upc": return random.pick(random.chance(2, in: 3) ? Array(codes[0...2]) : codes)
        case "compare_at_price": return random.pick(random.chance(2, in: 3) ? Array(prices[0...4]) : prices)
        case "price": return random.chance(2, in: 3) ? random.pick(Array(prices[0...4])) : random.pick(prices)
        case "status": return random.chance(3, in: 4) ? random.pick(Array(statuses[0...2])) : random.pick(statuses)
        default: return Cell("red, \"dark\"", .ignored)
        }
    }

    /// Writes CSV in one of its many forms.
    private struct Writer {
        var bytes: [UInt8]
        private var line: Int64 = 1
        private let end: [UInt8]

        init(random: SeededRandom) {
            var random = random
            bytes = random.chance(1, in: 3) ? [0xEF, 0xBB, 0xBF] : []
            end = random.pick([[0x0A], [0x0D, 0x0A], [0x0D]])
        }

        mutating func header(_ names: [String]) {
            bytes += Array(names.joined(separator: ",").utf8) + end
            line += 1
        }

        /// - Returns: the line on which it starts.
        mutating func record(_ cells: [[UInt8]], spoilt: Int?, _ random: inout SeededRandom) -> Int64 {
            while random.chance(1, in: 15) {
                bytes += end
                line += 1
            }
            let start = line
            let first = bytes.count
            for (index, cell) in cells.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                let special: Set<UInt8> = [0x22, 0x2C, 0x0A, 0x0D]
                // A record of one empty cell would be a blank line.
                let needed = cell.contains { special.contains($0) } || (cells.count == 1 && cell.isEmpty)
                guard needed || index == spoilt || random.chance(1, in: 5) else {
                    bytes += cell
                    continue
                }
                bytes.append(0x22)
                for byte in cell { bytes += byte == 0x22 ? [0x22, 0x22] : [byte] }
                bytes.append(0x22)
                if index == spoilt { bytes.append(UInt8(ascii: "x")) }
            }
            line += Self.lineEnds(bytes[first...]) + 1
            bytes += end
            return start
        }

        mutating func unclosed() -> Int64 {
            bytes += Array("\"never closed,x".utf8)
            return line
        }

        private static func lineEnds(_ bytes: ArraySlice<UInt8>) -> Int64 {
            var count: Int64 = 0
            var last: UInt8 = 0
            for byte in bytes {
                if byte == 0x0D || (byte == 0x0A && last != 0x0D) { count += 1 }
                last = byte
            }
            return count
        }
    }
}

extension String {
    /// Without blanks at the ends.
    fileprivate var trimmedOnce: String {
        var text = Substring(self)
        while text.hasPrefix(" ") { text = text.dropFirst() }
        while text.hasSuffix(" ") { text = text.dropLast() }
        return String(text)
    }
}
