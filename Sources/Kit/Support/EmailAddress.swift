/// Addresses of mail. The rule is simple on purpose: only a sent mail proves an address.
public enum EmailAddress {
    /// Most characters (RFC 3696, erratum 1690).
    public static let most = 254

    /// As it is stored and compared: no mail house that people use tells addresses apart by case.
    public static func folded(_ text: String) -> String { text.trimmed.caseFolded }

    /// Whether a folded text has the form of an address, however long it is.
    public static func hasForm(_ folded: String) -> Bool {
        let parts = folded.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, let local = parts.first, let domain = parts.last, !local.isEmpty, !domain.isEmpty else {
            return false
        }
        let isPlain = folded.unicodeScalars.allSatisfy { !$0.properties.isWhitespace } && folded.isPlainLine
        return isPlain && !domain.hasPrefix(".") && !domain.hasSuffix(".") && !domain.contains("..")
    }
}

extension String {
    /// Whether it has no control characters and none that turn the direction of the text around them: names stand
    /// beside other people's names.
    public var isPlainLine: Bool {
        !hasControlCharacters
            && !unicodeScalars.contains { scalar in directionMarks.contains { $0.contains(scalar.value) } }
    }
}

private let directionMarks: [ClosedRange<UInt32>] = [0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069]
