import CLinux

/// What the bytes of an encoding stand for, as the WHATWG Encoding Standard has it: looked up once in the C library, a
/// character at a time, and mended where that says otherwise. 0 stands for no character, and so do control characters
/// of 80 to 9F (C1): nobody means them.
struct CharacterTable {
    /// Of the bytes 80 to FF.
    private(set) var singles = [UInt32](repeating: 0, count: 128)
    /// Of two bytes, the first 81 to FE, the second 40 to FF. Two characters that stand together are one number:
    /// `isDouble`, 16 bits, 16 bits.
    private(set) var pairs: [UInt32] = []
    /// Of two bytes behind 8F in EUC-JP.
    private(set) var supplement: [UInt32] = []
    /// Of the four bytes of gb18030 below U+10000, by their number.
    private(set) var quads: [UInt16] = []

    static let isDouble: UInt32 = 0x8000_0000

    /// Nil when this machine has no table for it, or when it needs none.
    init?(_ encoding: TextEncoding) {
        if encoding == .userDefined {
            singles = (0..<128).map { 0xF780 + $0 }
            return
        }
        guard let name = encoding.libraryName, let library = Library(name) else { return nil }
        if encoding.isSingleByte || encoding == .shiftJIS {
            for byte in UInt8(0x80)...0xFF where encoding.isSingleByte || (0xA1...0xDF).contains(byte) {
                singles[Int(byte - 0x80)] = library.scalar([byte])
            }
        }
        for (byte, scalar) in CharacterFixes.singles(encoding) { singles[Int(byte - 0x80)] = scalar }
        guard !encoding.isSingleByte else { return }
        fillPairs(library, encoding)
        if encoding == .eucJP {
            guard let other = Library("EUC-JP") else { return nil }
            fillSupplement(other)
        }
        if encoding == .gbk || encoding == .gb18030 { fillQuads(library) }
    }

    private mutating func fillPairs(_ library: borrowing Library, _ encoding: TextEncoding) {
        pairs = [UInt32](repeating: 0, count: 126 * 192)
        // EUC-JP has characters between A1A1 and F4FE only; what the library puts behind them is its own.
        let leads: ClosedRange<UInt8> = encoding.libraryName == "EUC-JP-MS" ? 0xA1...0xF4 : 0x81...0xFE
        for lead in leads {
            for trail in UInt8(0x40)...0xFE { pairs[Self.place(lead, trail)] = library.scalar([lead, trail]) }
        }
        if leads.upperBound == 0xF4, let shifted = Library("CP932") { fillExtensions(shifted) }
        for (pair, scalar) in CharacterFixes.pairs(encoding) {
            pairs[Self.place(UInt8(pair >> 8), UInt8(pair & 0xFF))] = scalar
        }
    }

    /// Rows 89 to 92 of JIS X 0208, where NEC put IBM's characters: Shift JIS has them at ED40 to EEFC.
    private mutating func fillExtensions(_ library: borrowing Library) {
        for lead in UInt8(0xF9)...0xFC {
            for trail in UInt8(0xA1)...0xFE {
                let shifted: UInt8 = lead & 1 == 1 ? trail - 0x61 + (trail >= 0xE0 ? 1 : 0) : trail - 2
                pairs[Self.place(lead, trail)] = library.scalar([0xED + (lead - 0xF9) / 2, shifted])
            }
        }
    }

    private mutating func fillSupplement(_ library: borrowing Library) {
        supplement = [UInt32](repeating: 0, count: 126 * 192)
        for lead in UInt8(0xA1)...0xFE {
            for trail in UInt8(0xA1)...0xFE {
                supplement[Self.place(lead, trail)] = library.scalar([0x8F, lead, trail])
            }
        }
    }

    private mutating func fillQuads(_ library: borrowing Library) {
        quads = (0..<39_420).map { number in
            if let fixed = CharacterFixes.quads(number) { return fixed }
            let bytes = [0x81 + number / 12_600, 0x30 + number % 12_600 / 1260, 0x81 + number % 1260 / 10]
            return UInt16(truncatingIfNeeded: library.scalar(bytes.map { UInt8($0) } + [UInt8(0x30 + number % 10)]))
        }
    }

    @inline(__always)
    private static func place(_ lead: UInt8, _ trail: UInt8) -> Int { (Int(lead) - 0x81) * 192 + Int(trail) - 0x40 }

    /// Of two bytes; 0 for none.
    @inline(__always)
    func pair(_ lead: UInt8, _ trail: UInt8) -> UInt32 {
        lead >= 0x81 && lead != 0xFF && trail >= 0x40 ? pairs[Self.place(lead, trail)] : 0
    }

    func supplement(_ lead: UInt8, _ trail: UInt8) -> UInt32 {
        lead >= 0xA1 && lead != 0xFF && trail >= 0xA1 ? supplement[Self.place(lead, trail)] : 0
    }

    /// Of four bytes of gb18030 by their number; 0 for none.
    func quad(_ number: Int) -> UInt32 {
        if number < quads.count { return UInt32(quads[number]) }
        return (189_000..<189_000 + 0x100000).contains(number) ? UInt32(number - 189_000 + 0x10000) : 0
    }
}

/// One converter of the C library.
private struct Library: ~Copyable {
    private let converter: iconv_t

    init?(_ name: String) {
        guard let converter = bodega_open_characters(name) else { return nil }
        self.converter = converter
    }

    deinit { bodega_close_characters(converter) }

    /// The character, or two of them as one number; 0 for none and for C1.
    func scalar(_ bytes: [UInt8]) -> UInt32 {
        var scalars: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        let count = withUnsafeMutablePointer(to: &scalars) { tuple in
            tuple.withMemoryRebound(to: UInt32.self, capacity: 4) {
                bodega_characters(converter, bytes, bytes.count, $0)
            }
        }
        switch count {
        case 1: return (0x80..<0xA0).contains(scalars.0) ? 0 : scalars.0
        case 2: return CharacterTable.isDouble | scalars.0 << 16 | scalars.1
        default: return 0
        }
    }
}
