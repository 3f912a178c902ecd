/// Every way of reading digits, marks and apostrophes as an amount, tried one after the other: slow, and short enough to
/// be seen to be right. Shares nothing with the reader.
struct AmountReference: Equatable {
    /// In minor units; nil for no amount.
    var value: Int64?
    /// It can be read in two ways.
    var isUnclear = false

    private static let marks = "',."

    static func read(_ text: String, _ exponent: Int) -> AmountReference {
        if isDigits(text) { return amount(text, "", exponent) }
        let groups = marks.compactMap { whole(text, grouped: $0) }
        let decimals = ".,".compactMap { decimal(text, mark: $0) }
        let isUnclear = !groups.isEmpty && !decimals.isEmpty
        if isUnclear, exponent != 0, exponent != 3 { return AmountReference(isUnclear: true) }
        if let whole = groups.first, !isUnclear || exponent == 0 { return amount(whole, "", exponent) }
        return decimals.first.map { amount($0.whole, $0.fraction, exponent) } ?? AmountReference()
    }

    private static func isDigits(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    /// The digits of a number whose thousands are parted by that mark; nil for any other text.
    private static func whole(_ text: String, grouped mark: Character) -> String? {
        let groups = text.split(separator: mark, omittingEmptySubsequences: false).map(String.init)
        guard groups.count > 1, groups.allSatisfy(isDigits), groups[0].utf8.count <= 3, groups[0].first != "0",
            groups.dropFirst().allSatisfy({ $0.utf8.count == 3 })
        else { return nil }
        return groups.joined()
    }

    private static func decimal(_ text: String, mark: Character) -> (whole: String, fraction: String)? {
        let parts = text.split(separator: mark, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, isDigits(parts[1]) else { return nil }
        if parts[0].isEmpty || isDigits(parts[0]) { return (parts[0], parts[1]) }
        return marks.compactMap { whole(parts[0], grouped: $0) }.first.map { ($0, parts[1]) }
    }

    private static func amount(_ whole: String, _ fraction: String, _ exponent: Int) -> AmountReference {
        var fraction = fraction
        while fraction.last == "0" { fraction.removeLast() }
        guard fraction.utf8.count <= exponent else { return AmountReference() }
        fraction += String(repeating: "0", count: exponent - fraction.utf8.count)
        let value = Int64("0" + whole + fraction)
        return AmountReference(value: value.flatMap { $0 <= 9_007_199_254_740_991 ? $0 : nil })
    }
}
