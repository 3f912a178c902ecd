import Support
import Tables

/// Reads the cells of a column: a field's kind made ready for the hot loop.
final class ImportCellReader {
    private let kind: ProductField.Kind
    private let currency: Currency
    private let words: [(word: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>)]
    private let wordFault: String
    private let limit: Int
    private let isMultiline: Bool
    /// The canonical form of the last attributes read.
    private let attributes: StableBytes?

    /// What is odd about the cell that was read last, though it was taken.
    @exclusivity(unchecked) private(set) var warning: ImportWarning?
    /// How many amounts had a point, and how many a comma, before one or two decimals.
    @exclusivity(unchecked) private(set) var decimalPoints: Int64 = 0
    @exclusivity(unchecked) private(set) var decimalCommas: Int64 = 0

    /// - Parameter flag: set for a column that says the status as yes or no.
    convenience init(_ field: ProductField, _ currency: Currency, flag: ImportColumns.Flag? = nil) {
        self.init(field.kind, currency, wordFault: flag == nil ? "bad_\(field.name)" : "bad_boolean", flag: flag)
    }

    /// The value of one custom attribute.
    static func attribute(_ currency: Currency) -> ImportCellReader {
        ImportCellReader(.text(max: CustomAttributes.maxBytes, multiline: true), currency, wordFault: "", flag: nil)
    }

    private init(_ kind: ProductField.Kind, _ currency: Currency, wordFault: String, flag: ImportColumns.Flag?) {
        self.kind = kind
        self.currency = currency
        self.wordFault = wordFault
        attributes = kind == .attributes ? StableBytes(capacity: 4096) : nil
        switch kind {
        case .choice:
            let table = flag == .published ? ImportWords.published : ImportWords.statuses
            words = table.map { ($0.word.buffer, $0.status.buffer) }
            (limit, isMultiline) = (0, false)
        case .text(let max, let multiline): (words, limit, isMultiline) = ([], max, multiline)
        case .gtin: (words, limit, isMultiline) = ([], ProductField.gtinLimit, false)
        case .money, .attributes: (words, limit, isMultiline) = ([], 0, false)
        }
    }

    /// The value of a cell; `.none` for a blank one. Valid until the next call, and no longer than the cell.
    func read(_ cell: UnsafeBufferPointer<UInt8>) throws(ImportFault) -> ImportValue {
        warning = nil
        switch kind {
        case .text: return try text(isMultiline ? cell : ImportText.trimmed(cell))
        case .gtin: return try gtin(ImportText.trimmed(cell))
        case .money: return try amount(ImportText.trimmed(cell))
        case .attributes: return try attributes(ImportText.trimmed(cell))
        case .choice: return try word(ImportText.trimmed(cell))
        }
    }

    // MARK: Words

    private func word(_ cell: UnsafeBufferPointer<UInt8>) throws(ImportFault) -> ImportValue {
        if cell.isEmpty { return .none }
        // The stored form is the value's own, whatever the case in the file.
        for (word, value) in words where matches(cell, word) { return .text(value) }
        throw ImportFault(wordFault)
    }

    private func matches(_ cell: UnsafeBufferPointer<UInt8>, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        guard cell.count == word.count else { return false }
        for index in 0..<word.count {
            let byte = cell[index]
            guard (byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) == word[index] else { return false }
        }
        return true
    }

    // MARK: Amounts

    private func amount(_ cell: UnsafeBufferPointer<UInt8>) throws(ImportFault) -> ImportValue {
        if cell.isEmpty { return .none }
        do {
            let amount = try currency.minorUnits(written: cell)
            countDecimalMark(cell)
            return .integer(amount)
        } catch {
            throw ImportFault(error == .ambiguous ? "ambiguous_price" : "bad_price")
        }
    }

    /// A column in which both marks stand before decimals was probably put together from two sources.
    private func countDecimalMark(_ cell: UnsafeBufferPointer<UInt8>) {
        var digits = 0
        for byte in cell.reversed() {
            if byte >= 0x30 && byte <= 0x39 {
                digits += 1
            } else if byte == 0x2E || byte == 0x2C {
                guard digits == 1 || digits == 2 else { return }
                if byte == 0x2E { decimalPoints += 1 } else { decimalCommas += 1 }
                return
            } else if digits > 0 {
                return
            }
        }
    }

    /// Hands over what was counted since the last time.
    func takeDecimalMarks() -> (points: Int64, commas: Int64) {
        defer { (decimalPoints, decimalCommas) = (0, 0) }
        return (decimalPoints, decimalCommas)
    }

    // MARK: Texts

    private func text(_ cell: UnsafeBufferPointer<UInt8>) throws(ImportFault) -> ImportValue {
        if cell.isEmpty { return .none }
        let scalars = try ImportText.scalars(cell, isMultiline: isMultiline)
        guard scalars <= limit else { throw ImportFault("too_long") }
        return .text(cell)
    }

    private func gtin(_ cell: UnsafeBufferPointer<UInt8>) throws(ImportFault) -> ImportValue {
        let value = try text(cell)
        guard case .text(let bytes) = value else { return value }
        switch GTIN.verdict(bytes) {
        case .good: break
        case .strippedZeros: warning = .strippedZeros
        case .bad: warning = ImportText.isScientific(bytes) ? .scientificIdentifier : .badCheckDigit
        }
        return value
    }

    private func attributes(_ cell: UnsafeBufferPointer<UInt8>) throws(ImportFault) -> ImportValue {
        if cell.isEmpty { return .none }
        guard let text = String(validating: cell, as: UTF8.self) else { throw ImportFault("not_utf8") }
        let read: CustomAttributes
        do {
            read = try CustomAttributes(parsing: text)
        } catch {
            throw ImportFault(error.code)
        }
        guard !read.all.isEmpty, let attributes else { return .none }
        return .text(attributes.keep(read.text))
    }
}

/// What bytes of a cell are as text.
enum ImportText {
    /// Without White_Space at both ends, as everywhere else.
    static func trimmed(_ cell: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var start = 0
        var end = cell.count
        while start < end, isSpace(cell[start]) { start += 1 }
        while end > start, isSpace(cell[end - 1]) { end -= 1 }
        let inner = UnsafeBufferPointer(rebasing: cell[start..<end])
        guard let first = inner.first, let last = inner.last, first >= 0x80 || last >= 0x80 else { return inner }
        return trimmedScalars(inner)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

    private static func trimmedScalars(_ cell: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        guard let text = String(validating: cell, as: UTF8.self) else { return cell }
        let start = text.unicodeScalars.prefix { $0.properties.isWhitespace }.reduce(0) { $0 + UTF8.width($1) }
        let count = text.trimmed.utf8.count
        return UnsafeBufferPointer(rebasing: cell[start..<start + count])
    }

    /// How many scalars there are, or an upper bound that ASCII gives for nothing.
    ///
    /// Throws `control_character` and `not_utf8`.
    static func scalars(_ cell: UnsafeBufferPointer<UInt8>, isMultiline: Bool) throws(ImportFault) -> Int {
        var isASCII = true
        for byte in cell[printableBytes(cell)...] {
            if byte >= 0x80 { isASCII = false }
            if byte < 0x20 || byte == 0x7F {
                guard isMultiline, byte == 0x09 || byte == 0x0A || byte == 0x0D else {
                    throw ImportFault("control_character")
                }
            }
        }
        if isASCII { return cell.count }
        guard UTF8Validation.firstInvalidByte(in: cell) == nil else { throw ImportFault("not_utf8") }
        // Scalars are counted by their first bytes.
        return cell.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }

    /// How many bytes at the start are printable ASCII, as far as eight at a time tell.
    private static func printableBytes(_ cell: UnsafeBufferPointer<UInt8>) -> Int {
        let bytes = UnsafeRawBufferPointer(cell)
        let each: UInt64 = 0x0101_0101_0101_0101
        var start = 0
        while start + 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
            // The top bit of a byte is set by one from 0x7F on, and by the borrow of one below 0x20.
            let marks = word | (word &+ each) | ((word &- 0x20 * each) & ~word)
            guard marks & (0x80 * each) == 0 else { break }
            start += 8
        }
        return start
    }

    /// `8.4E+12`: what a spreadsheet makes of a long number. Not `1E5`, which may well be an identifier.
    static func isScientific(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = text.first, isDigit(first), let last = text.last, isDigit(last), text.count <= 24,
            let exponent = text.firstIndex(where: { $0 | 0x20 == 0x65 })
        else { return false }
        let mantissa = text[..<exponent]
        var power = text[(exponent + 1)...]
        let isSigned = power.first == 0x2B
        if isSigned { power = power.dropFirst() }
        let marks = mantissa.filter { !isDigit($0) }
        guard marks.isEmpty || marks == [0x2E] || marks == [0x2C] else { return false }
        return (isSigned || !marks.isEmpty) && (1...3).contains(power.count) && power.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
