import Support

/// A text that names its record in files, addresses and orders.
public struct IdentifierKind: RecordKindRules {
    /// Unicode scalars.
    public let max: Int

    public var storage: RecordStorage { .text }

    public func parse(_ text: String, _ writing: RecordWriting) -> Result<RecordValue, RecordFault> {
        let field = writing.field
        guard text.unicodeScalars.count <= max else { return .failure(.tooLong(field.label, max)) }
        guard !text.hasControlCharacters else {
            return .failure(RecordFault("bad_\(field.name)", "\(field.label) must not hold control characters."))
        }
        return .success(.text(text))
    }
}
