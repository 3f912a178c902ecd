import Support

/// What stands around and between the digits of a written amount.
enum AmountText {
    /// Stands for whatever parted the thousands: an apostrophe.
    static let groupMark: UInt8 = 0x27
    private static let dash = UInt8(ascii: "-")
    private static let blank: UInt8 = 0x20

    /// Whether there is anything to take away before the digits and marks can be read.
    static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E || $0 == 0x2C }
    }

    /// Copies digits, marks and groups without the currency; `12,-` becomes `12,0`.
    /// - Parameters:
    ///   - signs: what may stand for the currency, before the amount, behind it, or both.
    ///   - target: at least as long as the text.
    /// - Returns: how many bytes; nil when anything else stands there, another currency's sign for example.
    static func strip(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ signs: [[UInt8]],
        into target: UnsafeMutableBufferPointer<UInt8>
    ) -> Int? {
        guard let count = unify(bytes, into: target) else { return nil }
        var rest = target[..<count]
        func trim() {
            while rest.first == blank { rest = rest.dropFirst() }
            while rest.last == blank { rest = rest.dropLast() }
        }
        trim()
        if let sign = signs.first(where: { starts(rest, with: $0) }) { rest = rest.dropFirst(sign.count) }
        if let sign = signs.first(where: { ends(rest, with: $0) }) { rest = rest.dropLast(sign.count) }
        trim()
        guard let withoutDash = wholeAmount(&rest) else { return nil }
        rest = withoutDash
        var length = 0
        for byte in rest {
            let isGroup = byte == groupMark || byte == blank
            guard isGroup || byte >= 0x30 && byte <= 0x39 || byte == 0x2E || byte == 0x2C else { return nil }
            target[length] = isGroup ? groupMark : byte
            length += 1
        }
        return length
    }

    /// `12,-` `12.--` `12:–`: where the decimals were, a dash says that there are none. Its place takes a 0.
    private static func wholeAmount(
        _ text: inout Slice<UnsafeMutableBufferPointer<UInt8>>
    ) -> Slice<UnsafeMutableBufferPointer<UInt8>>? {
        guard text.last == dash else { return text }
        var end = text.endIndex
        while end > text.startIndex, text[end - 1] == dash { end -= 1 }
        guard text.endIndex - end <= 2, end - text.startIndex >= 2 else { return nil }
        let mark = text[end - 1]
        guard mark == 0x2E || mark == 0x2C || mark == UInt8(ascii: ":") else { return nil }
        if mark == UInt8(ascii: ":") { text[end - 1] = 0x2C }
        text[end] = 0x30
        return text[..<(end + 1)]
    }

    /// One form for what has several: full-width signs become ASCII, every blank a blank, every apostrophe and dash the
    /// ASCII one; what nobody sees goes.
    private static func unify(
        _ bytes: UnsafeBufferPointer<UInt8>,
        into target: UnsafeMutableBufferPointer<UInt8>
    ) -> Int? {
        guard bytes.contains(where: { $0 >= 0x80 }) else {
            _ = target.update(from: bytes)
            return bytes.count
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var count = 0
        for scalar in text.unicodeScalars where !scalar.isInvisible {
            for byte in UTF8.encode(unified(scalar)) ?? UTF8.encodedReplacementCharacter {
                target[count] = byte
                count += 1
            }
        }
        return count
    }

    private static func unified(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0xFF01...0xFF5E: Unicode.Scalar(UInt8(scalar.value - 0xFEE0))
        case 0xFFE0: "¢"
        case 0xFFE1: "£"
        case 0xFFE5: "¥"
        case 0xFFE6: "₩"
        case 0xB4, 0x2BC, 0x2018, 0x2019, 0x2032: "'"
        case 0x2010...0x2015, 0x2212: "-"
        default: scalar.properties.isWhitespace ? " " : scalar
        }
    }

    private static func starts(_ text: Slice<UnsafeMutableBufferPointer<UInt8>>, with sign: [UInt8]) -> Bool {
        text.count > sign.count && zip(text, sign).allSatisfy(isSameLetter)
    }

    private static func ends(_ text: Slice<UnsafeMutableBufferPointer<UInt8>>, with sign: [UInt8]) -> Bool {
        text.count > sign.count && zip(text.suffix(sign.count), sign).allSatisfy(isSameLetter)
    }

    /// The same byte, or the same ASCII letter in another case.
    private static func isSameLetter(_ left: UInt8, _ right: UInt8) -> Bool {
        left == right || (left | 0x20 == right | 0x20 && left | 0x20 >= 0x61 && left | 0x20 <= 0x7A)
    }
}
