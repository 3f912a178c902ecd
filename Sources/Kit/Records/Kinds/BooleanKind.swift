public import Money
public import Support

/// Yes or no, stored as 1 and 0.
public struct BooleanKind: RecordKindRules {
    public var storage: RecordStorage { .integer }

    public func parse(_ text: String, _ writing: RecordWriting) -> Result<RecordValue, RecordFault> {
        switch text {
        case "true", "1", "yes", "on": return .success(.integer(1))
        case "false", "0", "no", "off": return .success(.integer(0))
        default: return .failure(RecordFault("bad_boolean", "\(writing.field.label) must be true or false."))
        }
    }

    public func text(_ value: RecordValue, _ currency: Currency) -> String { value == .integer(0) ? "false" : "true" }

    public func json(_ value: RecordValue, _ currency: Currency) -> JSON { .bool(value != .integer(0)) }

    public func written(_ json: JSON) -> String? { json.boolValue.map { $0 ? "true" : "false" } }

    public var wanted: String { "true or false" }
}
