/// Global Trade Item Numbers: GTIN-8, GTIN-12 (UPC-A), GTIN-13 (EAN) and GTIN-14, by GS1's General Specifications.
public enum GTIN {
    /// What can be said of a text that should be one. It is kept as it was written in any case.
    public enum Verdict: Sendable, Equatable {
        case good
        /// Right with zeros put before it, which a spreadsheet has probably taken away.
        case strippedZeros
        /// Not 8, 12, 13 or 14 digits, or the last digit is not the check digit of the others.
        case bad
    }

    private static let lengths = [8, 12, 13, 14]

    public static func verdict(_ text: String) -> Verdict {
        var text = text
        return text.withUTF8(verdict)
    }

    /// The same from bytes.
    public static func verdict(_ bytes: UnsafeBufferPointer<UInt8>) -> Verdict {
        guard bytes.count <= 14, bytes.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return .bad }
        let checks = hasCheckDigit(bytes)
        if lengths.contains(bytes.count) { return checks ? .good : .bad }
        // Zeros in front do not change the sum, so the padded number checks when this one does.
        return checks && [7, 11].contains(bytes.count) && bytes[0] != 0x30 ? .strippedZeros : .bad
    }

    /// Weights 3 and 1 in turn from the right, the check digit itself with 1; the sum is a multiple of ten.
    private static func hasCheckDigit(_ digits: UnsafeBufferPointer<UInt8>) -> Bool {
        var sum = 0
        for (index, digit) in digits.enumerated() {
            let fromRight = digits.count - 1 - index
            sum += Int(digit - 0x30) * (fromRight.isMultiple(of: 2) ? 1 : 3)
        }
        return !digits.isEmpty && sum.isMultiple(of: 10)
    }
}
