/// Guesses the encoding of text from a piece of it.
enum EncodingSniffer {
    /// A byte order mark decides; NUL bytes on one side of most pairs are UTF-16 without one; else the evidence does.
    static func sniff(_ head: [UInt8], isWhole: Bool) -> EncodingFinding {
        for encoding in [TextEncoding.utf8, .utf16LittleEndian, .utf16BigEndian]
        where head.starts(with: encoding.byteOrderMark) { return EncodingFinding(encoding: encoding) }
        if let encoding = utf16(head) { return EncodingFinding(encoding: encoding) }
        var evidence = Evidence()
        evidence.add(head, startsInside: false, isCutOff: !isWhole)
        if evidence.sequences == 0, evidence.strays == 0, hasJapaneseEscape(head) {
            return EncodingFinding(encoding: .iso2022JP)
        }
        return evidence.isUTF8 ? EncodingFinding(encoding: .utf8) : guess([(head, false)])
    }

    /// - Parameter pieces: of a text that is not UTF-8, and whether they begin anywhere.
    static func guess(_ pieces: [(bytes: [UInt8], startsInside: Bool)]) -> EncodingFinding {
        var words = EncodedWords()
        for piece in pieces { words.add(piece.bytes, startsInside: piece.startsInside) }
        return words.isEmpty ? EncodingFinding(encoding: .windows1252) : EncodingGuess(words).finding
    }

    /// `ESC $ B` or `ESC $ @`, which begins Japanese in ISO-2022-JP and nothing else.
    private static func hasJapaneseEscape(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while let escape = rest.firstIndex(of: 0x1B) {
            rest = rest[(escape + 1)...]
            if rest.starts(with: [0x24, 0x42]) || rest.starts(with: [0x24, 0x40]) { return true }
        }
        return false
    }

    /// Western text in UTF-16 has a zero in nearly every pair, always on the same side.
    private static func utf16(_ head: [UInt8]) -> TextEncoding? {
        let pairs = head.count / 2
        guard pairs >= 2 else { return nil }
        var zeros = [0, 0]
        for index in 0..<pairs * 2 where head[index] == 0 { zeros[index & 1] += 1 }
        if zeros[1] * 2 > pairs && zeros[0] * 20 < pairs { return .utf16LittleEndian }
        if zeros[0] * 2 > pairs && zeros[1] * 20 < pairs { return .utf16BigEndian }
        return nil
    }

    /// What speaks for one encoding or another, gathered over several pieces of a file.
    struct Evidence {
        /// Sequences of UTF-8 of more than a byte, and bytes that are in none.
        private(set) var sequences = 0
        private(set) var strays = 0

        /// UTF-8 wins when everything is well formed, and when most of it is: then single rows are damaged. A Western
        /// text in one byte a character hardly ever looks like UTF-8 by accident.
        var isUTF8: Bool { strays == 0 || sequences > strays }

        /// - Parameters:
        ///   - startsInside: the piece may begin in the middle of a character.
        ///   - isCutOff: it may end in one.
        mutating func add(_ bytes: [UInt8], startsInside: Bool, isCutOff: Bool = true) {
            bytes.withUnsafeBufferPointer { buffer in
                var index = 0
                if startsInside { while index < min(3, buffer.count), buffer[index] & 0xC0 == 0x80 { index += 1 } }
                while index < buffer.count {
                    if buffer[index] < 0x80 {
                        index += 1
                        continue
                    }
                    let rest = UnsafeBufferPointer(rebasing: buffer[index..<min(index + 4, buffer.count)])
                    let length = Self.sequenceLength(rest)
                    if length > 0 {
                        sequences += 1
                        index += length
                        continue
                    }
                    if isCutOff && index >= buffer.count - 3 { return }
                    strays += 1
                    index += 1
                }
            }
        }

        /// 2 to 4 when a whole character stands here, else 0.
        private static func sequenceLength(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
            for length in 2...4 where length <= bytes.count {
                let piece = UnsafeBufferPointer(rebasing: bytes[..<length])
                if UTF8Validation.firstInvalidByte(in: piece) == nil { return length }
            }
            return 0
        }
    }
}
