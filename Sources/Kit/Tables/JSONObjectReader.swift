/// Reads one JSON object (RFC 8259, strictly) and gives its members as cells: texts decoded, numbers as they are
/// written, `null` as an empty cell, arrays and objects as compact JSON.
struct JSONObjectReader {
    /// Why an object cannot be read.
    struct Fault: Error {
        let detail: String
        var isTooDeep = false
    }

    private let depthLimit: Int
    private var key: [UInt8] = []
    private var value: [UInt8] = []
    private var index = 0

    /// - Parameter depth: how deep arrays and objects may nest, the object itself counted.
    init(depth: Int) { depthLimit = depth }

    /// - Parameter member: called for each member with its name and its cell, valid during the call, and whether that
    /// is a number with a point or an exponent.
    mutating func read(
        _ object: [UInt8],
        member: (UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>, _ isNumber: Bool) throws -> Void
    ) throws {
        try object.withUnsafeBufferPointer { bytes in
            index = 0
            try expect(UInt8(ascii: "{"), bytes)
            skipSpace(bytes)
            if take(UInt8(ascii: "}"), bytes) { return try end(bytes) }
            while true {
                skipSpace(bytes)
                value.removeAll(keepingCapacity: true)
                try text(bytes)
                swap(&key, &value)
                skipSpace(bytes)
                try expect(UInt8(ascii: ":"), bytes)
                skipSpace(bytes)
                value.removeAll(keepingCapacity: true)
                let first = index < bytes.count ? bytes[index] : 0
                try cell(bytes)
                let isNumber = Self.startsNumber(first) && value.contains(where: Self.marksFraction)
                try key.withUnsafeBufferPointer { key in
                    try value.withUnsafeBufferPointer { value in try member(key, value, isNumber) }
                }
                skipSpace(bytes)
                if take(UInt8(ascii: "}"), bytes) { return try end(bytes) }
                try expect(UInt8(ascii: ","), bytes)
            }
        }
    }

    private static func startsNumber(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte >= 0x30 && byte <= 0x39
    }

    private static func marksFraction(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
    }

    private typealias Bytes = UnsafeBufferPointer<UInt8>

    private func end(_ bytes: Bytes) throws(Fault) {
        guard index == bytes.count else { throw Fault(detail: "a bracket does not fit") }
    }

    private mutating func cell(_ bytes: Bytes) throws(Fault) {
        guard index < bytes.count else { throw Fault(detail: "a value is missing") }
        switch bytes[index] {
        case UInt8(ascii: "\""): try text(bytes)
        case UInt8(ascii: "{"), UInt8(ascii: "["): try compact(bytes, depth: 2)
        case UInt8(ascii: "n"): try word("null", bytes)
        default: try plain(bytes)
        }
    }

    /// A number, true or false, as it stands.
    private mutating func plain(_ bytes: Bytes) throws(Fault) {
        let start = index
        switch bytes[index] {
        case UInt8(ascii: "t"): try word("true", bytes)
        case UInt8(ascii: "f"): try word("false", bytes)
        default: try number(bytes)
        }
        value += bytes[start..<index]
    }

    /// Copies an array or an object without the space between its tokens.
    private mutating func compact(_ bytes: Bytes, depth: Int) throws(Fault) {
        guard depth <= depthLimit else { throw Fault(detail: "", isTooDeep: true) }
        let isObject = bytes[index] == UInt8(ascii: "{")
        let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        value.append(bytes[index])
        index += 1
        skipSpace(bytes)
        if take(close, bytes) {
            value.append(close)
            return
        }
        while true {
            skipSpace(bytes)
            if isObject {
                try rawText(bytes)
                skipSpace(bytes)
                try expect(UInt8(ascii: ":"), bytes)
                value.append(UInt8(ascii: ":"))
                skipSpace(bytes)
            }
            try compactValue(bytes, depth: depth)
            skipSpace(bytes)
            if take(close, bytes) {
                value.append(close)
                return
            }
            try expect(UInt8(ascii: ","), bytes)
            value.append(UInt8(ascii: ","))
        }
    }

    private mutating func compactValue(_ bytes: Bytes, depth: Int) throws(Fault) {
        guard index < bytes.count else { throw Fault(detail: "a value is missing") }
        switch bytes[index] {
        case UInt8(ascii: "{"), UInt8(ascii: "["): try compact(bytes, depth: depth + 1)
        case UInt8(ascii: "\""): try rawText(bytes)
        case UInt8(ascii: "n"):
            try word("null", bytes)
            value += "null".utf8
        default: try plain(bytes)
        }
    }

    /// A text with its quotes and escapes, checked by decoding it.
    private mutating func rawText(_ bytes: Bytes) throws(Fault) {
        let start = index
        let length = value.count
        try text(bytes)
        value.removeLast(value.count - length)
        value += bytes[start..<index]
    }

    // MARK: Tokens

    private mutating func skipSpace(_ bytes: Bytes) {
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == 0x20 || byte == 0x09 || byte == lineFeed || byte == carriageReturn else { return }
            index += 1
        }
    }

    private mutating func take(_ byte: UInt8, _ bytes: Bytes) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ byte: UInt8, _ bytes: Bytes) throws(Fault) {
        guard take(byte, bytes) else { throw Fault(detail: "'\(UnicodeScalar(byte))' was expected") }
    }

    private mutating func word(_ word: String, _ bytes: Bytes) throws(Fault) {
        for byte in word.utf8 where !take(byte, bytes) { throw Fault(detail: "'\(word)' was expected") }
    }

    private mutating func number(_ bytes: Bytes) throws(Fault) {
        _ = take(UInt8(ascii: "-"), bytes)
        if !take(UInt8(ascii: "0"), bytes) { try digits(bytes) }
        if take(UInt8(ascii: "."), bytes) { try digits(bytes) }
        if take(UInt8(ascii: "e"), bytes) || take(UInt8(ascii: "E"), bytes) {
            _ = take(UInt8(ascii: "+"), bytes) || take(UInt8(ascii: "-"), bytes)
            try digits(bytes)
        }
    }

    private mutating func digits(_ bytes: Bytes) throws(Fault) {
        let start = index
        while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 { index += 1 }
        guard index > start else { throw Fault(detail: "a value was expected: a text, a number, true, false or null") }
    }

    /// Appends the decoded text to `value`.
    private mutating func text(_ bytes: Bytes) throws(Fault) {
        guard take(UInt8(ascii: "\""), bytes) else { throw Fault(detail: "a name in double quotes was expected") }
        var start = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                value += bytes[start..<index]
                index += 1
                return
            }
            guard byte >= 0x20 else { throw Fault(detail: "a control character or line break stands in a text") }
            guard byte == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            value += bytes[start..<index]
            index += 1
            try escape(bytes)
            start = index
        }
        throw Fault(detail: "a text does not end")
    }

    private mutating func escape(_ bytes: Bytes) throws(Fault) {
        guard index < bytes.count else { throw Fault(detail: "a text does not end") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): value.append(byte)
        case UInt8(ascii: "b"): value.append(0x08)
        case UInt8(ascii: "f"): value.append(0x0C)
        case UInt8(ascii: "n"): value.append(0x0A)
        case UInt8(ascii: "r"): value.append(0x0D)
        case UInt8(ascii: "t"): value.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = try hexUnit(bytes)
            // Half a pair by itself becomes bytes that UTF-8 does not have, so that its row is refused.
            if scalar & 0xFC00 == 0xD800, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u")
            {
                let place = index
                index += 2
                let low = try hexUnit(bytes)
                if low & 0xFC00 == 0xDC00 {
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
                } else {
                    index = place
                }
            }
            appendUTF8(scalar, to: &value)
        default: throw Fault(detail: "an unknown escape stands in a text")
        }
    }

    private mutating func hexUnit(_ bytes: Bytes) throws(Fault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard index < bytes.count, let digit = Character(UnicodeScalar(bytes[index])).hexDigitValue else {
                throw Fault(detail: "four hexadecimal digits were expected after \\u")
            }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }
}
