/// A decimal number as people write it, without a float between: at most 13 digits before the point and 9 behind it.
struct ExactNumber: Sendable, Equatable, Comparable {
    /// The number times 10 to the power of `scale`; ends with no 0 while `scale` is above 0.
    let coefficient: Int128
    /// Digits behind the point.
    let scale: Int

    static let mostWhole = 13
    static let mostPlaces = 9

    init(_ number: Int64) {
        coefficient = Int128(number)
        scale = 0
    }

    /// - Parameter text: digits with at most one point, a sign, and perhaps an exponent, as JSON writes numbers.
    /// - Returns: nil for anything else, and for more digits than there is room for.
    init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        var isNegative = false
        if let sign = bytes.first, sign == 0x2D || sign == 0x2B {
            isNegative = sign == 0x2D
            bytes = bytes.dropFirst()
        }
        var exponent = 0
        if let mark = bytes.firstIndex(where: { $0 | 0x20 == 0x65 }) {
            guard let power = Int(String(decoding: bytes[(mark + 1)...], as: UTF8.self)), abs(power) <= 30 else {
                return nil
            }
            exponent = power
            bytes = bytes[..<mark]
        }
        guard bytes.count <= 60 else { return nil }
        var digits: [UInt8] = []
        var point: Int?
        for byte in bytes {
            if byte == 0x2E, point == nil {
                point = digits.count
            } else if byte >= 0x30, byte <= 0x39 {
                digits.append(byte - 0x30)
            } else {
                return nil
            }
        }
        guard !digits.isEmpty, bytes.last != 0x2E, bytes.first != 0x2E else { return nil }
        var places = digits.count - (point ?? digits.count) - exponent
        while digits.last == 0, digits.count > 1 || places > 0 {
            digits.removeLast()
            places -= 1
            if digits.isEmpty { break }
        }
        let lead = digits.firstIndex { $0 != 0 } ?? digits.count
        digits.removeFirst(lead)
        guard !digits.isEmpty else {
            (coefficient, scale) = (0, 0)
            return
        }
        if places < 0 {
            guard digits.count - places <= Self.mostWhole else { return nil }
            digits += [UInt8](repeating: 0, count: -places)
            places = 0
        }
        guard places <= Self.mostPlaces, digits.count - places <= Self.mostWhole else { return nil }
        var number: Int128 = 0
        for digit in digits { number = number * 10 + Int128(digit) }
        coefficient = isNegative ? -number : number
        scale = places
    }

    /// `-1234.5`.
    var text: String {
        var digits = String(coefficient.magnitude)
        if scale > 0 {
            if digits.utf8.count <= scale {
                digits = String(repeating: "0", count: scale - digits.utf8.count + 1) + digits
            }
            let point = digits.index(digits.endIndex, offsetBy: -scale)
            digits = "\(digits[..<point]).\(digits[point...])"
        }
        return coefficient < 0 ? "-\(digits)" : digits
    }

    var ratio: Ratio { Ratio(coefficient, Ratio.power(scale)) }

    static func < (left: ExactNumber, right: ExactNumber) -> Bool {
        left.coefficient * Ratio.power(right.scale) < right.coefficient * Ratio.power(left.scale)
    }
}

/// A fraction in lowest terms.
struct Ratio: Sendable, Equatable {
    let numerator: Int128
    /// Above 0.
    let denominator: Int128

    /// - Precondition: the denominator is above 0.
    init(_ numerator: Int128, _ denominator: Int128 = 1) {
        let common = max(1, Self.common(numerator.magnitude, denominator.magnitude))
        self.numerator = numerator / Int128(common)
        self.denominator = denominator / Int128(common)
    }

    static func power(_ places: Int) -> Int128 { (0..<places).reduce(1) { power, _ in power * 10 } }

    private static func common(_ left: UInt128, _ right: UInt128) -> UInt128 {
        var (left, right) = (left, right)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }

    /// Nil where the result has no room.
    func times(_ other: Ratio) -> Ratio? {
        let left = Ratio(numerator, other.denominator)
        let right = Ratio(other.numerator, denominator)
        let above = left.numerator.multipliedReportingOverflow(by: right.numerator)
        let below = left.denominator.multipliedReportingOverflow(by: right.denominator)
        return above.overflow || below.overflow ? nil : Ratio(above.partialValue, below.partialValue)
    }

    func plus(_ other: Ratio) -> Ratio? {
        let left = numerator.multipliedReportingOverflow(by: other.denominator)
        let right = other.numerator.multipliedReportingOverflow(by: denominator)
        let above = left.partialValue.addingReportingOverflow(right.partialValue)
        let below = denominator.multipliedReportingOverflow(by: other.denominator)
        return left.overflow || right.overflow || above.overflow || below.overflow
            ? nil : Ratio(above.partialValue, below.partialValue)
    }

    /// One over it. - Precondition: it is above 0.
    var inverse: Ratio { Ratio(denominator, numerator) }

    /// Places behind the point that an order key holds: two values of one table of units that differ do so before.
    private static let keyPlaces = 40

    /// A text that sorts as the number does, bytewise: the sign, how many digits stand before the point, all digits.
    var orderKey: String {
        let size = Int128(numerator.magnitude)
        let whole = size / denominator
        let digits = whole == 0 ? [] : Array(String(whole).utf8)
        var fraction: [UInt8] = []
        var rest = size % denominator
        while rest != 0, fraction.count < Self.keyPlaces {
            let next = rest.multipliedReportingOverflow(by: 10)
            guard !next.overflow else { break }
            fraction.append(0x30 + UInt8(next.partialValue / denominator))
            rest = next.partialValue % denominator
        }
        guard numerator < 0 else {
            return "p\(Self.two(digits.count))\(String(decoding: digits + fraction, as: UTF8.self))"
        }
        // Of two numbers below 0 the longer one is the smaller.
        let turned = (digits + fraction).map { 0x69 - $0 }
        return "n\(Self.two(99 - digits.count))\(String(decoding: turned, as: UTF8.self))~"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// The decimal with so many places at most, rounded half away from zero; whether nothing was rounded.
    func decimal(places: Int) -> (text: String, isExact: Bool)? {
        let scaled = numerator.magnitude.multipliedReportingOverflow(by: UInt128(Self.power(places)))
        guard !scaled.overflow else { return nil }
        let below = denominator.magnitude
        var whole = scaled.partialValue / below
        let rest = scaled.partialValue % below
        if rest >= below - rest { whole += 1 }
        var digits = String(whole)
        if digits.utf8.count <= places {
            digits = String(repeating: "0", count: places - digits.utf8.count + 1) + digits
        }
        let point = digits.index(digits.endIndex, offsetBy: -places)
        var fraction = String(digits[point...])
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let text = "\(digits[..<point])\(fraction.isEmpty ? "" : ".")\(fraction)"
        return (numerator < 0 && whole != 0 ? "-\(text)" : text, rest == 0)
    }
}
