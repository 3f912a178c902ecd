/// The words of a text as they are in an encoding of one byte a character, and in those that read them alike.
struct WordReading {
    /// The most usual first.
    private(set) var encodings: [TextEncoding]
    private let words: [[UInt32]]
    /// The letters beyond ASCII of each word with those beside them; nil where nobody writes like that.
    private let runs: [[[UInt32]]?]
    /// Those words, by their number, that are in the alphabet of the language that has most of them.
    private(set) var fitting: Set<Int> = []
    /// Those that are in the alphabet of any of its languages.
    private(set) var fittingAny: Set<Int> = []

    /// Nil when the encoding has characters of several bytes, or when this machine has no table for it.
    init?(_ encoding: TextEncoding, _ words: [[UInt8]]) {
        guard encoding.isSingleByte, let meanings = ByteMeanings(encoding), let table = CharacterTable(encoding)
        else { return nil }
        encodings = [encoding]
        self.words = words.map { word in word.map { $0 < 0x80 ? UInt32($0) : table.singles[Int($0 - 0x80)] } }
        runs = words.map(meanings.runs)
        for alphabet in Alphabet.of(encoding) {
            let own = runs.indices.filter { index in
                guard let runs = runs[index], !runs.isEmpty else { return false }
                return runs.allSatisfy(alphabet.has)
            }
            if own.count > fitting.count { fitting = Set(own) }
            fittingAny.formUnion(own)
        }
    }

    /// Words that hold a letter beyond ASCII, or that nobody writes. A first `š` or `ž` alone, as in `Škoda`, tells
    /// nothing: Windows-1250 and 1252 have it alike, and names all over the West begin so.
    var telling: Set<Int> {
        Set(
            runs.indices.filter { index in
                guard let runs = runs[index] else { return true }
                return runs.contains { run in
                    guard let first = run.first, first == 0x161 || first == 0x17E else { return true }
                    return run.dropFirst().contains { $0 > 0x7F }
                }
            }
        )
    }

    /// Words that nobody writes.
    var odd: Int { runs.count { $0 == nil } }

    /// Words of two and more letters beyond ASCII, all of them capitals: hardly any text is written so, and small
    /// letters in one Cyrillic encoding are capitals in another.
    var shouted: Int {
        words.count { word in
            let foreign = word.lazy.filter { $0 > 0x7F }.compactMap(Unicode.Scalar.init)
            return foreign.count > 1 && foreign.allSatisfy(\.properties.isUppercase)
        }
    }

    /// Whether a word that nobody writes here makes sense there.
    func isMended(by other: Self) -> Bool {
        runs.indices.contains { runs[$0] == nil && other.runs[$0] != nil }
    }

    /// Takes another in that says the same.
    mutating func join(_ other: Self) -> Bool {
        guard words == other.words else { return false }
        encodings += other.encodings
        // Its languages may be others.
        if other.fitting.count > fitting.count { fitting = other.fitting }
        fittingAny.formUnion(other.fittingAny)
        return true
    }
}
