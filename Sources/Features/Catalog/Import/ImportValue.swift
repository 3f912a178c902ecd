import Support
import Tables

/// What one cell says about one field.
enum ImportValue {
    /// The file has no such column, or the cell is blank and blanks keep what is there.
    case absent
    case none
    /// Bytes of the file, valid while the record is.
    case text(UnsafeBufferPointer<UInt8>)
    case integer(Int64)
}

/// Why a cell is refused; the text for people stands in `ImportMessages`.
struct ImportFault: Error {
    let code: String

    init(_ code: String) {
        self.code = code
    }
}

/// Reads the cells of a column: a field's kind made ready for the hot loop.
final class ImportCellReader {
    let field: ProductField
    private let currency: Currency
    private let choices: [UnsafeMutableBufferPointer<UInt8>]
    private let limit: Int
    private let isMultiline: Bool

    init(_ field: ProductField, _ currency: Currency) {
        self.field = field
        self.currency = currency
        if case .choice(let names) = field.kind {
            // Values point to these words, so they need an address that stays.
            choices = names.map { name in
                let words = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: name.utf8.count)
                _ = words.initialize(from: name.utf8)
                return words
            }
        } else {
            choices = []
        }
        if case .text(let max, let multiline) = field.kind {
            limit = max
            isMultiline = multiline
        } else {
            limit = 0
            isMultiline = false
        }
    }

    deinit {
        for choice in choices { choice.deallocate() }
    }

    /// The value of a cell; `.none` for a blank one.
    func read(_ cell: UnsafeBufferPointer<UInt8>) throws(ImportFault) -> ImportValue {
        switch field.kind {
        case .text: return try text(isMultiline ? cell : trimmed(cell))
        case .money:
            let amount = trimmed(cell)
            if amount.isEmpty { return .none }
            do {
                return .integer(try currency.minorUnits(written: amount))
            } catch {
                throw ImportFault(error == .ambiguous ? "ambiguous_price" : "bad_price")
            }
        case .choice:
            let word = trimmed(cell)
            if word.isEmpty { return .none }
            for choice in choices where matches(word, choice) {
                // The stored form is the choice itself, whatever the case in the file.
                return .text(UnsafeBufferPointer(choice))
            }
            throw ImportFault("bad_\(field.name)")
        }
    }

    private func matches(_ word: UnsafeBufferPointer<UInt8>, _ choice: UnsafeMutableBufferPointer<UInt8>) -> Bool {
        guard word.count == choice.count else { return false }
        for index in 0..<choice.count where word[index] | 0x20 != choice[index] { return false }
        return true
    }

    private func text(_ cell: UnsafeBufferPointer<UInt8>) throws(ImportFault) -> ImportValue {
        if cell.isEmpty { return .none }
        var isASCII = true
        for byte in cell {
            if byte >= 0x80 { isASCII = false }
            if byte < 0x20 || byte == 0x7F {
                guard isMultiline, byte == 0x09 || byte == 0x0A || byte == 0x0D else {
                    throw ImportFault("control_character")
                }
            }
        }
        if !isASCII {
            guard UTF8Validation.firstInvalidByte(in: cell) == nil else { throw ImportFault("not_utf8") }
        }
        if cell.count > limit {
            // Scalars are counted by their first bytes.
            let scalars = isASCII ? cell.count : cell.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
            guard scalars <= limit else { throw ImportFault("too_long") }
        }
        return .text(cell)
    }

    /// Without White_Space at both ends, as everywhere else.
    private func trimmed(_ cell: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var start = 0
        var end = cell.count
        while start < end, isSpace(cell[start]) { start += 1 }
        while end > start, isSpace(cell[end - 1]) { end -= 1 }
        let inner = UnsafeBufferPointer(rebasing: cell[start..<end])
        guard let first = inner.first, let last = inner.last, first >= 0x80 || last >= 0x80 else { return inner }
        return trimmedScalars(inner)
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

    private func trimmedScalars(_ cell: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        guard let text = String(validating: cell, as: UTF8.self) else { return cell }
        let start = text.unicodeScalars.prefix { $0.properties.isWhitespace }.reduce(0) { $0 + UTF8.width($1) }
        let count = text.trimmed.utf8.count
        return UnsafeBufferPointer(rebasing: cell[start..<start + count])
    }
}
