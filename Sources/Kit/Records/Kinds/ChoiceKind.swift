import Support

/// One of few words.
public struct ChoiceKind: RecordKindRules {
    public let words: [String]

    public var storage: RecordStorage { .text }

    public func parse(_ text: String, _ writing: RecordWriting) -> Result<RecordValue, RecordFault> {
        guard words.contains(where: text.hasSameBytes) else {
            let list = words.joined(separator: ", ")
            let field = writing.field
            return .failure(RecordFault("bad_\(field.name)", "\(field.label) must be one of \(list)."))
        }
        return .success(.text(text))
    }
}
