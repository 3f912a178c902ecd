/// Turns text in an encoding of East Asia into UTF-8, byte by byte, as the WHATWG Encoding Standard says. A byte that
/// is in no character comes out as `appendBroken` has it, and an ASCII character behind it stays what it is: a broken
/// byte never eats a delimiter.
struct MultibyteText {
    private let encoding: TextEncoding
    private let table: CharacterTable
    /// Bytes of a character that is not whole: up to three in gb18030, else up to two.
    private var first: UInt8 = 0
    private var second: UInt8 = 0
    private var third: UInt8 = 0
    private var escapes = JapaneseEscapes()

    init(_ encoding: TextEncoding, _ table: CharacterTable) {
        self.encoding = encoding
        self.table = table
    }

    mutating func put(_ bytes: ArraySlice<UInt8>, into out: inout [UInt8]) {
        for byte in bytes { put(byte, into: &out) }
    }

    mutating func finish(into out: inout [UInt8]) {
        for byte in [first, second, third] where byte != 0 { appendBroken(byte, to: &out) }
        (first, second, third) = (0, 0, 0)
        escapes.finish(into: &out)
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8, into out: inout [UInt8]) {
        if encoding == .iso2022JP { return escapes.put(byte, table, into: &out) }
        guard first != 0 else { return begin(byte, &out) }
        switch encoding {
        case .gbk, .gb18030: goOnGB(byte, &out)
        case .eucJP: goOnEUC(byte, &out)
        default: end(byte, encoding == .shiftJIS ? shiftPair(byte) : table.pair(first, byte), &out)
        }
    }

    private mutating func begin(_ byte: UInt8, _ out: inout [UInt8]) {
        if byte < 0x80 {
            out.append(byte)
        } else if table.singles[Int(byte - 0x80)] != 0 {
            appendUTF8(table.singles[Int(byte - 0x80)], to: &out)
        } else if isLead(byte) {
            first = byte
        } else {
            appendBroken(byte, to: &out)
        }
    }

    private func isLead(_ byte: UInt8) -> Bool {
        switch encoding {
        case .eucJP: byte == 0x8E || byte == 0x8F || (0xA1...0xFE).contains(byte)
        case .shiftJIS: (0x81...0x9F).contains(byte) || (0xE0...0xFC).contains(byte)
        default: (0x81...0xFE).contains(byte)
        }
    }

    private func shiftPair(_ byte: UInt8) -> UInt32 { byte <= 0xFC ? table.pair(first, byte) : 0 }

    /// The last byte of two.
    private mutating func end(_ byte: UInt8, _ scalar: UInt32, _ out: inout [UInt8]) {
        let lead = first
        first = 0
        guard scalar == 0 else { return append(scalar, &out) }
        appendBroken(lead, to: &out)
        if byte < 0x80 { out.append(byte) } else { appendBroken(byte, to: &out) }
    }

    private func append(_ scalar: UInt32, _ out: inout [UInt8]) {
        if scalar & CharacterTable.isDouble != 0 {
            appendUTF8(scalar >> 16 & 0x7FFF, to: &out)
            appendUTF8(scalar & 0xFFFF, to: &out)
        } else {
            appendUTF8(scalar, to: &out)
        }
    }

    private mutating func goOnEUC(_ byte: UInt8, _ out: inout [UInt8]) {
        if second != 0 {
            let scalar = table.supplement(second, byte)
            if scalar == 0 { appendBroken(first, to: &out) }
            first = second
            second = 0
            return end(byte, scalar, &out)
        }
        switch (first, byte) {
        case (0x8E, 0xA1...0xDF): end(byte, 0xFF61 + UInt32(byte - 0xA1), &out)
        case (0x8F, 0xA1...0xFE): second = byte
        default: end(byte, table.pair(first, byte), &out)
        }
    }

    private mutating func goOnGB(_ byte: UInt8, _ out: inout [UInt8]) {
        if third != 0 {
            let bytes = (first, second, third)
            (first, second, third) = (0, 0, 0)
            guard (0x30...0x39).contains(byte) else { return again(bytes.0, [bytes.1, bytes.2, byte], &out) }
            let upper = (Int(bytes.0) - 0x81) * 10 + Int(bytes.1) - 0x30
            let number = (upper * 126 + Int(bytes.2) - 0x81) * 10 + Int(byte) - 0x30
            let scalar = table.quad(number)
            guard scalar == 0 else { return appendUTF8(scalar, to: &out) }
            for broken in [bytes.0, bytes.1, bytes.2, byte] { appendBroken(broken, to: &out) }
        } else if second != 0 {
            guard (0x81...0xFE).contains(byte) else {
                let bytes = (first, second)
                (first, second) = (0, 0)
                return again(bytes.0, [bytes.1, byte], &out)
            }
            third = byte
        } else if (0x30...0x39).contains(byte) {
            second = byte
        } else {
            end(byte, table.pair(first, byte), &out)
        }
    }

    /// A first byte without what belongs to it; what came behind it is read anew.
    private mutating func again(_ broken: UInt8, _ bytes: [UInt8], _ out: inout [UInt8]) {
        appendBroken(broken, to: &out)
        for byte in bytes { put(byte, into: &out) }
    }
}

/// The state of ISO-2022-JP, which changes its character set by escape sequences.
struct JapaneseEscapes {
    private enum Set { case ascii, roman, katakana, double }

    private var set = Set.ascii
    private var lead: UInt8 = 0
    /// An escape sequence that is not whole.
    private var sequence: [UInt8] = []

    mutating func finish(into out: inout [UInt8]) {
        for byte in sequence + (lead == 0 ? [] : [lead]) { appendBroken(byte, to: &out) }
        (sequence, lead) = ([], 0)
    }

    mutating func put(_ byte: UInt8, _ table: CharacterTable, into out: inout [UInt8]) {
        if !sequence.isEmpty { return escape(byte, table, &out) }
        if byte == 0x1B {
            if lead != 0 { appendBroken(lead, to: &out) }
            lead = 0
            sequence = [byte]
        } else if lead != 0 {
            let scalar = (0x21...0x7E).contains(byte) ? table.pair(lead | 0x80, byte | 0x80) : 0
            if scalar == 0 {
                appendBroken(lead, to: &out)
                appendBroken(byte, to: &out)
            } else {
                appendUTF8(scalar, to: &out)
            }
            lead = 0
        } else {
            single(byte, &out)
        }
    }

    private mutating func single(_ byte: UInt8, _ out: inout [UInt8]) {
        switch (set, byte) {
        // A line ends every set, so that a forgotten escape costs one row and not the rest of the file.
        case (_, 0x0A), (_, 0x0D):
            set = .ascii
            out.append(byte)
        case (.roman, 0x5C): appendUTF8(0xA5, to: &out)
        case (.roman, 0x7E): appendUTF8(0x203E, to: &out)
        case (.katakana, 0x21...0x5F): appendUTF8(0xFF61 + UInt32(byte - 0x21), to: &out)
        case (.double, 0x21...0x7E): lead = byte
        case (.ascii, ..<0x80), (.roman, ..<0x80): out.append(byte)
        default: appendBroken(byte, to: &out)
        }
    }

    private mutating func escape(_ byte: UInt8, _ table: CharacterTable, _ out: inout [UInt8]) {
        sequence.append(byte)
        switch sequence.dropFirst() {
        case [0x28], [0x24]: return
        case [0x28, 0x42]: set = .ascii
        case [0x28, 0x4A]: set = .roman
        case [0x28, 0x49]: set = .katakana
        case [0x24, 0x40], [0x24, 0x42]: set = .double
        default:
            let bytes = sequence
            sequence = []
            appendBroken(bytes[0], to: &out)
            for byte in bytes.dropFirst() { put(byte, table, into: &out) }
            return
        }
        sequence = []
    }
}
