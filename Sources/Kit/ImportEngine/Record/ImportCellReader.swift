import Money
import Records
import Support
import Tables

/// Reads the cells of a column: a field's kind made ready for the hot loop.
final class ImportCellReader {
    private let kind: RecordKind
    private let amounts: WrittenAmount
    private let source: ImportSource
    private let words: [(word: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>)]
    /// Whether the status is said as WooCommerce does.
    private let isPublished: Bool
    private let wordFault: String
    /// Finds what the cells name; nil where nothing can be looked up.
    private let reference: (any ReferenceReader)?
    /// Whether a word may be one of those by which files in many languages say whether something is on sale.
    private var hasStatusWords = false
    private var hasUnitWords = false
    /// Keeps the bytes of other choices.
    private var choices: [StableBytes] = []
    private let limit: Int
    private let isMultiline: Bool
    /// The canonical form of the last attributes read.
    private let attributes: StableBytes?
    // Cells that are not as they stand in the file: one for each step that may copy.
    private let unguarded = StableRoom()
    private let cleaned = StableRoom()
    /// The last word that was not found at once, because a column has few.
    private var lastWord: (cell: [UInt8], value: UnsafeBufferPointer<UInt8>)?

    /// What is odd about the cell that was read last, though it was taken.
    @exclusivity(unchecked) private(set) var warning: ImportWarning?
    /// The unit that stood behind the measure that was read last.
    @exclusivity(unchecked) private(set) var unit: MeasureUnit?
    /// How many amounts had a point, and how many a comma, before their decimals.
    @exclusivity(unchecked) private(set) var decimalPoints: Int64 = 0
    @exclusivity(unchecked) private(set) var decimalCommas: Int64 = 0

    /// - Parameter flag: set for a column that says the status as yes or no.
    convenience init(
        _ field: RecordField,
        _ currency: Currency,
        _ source: ImportSource,
        flag: ImportColumns.Flag? = nil,
        reference: (any ReferenceReader)? = nil
    ) {
        let wordFault = flag == nil ? "bad_\(field.name)" : "bad_boolean"
        self.init(field.kind, currency, source, wordFault: wordFault, flag: flag, reference)
    }

    /// The value of one custom attribute.
    static func attribute(_ currency: Currency, _ source: ImportSource) -> ImportCellReader {
        let kind = RecordKind.text(max: CustomAttributes.maxBytes, multiline: true)
        return ImportCellReader(kind, currency, source, wordFault: "", flag: nil, nil)
    }

    private init(
        _ kind: RecordKind,
        _ currency: Currency,
        _ source: ImportSource,
        wordFault: String,
        flag: ImportColumns.Flag?,
        _ reference: (any ReferenceReader)?
    ) {
        self.reference = reference
        self.kind = kind
        self.source = source
        self.wordFault = wordFault
        amounts =
            if case .decimal(let scale) = kind {
                WrittenAmount(Currency(code: "", exponent: scale))
            } else {
                WrittenAmount(currency)
            }
        isPublished = flag == .published
        attributes = kind == .attributes ? StableBytes(capacity: 4096) : nil
        switch kind {
        case .choice(let choices):
            hasStatusWords = choices.contains("active") && choices.contains("draft")
            hasUnitWords = choices.contains("kg") || choices.contains("cm")
            if hasStatusWords {
                words = ImportWords.statuses.map { ($0.word.buffer, $0.status.buffer) }
            } else {
                let own = choices.map { (word: StableBytes($0.lowercased()), value: StableBytes($0)) }
                self.choices = own.flatMap { [$0.word, $0.value] }
                words = own.map { ($0.word.all, $0.value.all) }
            }
            (limit, isMultiline) = (0, false)
        case .text(let max, let multiline): (words, limit, isMultiline) = ([], max, multiline)
        case .identifier(let max), .slug(let max): (words, limit, isMultiline) = ([], max, false)
        case .gtin: (words, limit, isMultiline) = ([], GTINKind.max, false)
        case .money, .attributes, .integer, .decimal, .boolean, .time, .reference, .digits, .format:
            (words, limit, isMultiline) = ([], 0, false)
        }
    }

    /// The value of a cell; `.none` for a blank one. Valid until the next call, and no longer than the cell.
    /// - Parameter isNumber: whether the source says that it is a number, see `TableFormat.marksNumbers`.
    func read(_ cell: UnsafeBufferPointer<UInt8>, isNumber: Bool = false) throws(ImportFault) -> ImportValue {
        warning = nil
        switch kind {
        case .text, .identifier: return try text(cell)
        case .slug: return try slug(unguarded(ImportText.bare(cell, joiners: true), .always))
        case .digits(let prefix): return try digits(unguarded(ImportText.bare(cell, joiners: true), .always), prefix)
        case .gtin: return try gtin(unguarded(ImportText.trimmed(cell), .always))
        case .money: return try amount(ImportText.bare(cell, joiners: true), isNumber)
        case .format(let format): return try formatted(unguarded(ImportText.bare(cell, joiners: true), .always), format)
        case .attributes: return try attributes(ImportText.trimmed(cell))
        case .choice: return try word(unguarded(ImportText.trimmed(cell), .always))
        case .decimal: return try decimal(ImportText.bare(cell, joiners: true), isNumber)
        case .reference: return try referred(unguarded(ImportText.bare(cell, joiners: true), .always))
        case .integer, .boolean, .time:
            return try other(unguarded(ImportText.bare(cell, joiners: true), .always))
        }
    }

    // MARK: Numbers and moments

    private func decimal(_ cell: UnsafeBufferPointer<UInt8>, _ isNumber: Bool) throws(ImportFault) -> ImportValue {
        unit = nil
        if cell.isEmpty { return .none }
        if let value = measure(cell, isNumber) { return .integer(value) }
        guard let (number, unit) = MeasureUnits.split(cell),
            let value = measure(ImportText.trimmed(number), isNumber)
        else { throw ImportFault(wordFault) }
        self.unit = unit
        return .integer(value)
    }

    /// With a point before its decimals a measure is as programs write it, however many there are.
    private func measure(_ cell: UnsafeBufferPointer<UInt8>, _ isNumber: Bool) -> Int64? {
        let isPlain = cell.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2E }
        if isPlain || isNumber { return try? amounts.read(number: cell).minorUnits }
        return try? amounts.read(unguarded(cell, .always)).minorUnits
    }

    // MARK: Names and numbers of other programs

    private func formatted(
        _ cell: UnsafeBufferPointer<UInt8>,
        _ format: TextFormat
    ) throws(ImportFault) -> ImportValue {
        if cell.isEmpty { return .none }
        guard let text = String(validating: cell, as: UTF8.self) else { throw ImportFault("not_utf8") }
        guard let canonical = format.canonical(text) else { throw ImportFault(wordFault) }
        let bytes = canonical.utf8
        let room = cleaned.room(bytes.count)
        for (index, byte) in bytes.enumerated() { room[index] = byte }
        return .text(UnsafeBufferPointer(rebasing: room[..<bytes.count]))
    }

    private func slug(_ cell: UnsafeBufferPointer<UInt8>) throws(ImportFault) -> ImportValue {
        if cell.isEmpty { return .none }
        guard cell.count <= limit else { throw ImportFault("too_long") }
        guard cell.allSatisfy(SlugKind.isPart) else { throw ImportFault(wordFault) }
        return .text(cell)
    }

    private func digits(_ cell: UnsafeBufferPointer<UInt8>, _ prefix: String) throws(ImportFault) -> ImportValue {
        if cell.isEmpty { return .none }
        let start = cell.starts(with: prefix.utf8) ? prefix.utf8.count : 0
        let digits = UnsafeBufferPointer(rebasing: cell[start...])
        guard DigitsKind.areDigits(digits) else { throw ImportFault(wordFault) }
        return .text(digits)
    }

    private func referred(_ cell: UnsafeBufferPointer<UInt8>) throws(ImportFault) -> ImportValue {
        guard let reference else { return cell.isEmpty ? .none : .absent }
        switch reference.read(cell) {
        case .record(let id): return .integer(id)
        case .blank: return .none
        case .unknown:
            if let odd = reference.warningOfUnknown {
                warning = odd
                return .absent
            }
            throw ImportFault("unknown_\(wordFault.dropFirst("bad_".count))")
        }
    }

    /// What is short and stored as a number.
    private func other(_ cell: UnsafeBufferPointer<UInt8>) throws(ImportFault) -> ImportValue {
        if cell.isEmpty { return .none }
        if cell.count <= 64, let number = number(cell) { return .integer(number) }
        guard cell.count <= 64, case .integer(let range) = kind, range.contains(0),
            let isAvailable = ImportWords.availability(String(decoding: cell, as: UTF8.self))
        else { throw ImportFault(wordFault) }
        if !isAvailable { return .integer(0) }
        warning = .wordForCount
        return .absent
    }

    private func number(_ cell: UnsafeBufferPointer<UInt8>) -> Int64? {
        let text = String(decoding: cell, as: UTF8.self)
        switch kind {
        case .boolean: return ImportWords.status(of: text, published: false).map { "\($0)" == "active" ? 1 : 0 }
        case .time: return Timestamp(rfc3339: text)?.milliseconds
        case .integer(let range): return whole(cell).flatMap { range.contains($0) ? $0 : nil }
        default: return nil
        }
    }

    /// A whole number, also as programs write it that know only decimals: `12.0`.
    private func whole(_ cell: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard let plain = NumberText.plain(cell) else { return nil }
        return Int64(String(decoding: plain, as: UTF8.self))
    }

    private func unguarded(
        _ cell: UnsafeBufferPointer<UInt8>,
        _ apostrophes: TextGuard.Apostrophe
    ) -> UnsafeBufferPointer<UInt8> {
        TextGuard.mayGuard(cell) ? TextGuard.removed(cell, apostrophes, unguarded) : cell
    }

    // MARK: Words

    private func word(_ cell: UnsafeBufferPointer<UInt8>) throws(ImportFault) -> ImportValue {
        if cell.isEmpty { return .none }
        // The stored form is the value's own, whatever the case in the file.
        for (word, value) in words where matches(cell, word) { return .text(value) }
        if let lastWord, lastWord.cell.elementsEqual(cell) { return .text(lastWord.value) }
        let text = String(decoding: ImportText.bare(cell, joiners: true), as: UTF8.self)
        guard text.utf8.count <= 64, let value = meaning(text) else { throw ImportFault(wordFault) }
        lastWord = (Array(cell), value)
        return .text(value)
    }

    /// What another word for one of the choices means.
    private func meaning(_ text: String) -> UnsafeBufferPointer<UInt8>? {
        if hasStatusWords { return ImportWords.status(of: text, published: isPublished)?.buffer }
        guard hasUnitWords, let unit = MeasureUnits.unit(text)?.buffer else { return nil }
        return words.first { $0.value.elementsEqual(unit) }?.value
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

    private func amount(_ cell: UnsafeBufferPointer<UInt8>, _ isNumber: Bool) throws(ImportFault) -> ImportValue {
        if cell.isEmpty { return .none }
        do {
            if isNumber { return .integer(try amounts.read(number: cell).minorUnits) }
            let amount = try amounts.read(unguarded(cell, .always))
            // A column in which both marks stand before decimals was probably put together from two sources.
            if amount.decimalMark == 0x2E {
                decimalPoints += 1
            } else if amount.decimalMark == 0x2C {
                decimalCommas += 1
            }
            return .integer(amount.minorUnits)
        } catch {
            throw ImportFault(error == .ambiguous ? "ambiguous_price" : "bad_price")
        }
    }

    /// Hands over what was counted since the last time.
    func takeDecimalMarks() -> (points: Int64, commas: Int64) {
        defer { (decimalPoints, decimalCommas) = (0, 0) }
        return (decimalPoints, decimalCommas)
    }

    // MARK: Texts

    private func text(_ cell: UnsafeBufferPointer<UInt8>) throws(ImportFault) -> ImportValue {
        var cell = isMultiline ? cell : ImportText.trimmed(cell)
        if cell.isEmpty { return .none }
        if source.hasGuards, TextGuard.mayGuard(cell) {
            cell = TextGuard.removed(cell, .beforeFormulas, unguarded)
            if !isMultiline { cell = ImportText.trimmed(cell) }
        }
        if !isMultiline, source.hasStrayMarks, ImportText.hasWideEnds(cell) {
            let bare = ImportText.bare(cell, joiners: false)
            if bare.count < cell.count { warning = .invisibleCharacters }
            cell = bare
        }
        return try plain(cell)
    }

    /// The text without what no text has, if it is short enough.
    private func plain(_ cell: UnsafeBufferPointer<UInt8>) throws(ImportFault) -> ImportValue {
        let measure = try ImportText.measure(cell, isMultiline: isMultiline, hasWide: source.hasStrayMarks)
        guard measure.hasControls else {
            guard measure.scalars <= limit else { throw ImportFault("too_long") }
            return cell.isEmpty ? .none : .text(cell)
        }
        let room = cleaned.room(cell.count)
        let count = ImportText.copyWithoutControls(cell, isMultiline: isMultiline, into: room)
        var text = UnsafeBufferPointer(rebasing: room[..<count])
        if !isMultiline { text = ImportText.trimmed(text) }
        warning = .controlCharacter
        guard try ImportText.measure(text, isMultiline: isMultiline, hasWide: false).scalars <= limit else {
            throw ImportFault("too_long")
        }
        return text.isEmpty ? .none : .text(text)
    }

    private func gtin(_ cell: UnsafeBufferPointer<UInt8>) throws(ImportFault) -> ImportValue {
        if cell.isEmpty { return .none }
        switch GTINCell.read(cell, cleaned) {
        case .code(let digits, let verdict):
            guard digits.count <= limit else { throw ImportFault("too_long") }
            if verdict == .bad { warning = .badCheckDigit }
            return .text(digits)
        case .restored(let digits):
            warning = .strippedZeros
            return .text(digits)
        case .blank: return .none
        case .shortened:
            // Whatever the product has is better.
            warning = .scientificIdentifier
            return .absent
        case .text:
            let value = try plain(ImportText.bare(cell, joiners: true))
            if case .text = value { warning = .badCheckDigit }
            return value
        }
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
