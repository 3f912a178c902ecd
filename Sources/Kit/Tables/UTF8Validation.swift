/// Checks bytes against UTF-8 as Unicode defines it (table 3-7: no overlong forms, no surrogates, nothing above
/// U+10FFFF) without making a string.
public enum UTF8Validation {
    /// The offset of the first byte that does not begin a well-formed sequence; nil when there is none.
    public static func firstInvalidByte(in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var index = 0
        while index < bytes.count {
            index = skipASCII(base, from: index, limit: bytes.count)
            guard index < bytes.count else { return nil }
            let length = sequenceLength(base + index, available: bytes.count &- index)
            if length == 0 { return index }
            index &+= length
        }
        return nil
    }

    @inline(__always)
    private static func skipASCII(_ base: UnsafePointer<UInt8>, from start: Int, limit: Int) -> Int {
        var index = start
        while index &+ 8 <= limit {
            let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
            if word & 0x8080_8080_8080_8080 != 0 { break }
            index &+= 8
        }
        while index < limit && base[index] < 0x80 { index &+= 1 }
        return index
    }

    /// - Returns: 2, 3 or 4; 0 when it is malformed or cut off.
    private static func sequenceLength(_ bytes: UnsafePointer<UInt8>, available: Int) -> Int {
        guard available >= 2 else { return 0 }
        let second: ClosedRange<UInt8>
        let length: Int
        switch bytes[0] {
        case 0xC2...0xDF: (second, length) = (0x80...0xBF, 2)
        case 0xE0: (second, length) = (0xA0...0xBF, 3)
        case 0xED: (second, length) = (0x80...0x9F, 3)
        case 0xE1...0xEF: (second, length) = (0x80...0xBF, 3)
        case 0xF0: (second, length) = (0x90...0xBF, 4)
        case 0xF1...0xF3: (second, length) = (0x80...0xBF, 4)
        case 0xF4: (second, length) = (0x80...0x8F, 4)
        default: return 0
        }
        guard length <= available, second.contains(bytes[1]) else { return 0 }
        for index in 2..<max(2, length) where bytes[index] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
