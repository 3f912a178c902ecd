import Support

/// Words of people, in one line or several.
public struct TextKind: RecordKindRules {
    /// Unicode scalars.
    public let max: Int
    public let isMultiline: Bool

    public var storage: RecordStorage { .text }

    public func parse(_ text: String, _ writing: RecordWriting) -> Result<RecordValue, RecordFault> {
        let label = writing.field.label
        guard text.unicodeScalars.count <= max else { return .failure(.tooLong(label, max)) }
        let hasForbidden = text.unicodeScalars.contains {
            ($0.value < 0x20 && !(isMultiline && [0x09, 0x0A, 0x0D].contains($0.value))) || $0.value == 0x7F
        }
        guard !hasForbidden else {
            return .failure(RecordFault("control_character", "\(label) must not hold control characters."))
        }
        return .success(.text(text))
    }
}

extension RecordFault {
    static func tooLong(_ label: String, _ max: Int) -> RecordFault {
        RecordFault("too_long", "\(label) may have at most \(max) characters.")
    }
}
