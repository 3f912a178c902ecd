/// Tells JSON from delimited text by its first two signs.
enum JSONSniffer {
    /// nil for text that is no list of objects.
    static func kind(_ text: [UInt8]) -> TableFormat.Kind? {
        var signs = text.drop { byteOrderMark.contains($0) }.lazy
            .filter { $0 != 0x20 && $0 != 0x09 && $0 != lineFeed && $0 != carriageReturn }.makeIterator()
        guard let first = signs.next(), let second = signs.next() else { return nil }
        switch (first, second) {
        case (UInt8(ascii: "["), UInt8(ascii: "{")), (UInt8(ascii: "["), UInt8(ascii: "]")): return .json
        case (UInt8(ascii: "{"), UInt8(ascii: "\"")), (UInt8(ascii: "{"), UInt8(ascii: "}")): return .ndjson
        default: return nil
        }
    }
}
