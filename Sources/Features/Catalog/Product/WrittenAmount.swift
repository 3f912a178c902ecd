/// Amounts as people write them in files: with the shop's own currency before or behind, and with blanks or apostrophes
/// between the thousands.
enum WrittenAmount {
    /// Stands for whatever parted the thousands: an apostrophe.
    static let groupMark: UInt8 = 0x27

    /// Longer texts are no amounts; keeps the work area small.
    static let limit = 64

    /// Whether there is anything to take away before the digits and marks can be read.
    static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E || $0 == 0x2C }
    }

    /// Copies digits, marks and groups without the currency.
    /// - Parameter target: at least as long as the text.
    /// - Returns: how many bytes; nil when anything else stands there, another currency's sign for example.
    static func strip(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ currency: String,
        into target: UnsafeMutableBufferPointer<UInt8>
    ) -> Int? {
        var rest = bytes[...]
        for token in tokens(currency) where starts(rest, with: token) {
            rest = rest.dropFirst(token.count)
            break
        }
        for token in tokens(currency) where ends(rest, with: token) {
            rest = rest.dropLast(token.count)
            break
        }
        while let length = blank(at: rest.startIndex, in: rest) { rest = rest.dropFirst(length) }
        while let length = blankBefore(rest.endIndex, in: rest) { rest = rest.dropLast(length) }
        var count = 0
        var index = rest.startIndex
        while index < rest.endIndex {
            let byte = rest[index]
            if (byte >= 0x30 && byte <= 0x39) || byte == 0x2E || byte == 0x2C || byte == groupMark {
                target[count] = byte
                index += 1
            } else if let length = blank(at: index, in: rest) ?? apostrophe(at: index, in: rest) {
                target[count] = groupMark
                index += length
            } else {
                return nil
            }
            count += 1
        }
        return count
    }

    /// The code and the signs of a currency, the longest first.
    private static func tokens(_ code: String) -> [[UInt8]] {
        ((signs[code] ?? []) + [code]).map { Array($0.utf8) }.sorted { $0.count > $1.count }
    }

    private static let signs: [String: [String]] = [
        "EUR": ["€"], "GBP": ["£"], "JPY": ["¥", "￥"], "CNY": ["¥", "￥"], "INR": ["₹"], "KRW": ["₩"], "TRY": ["₺"],
        "USD": ["$", "US$"], "CAD": ["$", "CA$", "C$"], "AUD": ["$", "A$", "AU$"], "NZD": ["$", "NZ$"],
        "SGD": ["$", "S$"], "HKD": ["$", "HK$"], "MXN": ["$", "MX$"], "BRL": ["R$"], "CHF": ["Fr.", "SFr."],
        "SEK": ["kr", "kr."], "NOK": ["kr", "kr."], "DKK": ["kr", "kr."], "ISK": ["kr", "kr."], "PLN": ["zł"],
        "CZK": ["Kč"], "HUF": ["Ft"], "UAH": ["₴"], "ILS": ["₪"], "VND": ["₫"], "ZAR": ["R"], "RON": ["lei"],
        "BGN": ["лв.", "лв"], "RUB": ["₽"],
    ]

    private static func starts(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, with token: [UInt8]) -> Bool {
        bytes.count > token.count && zip(bytes, token).allSatisfy(isSameLetter)
    }

    private static func ends(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, with token: [UInt8]) -> Bool {
        bytes.count > token.count && zip(bytes.suffix(token.count), token).allSatisfy(isSameLetter)
    }

    /// The same byte, or the same ASCII letter in another case.
    private static func isSameLetter(_ left: UInt8, _ right: UInt8) -> Bool {
        left == right || (left | 0x20 == right | 0x20 && left | 0x20 >= 0x61 && left | 0x20 <= 0x7A)
    }

    /// Blank, no-break space, thin space, narrow no-break space and figure space.
    private static let blanks: [[UInt8]] = [
        [0x20], [0xC2, 0xA0], [0xE2, 0x80, 0x89], [0xE2, 0x80, 0xAF], [0xE2, 0x80, 0x87],
    ]
    /// The typographic apostrophe.
    private static let apostrophes: [[UInt8]] = [[0xE2, 0x80, 0x99]]

    private static func length(
        of choices: [[UInt8]],
        at index: Int,
        in bytes: Slice<UnsafeBufferPointer<UInt8>>
    ) -> Int? {
        for choice in choices where bytes.endIndex - index >= choice.count && index >= bytes.startIndex {
            if zip(bytes[index...], choice).allSatisfy({ $0 == $1 }) { return choice.count }
        }
        return nil
    }

    private static func blank(at index: Int, in bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        length(of: blanks, at: index, in: bytes)
    }

    private static func apostrophe(at index: Int, in bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        length(of: apostrophes, at: index, in: bytes)
    }

    private static func blankBefore(_ end: Int, in bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        for choice in blanks where bytes.count >= choice.count {
            if length(of: [choice], at: end - choice.count, in: bytes) != nil { return choice.count }
        }
        return nil
    }
}
