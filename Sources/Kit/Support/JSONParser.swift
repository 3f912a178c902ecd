/// Where and why a text is not JSON.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// 0-based offset of the byte that could not be read.
    public let offset: Int
    public let reason: String

    public var description: String { "not JSON at byte \(offset): \(reason)" }
}

extension JSON {
    /// Reads one JSON text (RFC 8259): strict, no duplicate names, UTF-8 only.
    /// - Parameter depth: how deep arrays and objects may nest.
    /// - Parameter isForeign: refuses texts that are not stream-safe, see `String.isStreamSafe`: for what others send.
    public static func parse(_ bytes: [UInt8], depth: Int = 64, isForeign: Bool = false) throws(JSONError) -> JSON {
        var parser = JSONParser(bytes: bytes, depth: depth, isForeign: isForeign)
        return try parser.document()
    }

    /// Reads one JSON text.
    public static func parse(_ text: String, depth: Int = 64, isForeign: Bool = false) throws(JSONError) -> JSON {
        try parse(Array(text.utf8), depth: depth, isForeign: isForeign)
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    var depth: Int
    let isForeign: Bool
    var position = 0
    private static let mostNamesLookedThrough = 24

    init(bytes: [UInt8], depth: Int, isForeign: Bool) {
        self.bytes = bytes
        self.depth = depth
        self.isForeign = isForeign
    }

    mutating func document() throws(JSONError) -> JSON {
        let value = try self.value()
        skipSpace()
        guard position == bytes.count else { throw failure("text after the end of the value") }
        return value
    }

    private func failure(_ reason: String) -> JSONError { JSONError(offset: position, reason: reason) }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func value() throws(JSONError) -> JSON {
        skipSpace()
        switch current {
        case 0x7B, 0x5B:
            guard depth > 0 else { throw failure("nested too deep") }
            depth -= 1
            position += 1
            let value = bytes[position - 1] == 0x7B ? try object() : try array()
            depth += 1
            return value
        case 0x22: return .string(try string())
        case 0x74: return try word("true", .bool(true))
        case 0x66: return try word("false", .bool(false))
        case 0x6E: return try word("null", .null)
        case .some(let byte) where byte == 0x2D || isDigit(byte): return .number(try number())
        case .some: throw failure("a value was expected")
        case nil: throw failure("the text ends too early")
        }
    }

    private mutating func object() throws(JSONError) -> JSON {
        var members: [JSON.Member] = []
        var names: Set<ByteText> = []
        skipSpace()
        if take(0x7D) { return .object([]) }
        while true {
            skipSpace()
            guard current == 0x22 else { throw failure("a member name in quotes was expected") }
            let name = try string()
            guard isNew(name, &names, beside: members) else {
                throw failure("the member \(JSON.string(name.shortened(to: 100)).text) stands twice")
            }
            skipSpace()
            guard take(0x3A) else { throw failure("':' was expected") }
            members.append(JSON.Member(name, try value()))
            skipSpace()
            if take(0x7D) { return .object(members) }
            guard take(0x2C) else { throw failure("',' or '}' was expected") }
        }
    }

    /// Few names are looked through faster than they are hashed.
    private func isNew(_ name: String, _ names: inout Set<ByteText>, beside members: [JSON.Member]) -> Bool {
        if members.count < Self.mostNamesLookedThrough { return !members.contains { $0.name.hasSameBytes(as: name) } }
        if names.isEmpty { names = Set(members.map { ByteText($0.name) }) }
        return names.insert(ByteText(name)).inserted
    }

    private mutating func array() throws(JSONError) -> JSON {
        var items: [JSON] = []
        skipSpace()
        if take(0x5D) { return .array([]) }
        while true {
            items.append(try value())
            skipSpace()
            if take(0x5D) { return .array(items) }
            guard take(0x2C) else { throw failure("',' or ']' was expected") }
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count,
            bytes[position..<position + count].elementsEqual("\(text)".utf8)
        else { throw failure("a value was expected") }
        position += count
        return value
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private mutating func digits() throws(JSONError) {
        guard let byte = current, isDigit(byte) else { throw failure("a digit was expected") }
        while let byte = current, isDigit(byte) { position += 1 }
    }

    private mutating func number() throws(JSONError) -> String {
        let start = position
        _ = take(0x2D)
        if !take(0x30) { try digits() }
        if take(0x2E) { try digits() }
        if take(0x65) || take(0x45) {
            _ = take(0x2B) || take(0x2D)
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func string() throws(JSONError) -> String {
        position += 1
        var out: [UInt8] = []
        while position < bytes.count {
            // What needs no reading is taken in runs; most strings are one.
            let start = position
            while position < bytes.count, !endsRun(bytes[position]) { position += 1 }
            guard position < bytes.count else { break }
            let run = bytes[start..<position]
            position += 1
            switch bytes[position - 1] {
            case 0x22: return out.isEmpty ? try text(run) : try text(out + run)
            case 0x5C:
                out += run
                try escape(into: &out)
            default:
                position -= 1
                throw failure("a control character in a string must be escaped")
            }
        }
        throw failure("the string does not end")
    }

    private func endsRun(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x22 || byte == 0x5C }

    private func text(_ bytes: some Collection<UInt8>) throws(JSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw failure("not UTF-8") }
        guard !isForeign || text.isStreamSafe else {
            throw failure("a text with more than \(String.mostMarks) combining marks in a row")
        }
        return text
    }

    private mutating func escape(into out: inout [UInt8]) throws(JSONError) {
        guard let byte = current else { throw failure("the string does not end") }
        position += 1
        switch byte {
        case 0x22, 0x5C, 0x2F: out.append(byte)
        case 0x62: out.append(0x08)
        case 0x66: out.append(0x0C)
        case 0x6E: out.append(0x0A)
        case 0x72: out.append(0x0D)
        case 0x74: out.append(0x09)
        case 0x75: out += String(try escapedScalar()).utf8
        default: throw failure("an unknown escape")
        }
    }

    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        let first = try hexUnit()
        var value = first
        if first >= 0xD800, first < 0xDC00, take(0x5C), take(0x75) {
            let second = try hexUnit()
            guard second >= 0xDC00, second < 0xE000 else { throw failure("half of a surrogate pair") }
            value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw failure("half of a surrogate pair") }
        return scalar
    }

    private mutating func hexUnit() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = current.flatMap(hexValue) else { throw failure("four hexadecimal digits were expected") }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
