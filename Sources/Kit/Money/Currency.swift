/// The shop's one currency. Fixed at first start, because every stored amount is in its minor units.
public struct Currency: Sendable, Equatable {
    /// ISO 4217, e.g. `EUR`.
    public var code: String
    /// Decimals of an amount: 2 for EUR, 0 for JPY.
    public var exponent: Int

    public init(code: String, exponent: Int) {
        self.code = code
        self.exponent = exponent
    }

    public static let euro = Currency(code: "EUR", exponent: 2)

    /// The amount as a decimal with exactly the currency's decimals: `12.50`.
    public func text(_ minorUnits: Int64) -> String {
        guard exponent > 0 else { return String(minorUnits) }
        let digits = String(minorUnits.magnitude)
        let padded = String(repeating: "0", count: max(0, exponent + 1 - digits.count)) + digits
        return "\(minorUnits < 0 ? "-" : "")\(padded.dropLast(exponent)).\(padded.suffix(exponent))"
    }

    /// What can be wrong with a written amount.
    public enum AmountError: Error, Sendable, Equatable {
        /// Not a plain positive decimal, or more decimals than the currency has, or too big.
        case bad
        /// One mark with exactly three digits behind it: `1,234` may be either.
        case ambiguous
    }

    /// JSON numbers and spreadsheets are exact up to here; no price needs more.
    public static let greatest: Int64 = 9_007_199_254_740_991

    /// Reads a plain decimal as the API takes it: digits, and `.` with at most the currency's decimals. Never rounds.
    /// What files have is read by `WrittenAmount`.
    public func minorUnits(_ text: String) throws(AmountError) -> Int64 {
        let bytes = Array(text.utf8)
        let mark = bytes.firstIndex(of: 0x2E) ?? bytes.count
        let fraction = bytes[min(mark + 1, bytes.count)...]
        guard mark > 0, mark == bytes.count || !fraction.isEmpty, fraction.count <= exponent else { throw .bad }
        return try minorUnits(whole: bytes[..<mark], fraction: fraction)
    }

    /// The amount of digits before and behind the mark; of the fraction the currency's decimals count, and what is
    /// missing is 0.
    ///
    /// Throws `bad` for anything but digits, and for more than `greatest`.
    func minorUnits(
        whole: some Sequence<UInt8>,
        fraction: some Sequence<UInt8>
    ) throws(AmountError) -> Int64 {
        var value: Int64 = 0
        func append(_ byte: UInt8) throws(AmountError) {
            guard byte >= 0x30, byte <= 0x39 else { throw .bad }
            value = value * 10 + Int64(byte - 0x30)
            guard value <= Self.greatest else { throw .bad }
        }
        for byte in whole { try append(byte) }
        var decimals = 0
        for byte in fraction {
            guard decimals < exponent else { throw .bad }
            try append(byte)
            decimals += 1
        }
        for _ in decimals..<exponent { try append(0x30) }
        return value
    }
}
