/// A question to a `TextIndex`.
public struct TextQuery: Sendable, Equatable {
    /// The condition for FTS5's MATCH.
    public let expression: String

    /// How many different words a text from outside may have: FTS5 reads the records of each of them, so that a
    /// question costs as much as it has words.
    public static let maxWords = 32

    /// Every word of the text, as the beginning of a word, in the given columns (all when empty); words are what the
    /// index takes for words, so operators and punctuation mean nothing. Nil when the text holds no word at all.
    public init?(_ text: String, columns: [String] = []) {
        let words = Self.words(text)
        guard !words.isEmpty else { return nil }
        let terms = words.map { "\"\(String(String.UnicodeScalarView($0)))\"*" }.joined(separator: " AND ")
        expression = columns.isEmpty ? "(\(terms))" : "({\(columns.joined(separator: " "))} : (\(terms)))"
    }

    /// Whether a text from outside has more than `maxWords` different words, or so many marks that its words come to
    /// more: FTS5 cuts words at most marks, and asks for every piece.
    public static func hasTooManyWords(_ text: String) -> Bool {
        let words = words(text)
        return words.count > maxWords || words.joined().count(where: isMark) > 4 * maxWords
    }

    /// The words of a text without those that add nothing: whatever has a word has the beginnings of that word.
    private static func words(_ text: String) -> [[Unicode.Scalar]] {
        let parts = text.unicodeScalars.split { !isWordScalar($0) }
        // Marks alone are no word, and a term without a word would match nothing. Only ASCII is folded, where FTS5
        // and we are sure to agree; other spellings of a word are asked for twice.
        let words = parts.filter { !$0.allSatisfy(isMark) }.map { $0.map(asciiLowercased) }
        let sorted = words.sorted { $0.lexicographicallyPrecedes($1) }
        // Right behind the beginning of words comes one of them.
        return zip(sorted, sorted.dropFirst()).filter { !$1.starts(with: $0) }.map(\.0) + sorted.suffix(1)
    }

    private static func asciiLowercased(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar
    }

    /// Exactly this word of the index, in one column.
    init(word: String, column: String) {
        let quoted = word.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        expression = "{\(column)} : \"\(quoted)\""
    }

    private init(expression: String) {
        self.expression = expression
    }

    /// All of the questions at once.
    public static func all(_ queries: [TextQuery]) -> TextQuery {
        TextQuery(expression: queries.map(\.expression).joined(separator: " AND "))
    }

    /// As unicode61 does: letters, numbers, private use; marks belong to the word before them.
    private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber, .privateUse:
            true
        default: isMark(scalar)
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }
}
