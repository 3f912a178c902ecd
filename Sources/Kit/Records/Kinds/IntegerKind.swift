public import Money
public import Support

/// A whole number.
public struct IntegerKind: RecordKindRules {
    public let range: ClosedRange<Int64>

    public var storage: RecordStorage { .integer }

    public func parse(_ text: String, _ writing: RecordWriting) -> Result<RecordValue, RecordFault> {
        guard let number = Int64(text), range.contains(number) else {
            let name = writing.field.name
            let limits = "from \(range.lowerBound) to \(range.upperBound)"
            return .failure(RecordFault("bad_\(name)", "\(writing.field.label) must be a whole number \(limits)."))
        }
        return .success(.integer(number))
    }

    public func decimals(_ currency: Currency) -> Int? { 0 }

    public func written(_ json: JSON) -> String? {
        if case .number(let digits) = json { digits } else { json.stringValue }
    }

    public var wanted: String { "a whole number" }
}
