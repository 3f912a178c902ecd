import Glibc

/// A number as the up to 15 significant decimal digits that spreadsheets calculate with and show: binary fractions
/// such as 0.30000000000000004 are 0.3 again, and rounding is that of the decimal number.
public struct DecimalDigits: Equatable {
    public private(set) var isNegative: Bool
    /// The first digit is not 0 unless it is the only one; no 0 at the end.
    private var digits: [UInt8]
    /// The number is 0.d₁d₂d₃… × 10^exponent.
    private var exponent: Int

    /// Nil for what is not finite.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        var buffer = [CChar](repeating: 0, count: 40)
        // d.dddddddddddddde±xx: no locale is ever set, so the point is one.
        let length = withVaList([abs(value)]) { Int(vsnprintf(&buffer, buffer.count, "%.14e", $0)) }
        let text = buffer.prefix(length).map { UInt8(bitPattern: $0) }
        let mark = text.firstIndex(of: UInt8(ascii: "e")) ?? text.count
        digits = text[..<mark].filter { $0 >= 0x30 && $0 <= 0x39 }.map { $0 - 0x30 }
        exponent = 1 + (Int(String(decoding: text[min(mark + 1, text.count)...], as: UTF8.self)) ?? 0)
        isNegative = value < 0
        normalise()
    }

    public var isZero: Bool { digits == [0] }

    /// Times 10 to that power.
    public mutating func shift(_ places: Int) { if !isZero { exponent += places } }

    /// Rounds to so many places behind the point, halves away from zero.
    public mutating func round(places: Int) {
        let kept = exponent + places
        guard kept < digits.count else { return }
        guard kept >= 0 else { return setZero() }
        let roundsUp = digits[kept] >= 5
        digits.removeLast(digits.count - kept)
        if roundsUp {
            var index = kept - 1
            while index >= 0 && digits[index] == 9 { index -= 1 }
            if index >= 0 {
                digits[index] += 1
                for next in (index + 1)..<max(index + 1, kept) { digits[next] = 0 }
            } else {
                digits = [1]
                exponent += 1
            }
        }
        if digits.isEmpty { setZero() } else { normalise() }
    }

    /// The digits before the point, at least one: `0`.
    public var integer: [UInt8] {
        guard exponent > 0 else { return [0x30] }
        return (0..<exponent).map { $0 < digits.count ? digits[$0] + 0x30 : 0x30 }
    }

    /// The digits behind the point, without zeros at the end.
    public var fraction: [UInt8] {
        guard !isZero, exponent < digits.count else { return [] }
        let zeros = [UInt8](repeating: 0x30, count: max(0, -exponent))
        return zeros + digits[max(0, exponent)...].map { $0 + 0x30 }
    }

    /// The whole number without exponent: `-1234.5`.
    public var plain: [UInt8] {
        let fraction = fraction
        return (isNegative && !isZero ? [UInt8(ascii: "-")] : []) + integer
            + (fraction.isEmpty ? [] : [UInt8(ascii: ".")] + fraction)
    }

    private mutating func setZero() {
        digits = [0]
        exponent = 1
    }

    private mutating func normalise() {
        while digits.count > 1, digits.last == 0 { digits.removeLast() }
        if digits.first == 0 { setZero() }
    }
}
