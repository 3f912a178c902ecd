import Support
import Tables

/// What bytes of a cell are as text.
enum ImportText {
    /// Without White_Space at both ends, as everywhere else.
    static func trimmed(_ cell: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        let inner = trimmedASCII(cell)
        return hasWideEnds(inner) ? cut(inner) { !$0.properties.isWhitespace } : inner
    }

    /// Without White_Space and invisible characters at both ends.
    /// - Parameter joiners: whether signs that join letters go too; a word may end with one, an identifier does not.
    static func bare(_ cell: UnsafeBufferPointer<UInt8>, joiners: Bool) -> UnsafeBufferPointer<UInt8> {
        let inner = trimmedASCII(cell)
        guard hasWideEnds(inner) else { return inner }
        return cut(inner) { !$0.properties.isWhitespace && (!$0.isInvisible || !joiners && $0.isJoiner) }
    }

    /// Whether a character that is not ASCII begins or ends the text.
    static func hasWideEnds(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = cell.first, let last = cell.last else { return false }
        return first >= 0x80 || last >= 0x80
    }

    private static func trimmedASCII(_ cell: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var start = 0
        var end = cell.count
        while start < end, isSpace(cell[start]) { start += 1 }
        while end > start, isSpace(cell[end - 1]) { end -= 1 }
        return UnsafeBufferPointer(rebasing: cell[start..<end])
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

    /// From the first to the last character that stays.
    private static func cut(
        _ cell: UnsafeBufferPointer<UInt8>,
        _ stays: (Unicode.Scalar) -> Bool
    ) -> UnsafeBufferPointer<UInt8> {
        guard let text = String(validating: cell, as: UTF8.self) else { return cell }
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: stays), let last = scalars.lastIndex(where: stays) else {
            return UnsafeBufferPointer(rebasing: cell[..<0])
        }
        let start = text.utf8.distance(from: text.startIndex, to: first)
        let end = text.utf8.distance(from: text.startIndex, to: last) + UTF8.width(scalars[last])
        return UnsafeBufferPointer(rebasing: cell[start..<end])
    }

    /// What a text has.
    struct Measure: Equatable {
        /// How many scalars there are, or an upper bound that ASCII gives for nothing.
        var scalars: Int
        /// Whether there are control characters: none of a text, or line breaks and tabs of a text of one line.
        var hasControls = false
    }

    /// - Parameter hasWide: whether controls that are not ASCII are looked for.
    ///
    /// Throws `not_utf8`.
    static func measure(
        _ cell: UnsafeBufferPointer<UInt8>,
        isMultiline: Bool,
        hasWide: Bool
    ) throws(ImportFault) -> Measure {
        var isASCII = true
        var measure = Measure(scalars: cell.count)
        for byte in cell[printableBytes(cell)...] {
            if byte >= 0x80 { isASCII = false }
            if byte < 0x20 || byte == 0x7F {
                let isLayout = byte == 0x09 || byte == 0x0A || byte == 0x0D
                if !isMultiline || !isLayout { measure.hasControls = true }
            }
        }
        if isASCII { return measure }
        guard UTF8Validation.firstInvalidByte(in: cell) == nil else { throw ImportFault("not_utf8") }
        // Scalars are counted by their first bytes.
        measure.scalars = cell.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
        measure.hasControls = measure.hasControls || hasWide && hasWideControls(cell, isMultiline: isMultiline)
        return measure
    }

    /// C1 controls, and in a text of one line the separators of lines and paragraphs (U+2028 and U+2029).
    private static func hasWideControls(_ cell: UnsafeBufferPointer<UInt8>, isMultiline: Bool) -> Bool {
        for index in cell.indices.dropLast() where cell[index] == 0xC2 || cell[index] == 0xE2 {
            if cell[index] == 0xC2 && cell[index + 1] < 0xA0 { return true }
            if !isMultiline, cell[index] == 0xE2, index + 2 < cell.count, cell[index + 1] == 0x80,
                cell[index + 2] == 0xA8 || cell[index + 2] == 0xA9
            {
                return true
            }
        }
        return false
    }

    /// The text with blanks where control characters were: in a text of one line one blank for all white space around
    /// them, in others one for each.
    /// - Parameter target: at least as long as the text.
    /// - Returns: how many bytes.
    static func copyWithoutControls(
        _ cell: UnsafeBufferPointer<UInt8>,
        isMultiline: Bool,
        into target: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        var count = 0
        var (blanks, hasControl) = (0, false)
        func endRun() {
            for _ in 0..<(hasControl ? 1 : blanks) {
                target.initializeElement(at: count, to: 0x20)
                count += 1
            }
            (blanks, hasControl) = (0, false)
        }
        for scalar in String(decoding: cell, as: UTF8.self).unicodeScalars {
            let isControl = isControl(scalar, isMultiline: isMultiline)
            if isControl || scalar == " " {
                (blanks, hasControl) = (blanks + 1, hasControl || isControl)
                if isMultiline { hasControl = false }
                continue
            }
            endRun()
            for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                target.initializeElement(at: count, to: byte)
                count += 1
            }
        }
        endRun()
        return count
    }

    private static func isControl(_ scalar: Unicode.Scalar, isMultiline: Bool) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x2028, 0x2029: !isMultiline
        case 0..<0x20, 0x7F..<0xA0: true
        default: false
        }
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
