import Money
import Records
import Support
import Tables

/// What the values of a column look like.
package struct ColumnContent {
    /// Values that are not blank.
    private let filled: [String]
    private let count: Int
    private let currency: Currency
    /// Each value once, in their order.
    let distinct: [String]

    init(_ values: [String], _ currency: Currency) {
        count = values.count
        filled = values.filter { !$0.isEmpty }
        self.currency = currency
        var seen: Set<ByteText> = []
        distinct = filled.filter { seen.insert(ByteText($0)).inserted }
    }

    /// Per cent.
    package static func filledShare(_ values: [String]) -> Int {
        values.isEmpty ? 0 : values.filter { !$0.isEmpty }.count * 100 / values.count
    }

    private func share(_ condition: (String) -> Bool) -> Double {
        filled.isEmpty ? 0 : Double(filled.filter(condition).count) / Double(filled.count)
    }

    private var isUnique: Bool { distinct.count == filled.count && filled.count > 1 }
    private var isFull: Bool { filled.count == count }
    private var averageLength: Int {
        filled.isEmpty ? 0 : filled.reduce(0) { $0 + $1.unicodeScalars.count } / filled.count
    }

    private func isAmount(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            do throws(Currency.AmountError) {
                _ = try WrittenAmount(currency).read(bytes)
                return true
            } catch {
                return error == .ambiguous
            }
        }
    }

    /// Whether a mark stands before as many digits as the currency has decimals.
    private func hasMinorUnits(_ text: String) -> Bool {
        func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
        let bytes = Array(text.utf8)
        guard currency.exponent > 0, let last = bytes.lastIndex(where: isDigit),
            let mark = bytes[...last].lastIndex(where: { !isDigit($0) })
        else { return false }
        return last - mark == currency.exponent && [0x2C, 0x2E].contains(bytes[mark])
    }

    private static func isWhole(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }
    private static func isURL(_ text: String) -> Bool {
        ["http://", "https://", "www.", "//"].contains { text.lowercased().hasPrefix($0) }
    }
    private static func isCode(_ text: String) -> Bool {
        text.unicodeScalars.count <= 40 && !text.unicodeScalars.contains { $0.properties.isWhitespace }
            && !isURL(text) && text.unicodeScalars.contains { (0x30...0x39).contains($0.value) }
    }
    private static func isWord(_ text: String) -> Bool {
        let word = text.lowercased()
        return ImportWords.statuses.contains { word.utf8.elementsEqual($0.word.buffer) }
            || ImportWords.status(of: text, published: false) != nil
    }
    private static func hasLetters(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.properties.isAlphabetic }
    }

    private var isCodes: Bool { share { GTIN.verdict($0) == .good } >= 0.8 }
    private var isAmounts: Bool { share(isAmount) >= 0.9 }
    private var isLong: Bool { averageLength > 60 || share { $0.contains("</") || $0.contains("\n") } > 0.3 }
    var isFewWords: Bool {
        averageLength <= 40 && share(Self.hasLetters) > 0.8 && distinct.count <= max(2, filled.count / 2 + 1)
    }

    /// How well the values fit a field that the column's name speaks of; 0 for not at all.
    func fits(_ field: String) -> Int {
        guard !filled.isEmpty else { return 0 }
        return switch field {
        case "sku": isUnique && !isLong ? 2 : averageLength <= 64 ? 1 : 0
        case "price", "compare_at_price": isAmounts ? 2 : 0
        case "upc": isCodes ? 2 : share { Self.isWhole($0) && $0.utf8.count >= 8 } > 0.5 ? 1 : 0
        case "status": share(Self.isWord) >= 0.9 ? 2 : 0
        case "name": share(Self.hasLetters) > 0.5 && averageLength <= 200 ? (isUnique ? 2 : 1) : 0
        case "description": share(Self.hasLetters) > 0.5 ? (isLong ? 2 : 1) : 0
        case "category_id": share(Self.hasLetters) > 0.5 && !isLong ? 1 : 0
        case "brand": share(Self.hasLetters) > 0.5 && !isLong ? (isFewWords ? 2 : 1) : 0
        default: 0
        }
    }

    /// Why the values alone speak for a field; nil when they do not.
    func reason(_ field: String) -> String? {
        guard filled.count > 1 || count == 1 && filled.count == 1 else { return nil }
        switch field {
        case "upc": return isCodes ? "8 to 14 digits with a right check digit" : nil
        case "price":
            // Weights and the alcohol of wines have decimals too, but seldom as many as the currency.
            return isAmounts && share(hasMinorUnits) > 0.3 ? "amounts with decimals" : nil
        case "sku":
            // Sizes and weights may stand once each too: codes have letters or five digits.
            let isLikely = share(Self.hasLetters) > 0.5 || averageLength >= 5
            let isGood = isFull && isUnique && !isCodes && !isDecimal && isLikely && share(Self.isCode) >= 0.9
            return isGood ? "each code stands once" : nil
        case "description": return isLong && share(Self.hasLetters) > 0.8 ? "long texts" : nil
        case "name":
            let isText = share { Self.hasLetters($0) && !Self.isURL($0) } > 0.9
            return isText && !isLong && !isFewWords && averageLength >= 3 ? "different texts of a few words" : nil
        case "status":
            return share(Self.isWord) >= 0.95 && distinct.count <= 4 && share(Self.hasLetters) > 0.5
                ? "\(distinct.prefix(3).joined(separator: ", "))" : nil
        default: return nil
        }
    }

    private var isDecimal: Bool { isAmounts && share { !Self.isWhole($0) } > 0.1 }

    /// What the values are, of a column that is left out.
    var note: String? {
        guard !filled.isEmpty else { return "empty" }
        if share(Self.isURL) > 0.8 { return "web addresses" }
        if share(Self.isWhole) > 0.9 {
            return isUnique ? "whole numbers, each once" : "whole numbers: is this your stock?"
        }
        if isAmounts { return "amounts: is this a price?" }
        if share(Self.isWord) > 0.95 { return "yes or no" }
        return isFewWords ? "few different words: an attribute?" : nil
    }
}
