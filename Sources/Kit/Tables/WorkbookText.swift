/// Gathers one text of a workbook from its elements: `t` directly or in runs `r`, not in phonetic runs `rPh`.
struct WorkbookText {
    private var bytes: [UInt8] = []
    private var phonetic = 0
    private var isText = false

    /// A text is cut behind this length: the row that holds it is too long to be imported and says so.
    private static let limit = CSVReader.recordLimit + 1

    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        phonetic = 0
        isText = false
    }

    mutating func start(_ name: XMLName) {
        switch name {
        case "rPh": phonetic += 1
        case "t": isText = phonetic == 0
        default: break
        }
    }

    mutating func append(_ piece: UnsafeBufferPointer<UInt8>) {
        if isText { bytes += piece.prefix(max(0, Self.limit - bytes.count)) }
    }

    mutating func end(_ name: XMLName) {
        switch name {
        case "rPh": phonetic -= 1
        case "t": isText = false
        default: break
        }
    }

    func finished() -> [UInt8] { Self.unescaped(bytes) }

    /// Characters that XML cannot hold, or would change, are written `_x000D_` (ECMA-376 part 1, 22.9.2.19).
    static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "_")) else { return bytes }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if let unit = escapedUnit(bytes, index) {
                appendUTF8(unit, to: &out)
                index += 7
            } else {
                out.append(bytes[index])
                index += 1
            }
        }
        return out
    }

    private static func escapedUnit(_ bytes: [UInt8], _ index: Int) -> UInt32? {
        guard index + 7 <= bytes.count, bytes[index] == UInt8(ascii: "_"), bytes[index + 1] == UInt8(ascii: "x"),
            bytes[index + 6] == UInt8(ascii: "_")
        else { return nil }
        var unit: UInt32 = 0
        for byte in bytes[index + 2..<index + 6] {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }
}
