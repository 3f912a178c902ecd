public import Support

/// The number of another program's record, which may come with that program's prefix, as in
/// `gid://shopify/Product/632910392`.
public struct DigitsKind: RecordKindRules {
    public let prefix: String

    /// A signed 64-bit number has no more.
    public static let max = 19

    public var storage: RecordStorage { .text }

    public func parse(_ text: String, _ writing: RecordWriting) -> Result<RecordValue, RecordFault> {
        let digits = text.utf8.starts(with: prefix.utf8) ? text.utf8.dropFirst(prefix.utf8.count) : text.utf8[...]
        guard Self.areDigits(digits) else {
            let field = writing.field
            let detail = "\(field.label) must be a number of up to \(Self.max) digits, or \(prefix) and that number."
            return .failure(RecordFault("bad_\(field.name)", detail))
        }
        return .success(.text(String(decoding: digits, as: UTF8.self)))
    }

    /// Whether they are digits of a number that a signed 64-bit integer holds.
    public static func areDigits(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } && bytes.count <= max
            && Int64(String(decoding: bytes, as: UTF8.self)) != nil
    }

    public func written(_ json: JSON) -> String? {
        if case .number(let digits) = json { digits } else { json.stringValue }
    }

    public var wanted: String { "digits in a string, a whole number" }
}
