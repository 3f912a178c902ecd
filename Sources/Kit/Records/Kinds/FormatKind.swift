import Support

/// A text that follows a rule of the world outside.
public struct FormatKind: RecordKindRules {
    public let format: TextFormat

    public var storage: RecordStorage { .text }

    public func parse(_ text: String, _ writing: RecordWriting) -> Result<RecordValue, RecordFault> {
        guard let stored = format.canonical(text) else {
            let field = writing.field
            return .failure(RecordFault("bad_\(field.name)", "\(field.label) must be \(format.rule)."))
        }
        return .success(.text(stored))
    }
}
