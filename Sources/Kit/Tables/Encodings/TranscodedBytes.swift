/// Bytes of another encoding as UTF-8, without a byte order mark.
///
/// What the encoding does not have is neither dropped nor guessed: it comes out as bytes that UTF-8 does not have
/// either, so that the row that holds it is refused by the same rule as a malformed row of a UTF-8 file. These are
/// the five unassigned bytes of Windows-1252 (as themselves), lone surrogates (as three bytes, the way CESU-8 writes
/// them), half a unit at the end of a file in UTF-16 (as FF), and broken bytes of all other encodings (`appendBroken`).
final class TranscodedBytes: ByteStream {
    private let source: any ByteStream
    private let encoding: TextEncoding
    /// Of an encoding of one byte a character that is not Windows-1252.
    private let singles: [UInt32]
    private var multibyte: MultibyteText?
    private var input = [UInt8](repeating: 0, count: 32 << 10)
    private var output: [UInt8] = []
    private var given = 0
    /// A byte or a high surrogate that waits for what follows it.
    private var halfUnit: UInt8?
    private var highSurrogate: UInt16?
    private var isAtStart = true
    private var isAtEnd = false

    init(_ source: any ByteStream, from encoding: TextEncoding) {
        self.source = source
        self.encoding = encoding
        let table = encoding.isWritten ? nil : CharacterTable(encoding)
        singles = encoding.isSingleByte ? table?.singles ?? [] : []
        multibyte = encoding.isSingleByte ? nil : table.map { MultibyteText(encoding, $0) }
        output.reserveCapacity(input.count * 3)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(TableError) -> Int {
        while given == output.count {
            if isAtEnd { return 0 }
            try convert()
        }
        let count = min(buffer.count, output.count - given)
        buffer.copyBytes(from: output[given..<given + count])
        given += count
        return count
    }

    private func convert() throws(TableError) {
        output.removeAll(keepingCapacity: true)
        given = 0
        var failure: TableError?
        let count = input.withUnsafeMutableBytes { (buffer) -> Int in
            do throws(TableError) {
                return try isAtStart ? source.fill(buffer) : source.read(into: buffer)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        var bytes = input[..<count]
        if isAtStart, bytes.starts(with: encoding.byteOrderMark) {
            bytes = bytes.dropFirst(encoding.byteOrderMark.count)
        }
        isAtStart = false
        isAtEnd = count == 0
        switch encoding {
        case .utf8: output += bytes
        case .windows1252: for byte in bytes { put(windows: byte) }
        case .utf16LittleEndian, .utf16BigEndian: put(utf16: bytes)
        default:
            if encoding.isSingleByte { put(singles: bytes) } else { multibyte?.put(bytes, into: &output) }
        }
        if isAtEnd { finish() }
    }

    private func put(windows byte: UInt8) {
        guard byte >= 0x80, byte < 0xA0 else { return put(UInt32(byte)) }
        let scalar = upperWindows1252[Int(byte - 0x80)]
        if scalar == 0 { output.append(byte) } else { put(UInt32(scalar)) }
    }

    private func put(singles bytes: ArraySlice<UInt8>) {
        guard singles.count == 128 else { return }
        for byte in bytes {
            guard byte >= 0x80 else {
                output.append(byte)
                continue
            }
            let scalar = singles[Int(byte - 0x80)]
            if scalar == 0 { appendBroken(byte, to: &output) } else { put(scalar) }
        }
    }

    private func put(utf16 bytes: ArraySlice<UInt8>) {
        for byte in bytes {
            guard let first = halfUnit else {
                halfUnit = byte
                continue
            }
            halfUnit = nil
            let isLittle = encoding == .utf16LittleEndian
            put(unit: isLittle ? UInt16(byte) << 8 | UInt16(first) : UInt16(first) << 8 | UInt16(byte))
        }
    }

    private func put(unit: UInt16) {
        if let high = highSurrogate {
            highSurrogate = nil
            if unit & 0xFC00 == 0xDC00 {
                put(0x10000 + UInt32(high & 0x3FF) << 10 + UInt32(unit & 0x3FF))
                return
            }
            put(UInt32(high))
        }
        if unit & 0xFC00 == 0xD800 { highSurrogate = unit } else { put(UInt32(unit)) }
    }

    private func finish() {
        if let high = highSurrogate { put(UInt32(high)) }
        if halfUnit != nil { output.append(0xFF) }
        multibyte?.finish(into: &output)
    }

    private func put(_ scalar: UInt32) { appendUTF8(scalar, to: &output) }
}

/// A byte that is in no character, as the three bytes of a lone surrogate: they are in no UTF-8, whatever stands beside
/// them, and still tell the byte.
func appendBroken(_ byte: UInt8, to output: inout [UInt8]) { appendUTF8(0xDC00 + UInt32(byte), to: &output) }

/// The bytes of a code point; of a surrogate its three, which no UTF-8 has.
@inline(__always)
func appendUTF8(_ scalar: UInt32, to output: inout [UInt8]) {
    switch scalar {
    case 0..<0x80:
        output.append(UInt8(scalar))
    case 0x80..<0x800:
        output.append(0xC0 | UInt8(scalar >> 6))
        output.append(0x80 | UInt8(scalar & 0x3F))
    case 0x800..<0x10000:
        output.append(0xE0 | UInt8(scalar >> 12))
        output.append(0x80 | UInt8(scalar >> 6 & 0x3F))
        output.append(0x80 | UInt8(scalar & 0x3F))
    default:
        output.append(0xF0 | UInt8(truncatingIfNeeded: scalar >> 18 & 7))
        output.append(0x80 | UInt8(scalar >> 12 & 0x3F))
        output.append(0x80 | UInt8(scalar >> 6 & 0x3F))
        output.append(0x80 | UInt8(scalar & 0x3F))
    }
}

/// 80 to 9F of Windows-1252; 0 where nothing is assigned. Everything else is as in Latin-1.
let upperWindows1252: [UInt16] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
    0x0178,
]
