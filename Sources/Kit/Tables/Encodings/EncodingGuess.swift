/// Finds the encoding of a text that is neither UTF-8 nor UTF-16 by what its words would say in each encoding.
///
/// - It is Windows-1252, in silence, when its words make sense so: nearly all are in the letters of Western languages,
///   most in those of one language, and no language of another encoding has more of them; or else each has fewer.
/// - All else is a guess, and who imports is asked: of encodings of one byte a character that one comes first whose
///   languages have most words; those of East Asia come first when they have more characters in daily use.
struct EncodingGuess {
    private static let shown = 5
    /// Of the words, as many may be in no Western language's letters: one in ten, and of four a foreign name.
    private static func foreign(in words: Int) -> Int { max(words / 10, words >= 4 ? 1 : 0) }
    /// The share of the words that are in the letters of one language, where that language speaks for itself.
    private static let most = 0.6

    private let text: EncodedWords

    init(_ text: EncodedWords) { self.text = text }

    var finding: EncodingFinding {
        let readings = Self.readings(text.words)
        // By its own languages alone, not by those of encodings that happen to read these words alike.
        guard let western = WordReading(.windows1252, text.words), !isWestern(western, readings) else {
            return EncodingFinding(encoding: .windows1252)
        }
        return doubt(readings)
    }

    private func isWestern(_ reading: WordReading, _ readings: [WordReading]) -> Bool {
        // What 1252 shows as `¤` or as `½` within a word is `€` and `œ` in Latin-9, which has all other letters alike.
        if readings.contains(where: { $0.encodings.contains(.iso8859n15) && reading.isMended(by: $0) }) { return false }
        let telling = reading.telling
        guard !telling.isEmpty else { return true }
        let known = reading.fittingAny.count
        guard telling.count - known <= Self.foreign(in: telling.count) else { return false }
        // A sign says nothing here, though it may be a letter there.
        let others =
            readings.filter { !$0.encodings.contains(.windows1252) }
            .map { $0.fitting.intersection(telling).count }.max() ?? 0
        let isOneLanguage = Double(reading.fitting.count) >= Double(telling.count) * Self.most
        return isOneLanguage ? others <= known + telling.count / 30 : others < known
    }

    /// The guess and what else is likely, each reading once; Windows-1252, which was taken once, is always among them.
    private func doubt(_ readings: [WordReading]) -> EncodingFinding {
        let count = Double(max(1, text.words.count))
        let detected = CharsetDetector.guess(text.runs)
        var likely: [(rank: (Double, Int), encoding: TextEncoding)] = []
        for reading in readings where reading.odd * 2 <= text.words.count {
            guard let encoding = reading.encodings.first else { continue }
            // Among equals what libuchardet takes it for, then what leaves fewer words that nobody writes.
            let isDetected = detected.map(reading.encodings.contains) ?? false
            let faults = reading.odd + reading.shouted
            likely.append(((Double(reading.fitting.count) / count, isDetected ? 1 - faults : -faults), encoding))
        }
        for encoding in EastAsianText.encodings {
            let asian = EastAsianText(encoding, text.runs)
            let isDetected = detected == encoding || detected == .gb18030 && encoding == .gbk
            guard asian.share > 0.3 else { continue }
            likely.append(((asian.share, isDetected ? 1 : asian.isLong ? 0 : -text.words.count), encoding))
        }
        var candidates = likely.enumerated().sorted {
            ($1.element.rank.0, $1.element.rank.1, $0.offset) < ($0.element.rank.0, $0.element.rank.1, $1.offset)
        }
        .map(\.element.encoding)
        candidates = Array(candidates.prefix(Self.shown))
        let western = readings.first { $0.encodings.contains(.windows1252) }?.encodings.first ?? .windows1252
        if !candidates.contains(western) { candidates = candidates.prefix(Self.shown - 1) + [western] }
        return EncodingFinding(encoding: candidates.first ?? western, candidates: candidates)
    }

    /// Every way to read the words, each once.
    private static func readings(_ words: [[UInt8]]) -> [WordReading] {
        var readings: [WordReading] = []
        for encoding in TextEncoding.allCases where encoding != .userDefined {
            guard let reading = WordReading(encoding, words) else { continue }
            if !readings.indices.contains(where: { readings[$0].join(reading) }) { readings.append(reading) }
        }
        return readings
    }
}
