/// A JSON value. Numbers keep their text, so a decimal is never rounded on its way through; objects keep their order.
public enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    /// The number as written: `12.50`, `1e3`.
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    /// One name and value of an object.
    public struct Member: Sendable, Hashable {
        public var name: String
        public var value: JSON

        public init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    public static func int(_ value: some BinaryInteger) -> JSON { .number(String(value)) }
    /// A string, or null where there is none.
    public static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }
    /// A whole number, or null where there is none.
    public static func optional(_ value: (some BinaryInteger)?) -> JSON { value.map { .int($0) } ?? .null }
    /// An RFC 3339 time, or null where there is none.
    public static func optional(_ time: Timestamp?) -> JSON { time.map { .string($0.rfc3339) } ?? .null }

    /// The value of a member; nil when this is not an object or has none of that name.
    public subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name.hasSameBytes(as: name) }?.value
    }

    public var stringValue: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }
    /// A whole number in the range of Int64, which may be written with decimals that are all zeros (JSON Schema takes
    /// 8.0 for a whole number too); nil for other decimals, exponents and everything else.
    public var intValue: Int64? {
        guard case .number(let text) = self else { return nil }
        if let number = Int64(text) { return number }
        let parts = text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].allSatisfy({ $0 == 0x30 }) else { return nil }
        return Int64(String(decoding: parts[0], as: UTF8.self))
    }
    public var boolValue: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }
    public var arrayValue: [JSON]? {
        guard case .array(let items) = self else { return nil }
        return items
    }
    public var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// Compact JSON text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Compact JSON in UTF-8.
    public var bytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(512)
        write(to: &out)
        return out
    }

    private func write(to out: inout [UInt8]) {
        switch self {
        case .null: out += "null".utf8
        case .bool(let value): out += (value ? "true" : "false").utf8
        case .number(let text): out += text.utf8
        case .string(let text): JSON.writeString(text, to: &out)
        case .array(let items):
            out.append(0x5B)
            for (index, item) in items.enumerated() {
                if index > 0 { out.append(0x2C) }
                item.write(to: &out)
            }
            out.append(0x5D)
        case .object(let members):
            out.append(0x7B)
            for (index, member) in members.enumerated() {
                if index > 0 { out.append(0x2C) }
                JSON.writeString(member.name, to: &out)
                out.append(0x3A)
                member.value.write(to: &out)
            }
            out.append(0x7D)
        }
    }

    private static let hex = Array("0123456789abcdef".utf8)

    /// Appends a quoted string; control characters are escaped, so the result never holds a line break.
    public static func writeString(_ text: String, to out: inout [UInt8]) {
        var text = text
        text.withUTF8 { writeString(utf8: $0, to: &out) }
    }

    /// The same from bytes that are known to be UTF-8.
    public static func writeString(utf8 bytes: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        out.append(0x22)
        // What needs no escape is copied in runs.
        var start = 0
        for index in 0..<bytes.count {
            let byte = bytes[index]
            guard byte < 0x20 || byte == 0x22 || byte == 0x5C || byte == 0x7F else { continue }
            out += UnsafeBufferPointer(rebasing: bytes[start..<index])
            writeEscape(of: byte, to: &out)
            start = index + 1
        }
        out += UnsafeBufferPointer(rebasing: bytes[start...])
        out.append(0x22)
    }

    private static func writeEscape(of byte: UInt8, to out: inout [UInt8]) {
        switch byte {
        case 0x22, 0x5C: out += [0x5C, byte]
        case 0x0A: out += [0x5C, 0x6E]
        case 0x0D: out += [0x5C, 0x72]
        case 0x09: out += [0x5C, 0x74]
        default: out += [0x5C, 0x75, 0x30, 0x30, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
        }
    }
}

// Texts and names are compared by their bytes, see `ByteText`.
extension JSON {
    public static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)), (.string(let left), .string(let right)):
            left.hasSameBytes(as: right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .number(let text): hasher.combine(ByteText(text))
        case .string(let text): hasher.combine(ByteText(text))
        case .array(let items): hasher.combine(items)
        case .object(let members): hasher.combine(members)
        }
    }
}

extension JSON.Member {
    public static func == (left: JSON.Member, right: JSON.Member) -> Bool {
        left.name.hasSameBytes(as: right.name) && left.value == right.value
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteText(name))
        hasher.combine(value)
    }
}

extension JSON: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral
{
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(nilLiteral: ()) { self = .null }
}
