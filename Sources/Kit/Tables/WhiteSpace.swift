/// White space as Unicode has it (property White_Space), told from bytes in UTF-8.
enum WhiteSpace {
    /// Whether nothing but white space stands in a cell; an empty one holds nothing.
    static func isAll(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var index = 0
        while index < bytes.count {
            let length = length(bytes, index)
            guard length > 0 else { return false }
            index += length
        }
        return true
    }

    /// Bytes of the white space at a place; 0 where another character stands.
    private static func length(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
        func byte(_ distance: Int) -> UInt8 { index + distance < bytes.count ? bytes[index + distance] : 0 }
        switch bytes[index] {
        case 0x20, 0x09...0x0D: return 1
        case 0xC2: return byte(1) == 0x85 || byte(1) == 0xA0 ? 2 : 0
        case 0xE1: return byte(1) == 0x9A && byte(2) == 0x80 ? 3 : 0
        case 0xE2 where byte(1) == 0x80:
            // U+2000 to U+200A, both separators, and the narrow blank.
            let last = byte(2)
            return (0x80...0x8A).contains(last) || last == 0xA8 || last == 0xA9 || last == 0xAF ? 3 : 0
        case 0xE2: return byte(1) == 0x81 && byte(2) == 0x9F ? 3 : 0
        case 0xE3: return byte(1) == 0x80 && byte(2) == 0x80 ? 3 : 0
        default: return 0
        }
    }
}
