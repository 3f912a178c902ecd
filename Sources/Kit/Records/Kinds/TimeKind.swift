public import Money
public import Support

/// A moment.
public struct TimeKind: RecordKindRules {
    public var storage: RecordStorage { .integer }

    public func parse(_ text: String, _ writing: RecordWriting) -> Result<RecordValue, RecordFault> {
        guard let time = Timestamp(rfc3339: text) else {
            let field = writing.field
            let detail = "\(field.label) must be a time like 2026-01-31T12:00:00Z."
            return .failure(RecordFault("bad_\(field.name)", detail))
        }
        return .success(.integer(time.milliseconds))
    }

    public func text(_ value: RecordValue, _ currency: Currency) -> String {
        guard case .integer(let milliseconds) = value else { return "" }
        return Timestamp(milliseconds: milliseconds).rfc3339
    }

    public func json(_ value: RecordValue, _ currency: Currency) -> JSON { .string(text(value, currency)) }

    public var wanted: String { "a time in a string" }
}
