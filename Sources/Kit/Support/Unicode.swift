import CUnistring

extension String {
    /// Full Unicode case folding (CaseFolding.txt C + F) followed by NFC: equal for texts that differ in case or in
    /// composition only. ASCII takes a fast path.
    public var caseFolded: String {
        var copy = self
        return copy.withUTF8 { bytes in
            if bytes.allSatisfy({ $0 < 0x80 }) {
                return String(decoding: bytes.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
            }
            var length = 0
            guard let folded = bodega_casefold_nfc(bytes.baseAddress, bytes.count, &length) else {
                return String(decoding: bytes, as: UTF8.self)
            }
            defer { free(folded) }
            return String(decoding: UnsafeBufferPointer(start: folded, count: length), as: UTF8.self)
        }
    }

    /// Compatibility decomposition (NFKD): letters come apart from their marks, so that these can be left out.
    public var decomposed: String {
        var copy = self
        return copy.withUTF8 { bytes in
            if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
            var length = 0
            guard let apart = bodega_decompose(bytes.baseAddress, bytes.count, &length) else {
                return String(decoding: bytes, as: UTF8.self)
            }
            defer { free(apart) }
            return String(decoding: UnsafeBufferPointer(start: apart, count: length), as: UTF8.self)
        }
    }

    /// Without White_Space (the Unicode property) at both ends.
    public var trimmed: String {
        // Most texts begin and end with a printing ASCII character.
        if let first = utf8.first, let last = utf8.last, 0x21...0x7E ~= first, 0x21...0x7E ~= last { return self }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    /// Without White_Space and without characters that nobody sees (`Unicode.Scalar.isInvisible`) at both ends.
    public var bare: String {
        if let first = utf8.first, let last = utf8.last, 0x21...0x7E ~= first, 0x21...0x7E ~= last { return self }
        let scalars = unicodeScalars
        func isSeen(_ scalar: Unicode.Scalar) -> Bool { !scalar.properties.isWhitespace && !scalar.isInvisible }
        guard let first = scalars.firstIndex(where: isSeen), let last = scalars.lastIndex(where: isSeen) else {
            return ""
        }
        return String(scalars[first...last])
    }

    /// Whether a control character (Cc) stands anywhere in the text.
    public var hasControlCharacters: Bool {
        unicodeScalars.contains { $0.value < 0x20 || ($0.value >= 0x7F && $0.value < 0xA0) }
    }

    /// The first characters (Unicode scalars), with an ellipsis where there are more: what a message may quote of a
    /// text of any length.
    public func shortened(to most: Int) -> String {
        guard utf8.count > most, let end = unicodeScalars.index(startIndex, offsetBy: most, limitedBy: endIndex),
            end < endIndex
        else { return self }
        return "\(String(self[..<end]))…"
    }

    /// Combining marks that may follow each other in a text from outside.
    public static let mostMarks = 256

    /// Whether no more than `mostMarks` combining marks follow each other: what UAX #15 calls stream-safe, with more
    /// patience. Swift compares and hashes texts by canonical equivalence, for which it sorts each run of marks in a
    /// time that grows with the square of its length: half a megabyte of them takes minutes, wherever in the program
    /// the text is compared.
    public var isStreamSafe: Bool {
        // Two bytes at least each; and most texts are short, or have none at all.
        guard utf8.count > 2 * Self.mostMarks else { return true }
        var run = 0
        for scalar in unicodeScalars {
            guard scalar.value >= 0x300, scalar.properties.canonicalCombiningClass != .notReordered else {
                run = 0
                continue
            }
            run += 1
            if run > Self.mostMarks { return false }
        }
        return true
    }
}

extension Unicode.Scalar {
    /// A character without width or look that comes into files by copying: a byte order mark, a zero-width space or
    /// joiner, a mark of direction, a soft hyphen (of DerivedCoreProperties.txt, Default_Ignorable_Code_Point, what is
    /// a format character, without the tags that flags are made of).
    public var isInvisible: Bool {
        switch value {
        case 0xAD, 0x34F, 0x61C, 0x180E, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF: true
        default: false
        }
    }

    /// Joins or parts letters: at the end of a word of some scripts it says how the word looks.
    public var isJoiner: Bool { value == 0x200C || value == 0x200D }
}
