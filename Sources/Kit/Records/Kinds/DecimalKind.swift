public import Money
public import Support

/// A measure with at most so many decimals, stored as a whole number of its smallest step.
public struct DecimalKind: RecordKindRules {
    /// Decimals, from 0 to 9.
    public let scale: Int

    public var storage: RecordStorage { .integer }

    public func parse(_ text: String, _ writing: RecordWriting) -> Result<RecordValue, RecordFault> {
        guard let number = Self.steps(text, scale) else {
            let field = writing.field
            let detail = "\(field.label) must be 0 or more, with at most \(scale) decimals, like 1.5."
            return .failure(RecordFault("bad_\(field.name)", detail))
        }
        return .success(.integer(number))
    }

    public func text(_ value: RecordValue, _ currency: Currency) -> String {
        guard case .integer(let number) = value else { return "" }
        var text = Currency(code: "", exponent: scale).text(number)
        guard scale > 0 else { return text }
        // A measure is said as short as it can be: 1.5, not 1.500000.
        while text.utf8.last == UInt8(ascii: "0") { text.removeLast() }
        if text.utf8.last == UInt8(ascii: ".") { text.removeLast() }
        return text
    }

    public func json(_ value: RecordValue, _ currency: Currency) -> JSON { .string(text(value, currency)) }

    public func decimals(_ currency: Currency) -> Int? { scale }

    public func written(_ json: JSON) -> String? {
        if case .number(let digits) = json { digits } else { json.stringValue }
    }

    public var wanted: String { "a decimal in a string, a number" }

    /// The number of smallest steps in a plain decimal; nil for anything else, and for what is too great or too fine.
    static func steps(_ text: String, _ scale: Int) -> Int64? {
        try? Currency(code: "", exponent: scale).minorUnits(text)
    }
}
