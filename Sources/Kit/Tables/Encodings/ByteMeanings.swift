/// What each byte means under an encoding of one byte, as far as it tells whether a text makes sense.
struct ByteMeanings {
    enum Kind: UInt8 {
        /// No character, or a sign that nobody writes in a table.
        case odd
        case small, capital
        /// A letter or mark without case.
        case letter
        /// A sign that stands behind words or alone.
        case sign
        /// A sign that may stand between letters as well.
        case inner
        /// A sign that stands before words as well.
        case opening
        /// `¡` and `¿`, which stand before words only.
        case inverted

        var isLetter: Bool { self == .small || self == .capital || self == .letter }
    }

    private(set) var kinds: [Kind] = []
    /// In small where the byte is a letter.
    private(set) var scalars: [UInt32] = []

    /// Nil when this machine has no table for the encoding.
    init?(_ encoding: TextEncoding) {
        guard let table = CharacterTable(encoding) else { return nil }
        for value in (0..<0x80).map({ UInt32($0) }) + table.singles {
            guard value != 0, let scalar = Unicode.Scalar(value) else {
                kinds.append(.odd)
                scalars.append(0)
                continue
            }
            let kind = Self.kind(scalar)
            kinds.append(kind)
            let small = scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
            scalars.append(kind.isLetter ? small.value : value)
        }
    }

    private static func kind(_ scalar: Unicode.Scalar) -> Kind {
        if inner.contains(scalar) { return .inner }
        if signs.contains(scalar) { return .sign }
        if scalar == "¡" || scalar == "¿" { return .inverted }
        if openings.contains(scalar) { return .opening }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter: return .capital
        case .lowercaseLetter: return .small
        case .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark: return .letter
        default: return .odd
        }
    }

    private static let inner: Set<Unicode.Scalar> = ["’", "‘", "´", "…", "®", "·", "\u{A0}", "\u{AD}", "°", "–"]
    private static let openings: Set<Unicode.Scalar> = [
        "“", "”", "„", "‚", "«", "»", "‹", "›", "—", "•", "©", "§", "№", "µ", "½", "±", "£", "€", "¥",
    ]
    private static let signs: Set<Unicode.Scalar> = [
        "™", "¢", "²", "³", "×", "¼", "¾", "º", "ª", "₪", "₫",
    ]

    /// The letters of a word, in small, in runs that hold one beyond ASCII; nil when nobody writes like that: a sign in
    /// the middle of a word, a capital behind a small letter.
    func runs(_ word: [UInt8]) -> [[UInt32]]? {
        var runs: [[UInt32]] = []
        var run: [UInt32] = []
        var capitals = 0
        var isForeign = false
        for (index, byte) in word.enumerated() {
            let kind = kinds[Int(byte)]
            let next = index + 1 < word.count ? kinds[Int(word[index + 1])] : .sign
            guard kind.isLetter else {
                guard kind != .odd,
                    kind == .inner || next.isLetter == (kind == .inverted) || kind == .opening && run.isEmpty
                else { return nil }
                if isForeign { runs.append(run) }
                (run, capitals, isForeign) = ([], 0, false)
                continue
            }
            let isBeyond = byte >= 0x80
            if index > 0, !run.isEmpty, kind == .capital, kinds[Int(word[index - 1])] == .small,
                isBeyond || word[index - 1] >= 0x80
            {
                return nil
            }
            if kind == .small, isBeyond, capitals > 1, capitals == run.count, scalars[Int(byte)] != 0xDF { return nil }
            if kind == .capital { capitals += 1 }
            isForeign = isForeign || isBeyond
            run.append(scalars[Int(byte)])
        }
        if isForeign { runs.append(run) }
        return runs
    }
}
