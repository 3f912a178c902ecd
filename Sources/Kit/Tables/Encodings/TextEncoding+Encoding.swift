extension TextEncoding {
    /// UTF-8 as bytes of this encoding, one of those that are written: what `TranscodedBytes` has read comes back as it
    /// was, also what the encoding does not have. A character of another origin that the encoding lacks becomes a
    /// question mark.
    /// - Parameters:
    ///   - bytes: whole characters.
    ///   - byteOrderMark: whether they begin the file and the mark goes before them.
    public func encoded(_ bytes: [UInt8], byteOrderMark isWanted: Bool) -> [UInt8] {
        var out = isWanted ? byteOrderMark : []
        guard isWritten, self != .utf8 else { return out + bytes }
        out.reserveCapacity(bytes.count * 2)
        var index = 0
        while index < bytes.count {
            let (value, length) = Self.decoded(bytes, at: index)
            if let value { append(value, to: &out) } else { out.append(bytes[index]) }
            index += length
        }
        return out
    }

    private func append(_ value: UInt32, to out: inout [UInt8]) {
        switch self {
        case .windows1252:
            if value < 0x80 || (value >= 0xA0 && value < 0x100) {
                out.append(UInt8(truncatingIfNeeded: value))
            } else if let place = upperWindows1252.firstIndex(where: { UInt32($0) == value }) {
                out.append(0x80 + UInt8(place))
            } else {
                out.append(UInt8(ascii: "?"))
            }
        case .utf16LittleEndian, .utf16BigEndian:
            guard value > 0xFFFF else { return append(unit: UInt16(truncatingIfNeeded: value), to: &out) }
            let rest = value - 0x10000
            append(unit: 0xD800 + UInt16(truncatingIfNeeded: rest >> 10), to: &out)
            append(unit: 0xDC00 + UInt16(truncatingIfNeeded: rest & 0x3FF), to: &out)
        default: break
        }
    }

    private func append(unit: UInt16, to out: inout [UInt8]) {
        let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
        out += self == .utf16LittleEndian ? [low, high] : [high, low]
    }

    /// The character that begins at a place and its length in bytes; a byte that begins none stands for itself. Lone
    /// surrogates are taken as they are.
    private static func decoded(_ bytes: [UInt8], at index: Int) -> (value: UInt32?, length: Int) {
        let first = bytes[index]
        let length: Int
        switch first {
        case ..<0x80: return (UInt32(first), 1)
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF: length = 3
        case 0xF0...0xF4: length = 4
        default: return (nil, 1)
        }
        guard index + length <= bytes.count else { return (nil, 1) }
        var value = UInt32(first) & (0xFF >> UInt32(length + 1))
        for byte in bytes[(index + 1)..<(index + length)] {
            guard byte & 0xC0 == 0x80 else { return (nil, 1) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        return (value, length)
    }
}
