import Support

/// A Global Trade Item Number. What is none is kept too: real files have them.
public struct GTINKind: RecordKindRules {
    /// Unicode scalars: real ones have 14 digits at most.
    public static let max = 64

    public var storage: RecordStorage { .text }

    public func parse(_ text: String, _ writing: RecordWriting) -> Result<RecordValue, RecordFault> {
        TextKind(max: Self.max, isMultiline: false).parse(text, writing)
    }
}
