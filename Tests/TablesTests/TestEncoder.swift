import Support

@testable import Tables

/// Text as bytes of an encoding; nil for what it does not have. Only tests write other encodings.
struct TestEncoder {
    private let encoding: TextEncoding
    private var bytes: [Unicode.Scalar: [UInt8]] = [:]

    init?(_ encoding: TextEncoding) {
        self.encoding = encoding
        guard encoding != .utf8 else { return }
        guard let table = CharacterTable(encoding) else { return nil }
        for byte in UInt8(0x80)...0xFF { add(table.singles[Int(byte - 0x80)], [byte]) }
        guard !encoding.isSingleByte else { return }
        for lead in UInt8(0x81)...0xFE {
            for trail in UInt8(0x40)...0xFE { add(table.pair(lead, trail), [lead, trail]) }
        }
    }

    private mutating func add(_ value: UInt32, _ pair: [UInt8]) {
        guard value != 0, let scalar = Unicode.Scalar(value), bytes[scalar] == nil else { return }
        bytes[scalar] = pair
    }

    func bytes(_ text: String) -> [UInt8]? {
        guard encoding != .utf8 else { return Array(text.utf8) }
        var out: [UInt8] = []
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                out.append(UInt8(scalar.value))
            } else if let found = bytes[scalar] {
                out += found
            } else {
                return nil
            }
        }
        return out
    }
}
