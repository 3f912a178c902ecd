/// The words of a text whose encoding is not known: those that hold bytes beyond ASCII, each once. They are what tells
/// encodings apart; all else says nothing.
struct EncodedWords {
    /// Enough to tell, and few enough to be read in every encoding at once.
    private static let limit = 300
    private static let longest = 60

    /// Runs of letters and bytes beyond ASCII.
    private(set) var words: [[UInt8]] = []
    /// Runs of bytes of 40 and more, which is what characters of two bytes are made of.
    private(set) var runs: [[UInt8]] = []
    private var known: Set<[UInt8]> = []
    private var knownRuns: Set<[UInt8]> = []

    var isEmpty: Bool { words.isEmpty }

    /// - Parameter startsInside: the piece may begin in the middle of a word, which is passed over then.
    mutating func add(_ bytes: [UInt8], startsInside: Bool) {
        Self.collect(bytes, startsInside, { $0 >= 0x80 || $0 & 0xDF >= 0x41 && $0 & 0xDF <= 0x5A }, &words, &known)
        Self.collect(bytes, startsInside, { $0 >= 0x40 }, &runs, &knownRuns)
    }

    private static func collect(
        _ bytes: [UInt8],
        _ startsInside: Bool,
        _ isInside: (UInt8) -> Bool,
        _ words: inout [[UInt8]],
        _ known: inout Set<[UInt8]>
    ) {
        var index = 0
        if startsInside { while index < bytes.count, isInside(bytes[index]) { index += 1 } }
        while index < bytes.count, words.count < limit {
            guard isInside(bytes[index]) else {
                index += 1
                continue
            }
            let start = index
            var isPlain = true
            while index < bytes.count, isInside(bytes[index]) {
                if bytes[index] >= 0x80 { isPlain = false }
                index += 1
            }
            // A word that the piece cuts off may be half of a character.
            guard !isPlain, index < bytes.count || start == 0 else { continue }
            let word = Array(bytes[start..<min(index, start + longest)])
            if known.insert(word).inserted { words.append(word) }
        }
    }
}
