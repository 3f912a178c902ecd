/// How well words read as Chinese, Japanese or Korean in an encoding of two bytes a character: the standards put the
/// characters in daily use first, so that text in another encoding falls among the rare ones or on none.
struct EastAsianText {
    static let encodings: [TextEncoding] = [.gbk, .shiftJIS, .eucJP, .big5, .eucKR]

    private let encoding: TextEncoding
    /// Words all of whose characters are in daily use.
    private(set) var words = 0
    private var total = 0
    private var characters = 0
    /// Characters that this script always has and its neighbours do not: kana, or Chinese that are no Hangul elsewhere.
    private var own = 0

    init(_ encoding: TextEncoding, _ runs: [[UInt8]]) {
        self.encoding = encoding
        for run in runs {
            total += 1
            if isUsual(run) { words += 1 }
        }
    }

    /// 0 to 1: the share of the words that read well.
    var share: Double {
        guard total > 0, characters > 0 else { return 0 }
        let share = Double(words) / Double(total)
        // Text without a kana is hardly Japanese; 6 of 10 Chinese characters stand where Korean has Hangul, never all.
        let isTypical = encoding == .eucKR || encoding == .big5 || own * 12 >= characters
        return isTypical ? share : share * 0.5
    }

    /// Whether there is enough of it to rely on.
    var isLong: Bool { characters >= 8 && words >= 3 }

    private mutating func isUsual(_ run: [UInt8]) -> Bool {
        var index = 0
        var found = 0
        while index < run.count {
            guard run[index] >= 0x80 else {
                index += 1
                continue
            }
            guard index + 1 < run.count, note(run[index], run[index + 1]) else { return false }
            found += 1
            index += 2
        }
        return found > 0
    }

    /// Whether two bytes are a character in daily use.
    private mutating func note(_ lead: UInt8, _ trail: UInt8) -> Bool {
        characters += 1
        switch encoding {
        case .gbk:
            guard trail >= 0xA1, lead == 0xA1 || lead == 0xA3 || (0xB0...0xD7).contains(lead) else { return false }
            if lead >= 0xC9 { own += 1 }
        case .eucKR:
            return trail >= 0xA1 && (lead == 0xA1 || lead == 0xA3 || (0xB0...0xC8).contains(lead))
        case .big5:
            return (0xA1...0xC6).contains(lead) && ((0x40...0x7E).contains(trail) || trail >= 0xA1)
        case .eucJP:
            guard trail >= 0xA1, lead == 0xA1 || (0xA3...0xA5).contains(lead) || (0xB0...0xCF).contains(lead)
            else { return false }
            if lead == 0xA4 || lead == 0xA5 { own += 1 }
        default:
            guard trail >= 0x40, trail <= 0xFC, (0x81...0x83).contains(lead) || (0x88...0x98).contains(lead)
            else { return false }
            if lead == 0x82 && trail >= 0x9F || lead == 0x83 && trail <= 0x96 { own += 1 }
        }
        return true
    }
}
