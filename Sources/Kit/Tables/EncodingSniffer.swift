/// Guesses the encoding of text from a piece of it.
enum EncodingSniffer {
    /// A byte order mark decides; NUL bytes on one side of most pairs are UTF-16 without one; else the evidence does.
    static func sniff(_ head: [UInt8], isWhole: Bool) -> TextEncoding {
        for encoding in [TextEncoding.utf8, .utf16LittleEndian, .utf16BigEndian]
        where head.starts(with: encoding.byteOrderMark) { return encoding }
        if let encoding = utf16(head) { return encoding }
        var evidence = Evidence()
        evidence.add(head, startsInside: false, isCutOff: !isWhole)
        return evidence.encoding
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
        /// Among the strays: 80 to 9F, which only Windows-1252 gives a meaning.
        private(set) var windowsBytes = 0

        /// UTF-8 wins when everything is well formed, and when most of it is: then single rows are damaged. A Western
        /// text in one byte a character hardly ever looks like UTF-8 by accident.
        var encoding: TextEncoding {
            if strays == 0 || sequences > strays { return .utf8 }
            return windowsBytes > 0 ? .windows1252 : .latin1
        }

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
                    if buffer[index] < 0xA0 { windowsBytes += 1 }
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
