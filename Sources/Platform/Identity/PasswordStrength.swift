import Support

/// Finds passwords that are guessed first: common words, words about the user or the shop, runs, repetitions and dates,
/// however they are strung together. What is left when all of that counts next to nothing must still be long enough.
/// A password of twelve characters without any of it always passes; there are no rules on kinds of characters.
enum PasswordStrength {
    enum Weakness: String, Sendable {
        case common = "common_password"
        case repeated = "repeated_characters"
        case run = "character_run"
        case personal = "personal_password"

        /// What is wrong and what would be right.
        var detail: String {
            let cure = "Take something that only you would think of, such as four words that do not belong together."
            switch self {
            case .common: return "This password is made of what is guessed first. \(cure)"
            case .repeated: return "This password repeats a few characters. \(cure)"
            case .run: return "This password follows the alphabet, the numbers or the keyboard. \(cure)"
            case .personal: return "This password is made of your name, your address or the shop's. \(cure)"
            }
        }
    }

    // A character weighs two, a part that is guessed as a whole as much as two characters, a mark beside it half as
    // much as one.
    private static let character = 2
    private static let part = 4
    private static let mark = 1
    /// As much as eight characters that cannot be guessed.
    private static let enough = 16

    /// Why a password is weak; nil when it is not.
    static func weakness(of password: String, knownWords: [String]) -> Weakness? {
        let folded = Array(password.caseFolded.unicodeScalars)
        if repeats(folded) { return .repeated }
        let plain = folded.map(withoutDisguise)
        if CommonPasswords.whole.contains(text(folded)) { return .common }
        let personal = words(in: knownWords)
        let parts = folded.indices.map { candidates(folded, plain, at: $0, personal) } + [[]]
        let (weight, kinds) = least(folded, parts)
        guard weight < enough else { return nil }
        return kinds.max { ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue) }?.key
    }

    private typealias Part = (length: Int, kind: Weakness)

    /// The way through the password that weighs least, from its end to its beginning, and how many characters of each
    /// kind lie on it.
    private static func least(
        _ text: [Unicode.Scalar],
        _ parts: [[Part]]
    ) -> (weight: Int, kinds: [Weakness: Int]) {
        // For each place: the weight of the rest behind a part and behind something else, and the part that begins it.
        var rest = [[Int]](repeating: [0, 0], count: text.count + 1)
        var chosen = [[Part?]](repeating: [nil, nil], count: text.count + 1)
        for index in text.indices.reversed() {
            let isMark = !text[index].properties.isAlphabetic && !isDigit(text[index])
            for followsPart in [0, 1] {
                let isLight = isMark && (followsPart == 1 || !parts[index + 1].isEmpty)
                rest[index][followsPart] = (isLight ? mark : character) + rest[index + 1][0]
                for found in parts[index] where part + rest[index + found.length][1] < rest[index][followsPart] {
                    rest[index][followsPart] = part + rest[index + found.length][1]
                    chosen[index][followsPart] = found
                }
            }
        }
        var kinds: [Weakness: Int] = [:]
        var (index, followsPart) = (0, 0)
        while index < text.count {
            let found = chosen[index][followsPart]
            if let found { kinds[found.kind, default: 0] += found.length }
            index += found?.length ?? 1
            followsPart = found == nil ? 0 : 1
        }
        return (rest[0][0], kinds)
    }

    /// What begins there.
    private static func candidates(
        _ folded: [Unicode.Scalar],
        _ plain: [Unicode.Scalar],
        at index: Int,
        _ personal: [[Unicode.Scalar]]
    ) -> [Part] {
        var found: [Part] = []
        for word in personal where starts(folded, plain, at: index, word) { found.append((word.count, .personal)) }
        for word in CommonPasswords.words where starts(folded, plain, at: index, word) {
            found.append((word.count, .common))
        }
        let run = runLength(folded, at: index)
        if run > 0 { found.append((run, .run)) }
        let year = yearLength(folded, at: index)
        if year > 0 { found.append((year, .common)) }
        return found
    }

    private static func starts(
        _ folded: [Unicode.Scalar],
        _ plain: [Unicode.Scalar],
        at index: Int,
        _ word: [Unicode.Scalar]
    ) -> Bool {
        guard index + word.count <= folded.count else { return false }
        let range = index..<index + word.count
        return folded[range].elementsEqual(word) || plain[range].elementsEqual(word)
    }

    /// How far the same character, the alphabet, the numbers or a row of the keyboard goes on from there; 0 when that
    /// is not worth the name.
    private static func runLength(_ text: [Unicode.Scalar], at index: Int) -> Int {
        guard index + 2 < text.count else { return 0 }
        var best = 0
        for step in [0, 1, -1] {
            var end = index
            while end + 1 < text.count, Int(text[end + 1].value) - Int(text[end].value) == step,
                step == 0 || (isLetterOrDigit(text[end]) && isLetterOrDigit(text[end + 1]))
            {
                end += 1
            }
            if end - index >= 2 { best = max(best, end - index + 1) }
        }
        for row in CommonPasswords.rows {
            for start in row.indices where row[start] == text[index] {
                var length = 1
                while start + length < row.count, index + length < text.count,
                    row[start + length] == text[index + length]
                {
                    length += 1
                }
                if length >= 4 { best = max(best, length) }
            }
        }
        return best
    }

    /// A year of our time.
    private static func yearLength(_ text: [Unicode.Scalar], at index: Int) -> Int {
        guard index + 4 <= text.count, text[index..<index + 4].allSatisfy(isDigit) else { return 0 }
        let century = String(String.UnicodeScalarView(text[index..<index + 2]))
        return century == "19" || century == "20" ? 4 : 0
    }

    /// Whether the whole is one short piece over and over, or made of a handful of characters.
    private static func repeats(_ text: [Unicode.Scalar]) -> Bool {
        if Set(text).count < 5 { return true }
        return (1...6).contains { period in
            text.count >= 2 * period && text.indices.dropFirst(period).allSatisfy { text[$0] == text[$0 - period] }
        }
    }

    /// The words of what others know: `anna.ribera@shop.example` gives anna, ribera, shop, example and more.
    private static func words(in known: [String]) -> [[Unicode.Scalar]] {
        var words: Set<String> = []
        for text in known {
            let folded = text.caseFolded
            words.insert(folded)
            for part in folded.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) { words.insert(String(part)) }
        }
        return words.map { Array($0.unicodeScalars) }.filter { $0.count >= 3 }
    }

    private static func withoutDisguise(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        disguises[scalar] ?? scalar
    }

    private static let disguises: [Unicode.Scalar: Unicode.Scalar] = [
        "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "!": "i", "|": "l",
    ]

    private static func text(_ scalars: [Unicode.Scalar]) -> String { String(String.UnicodeScalarView(scalars)) }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { 0x30...0x39 ~= scalar.value }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        isDigit(scalar) || 0x61...0x7A ~= scalar.value
    }
}
