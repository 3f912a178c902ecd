public import Money
public import Support

/// An amount in the shop's currency, in minor units.
public struct MoneyKind: RecordKindRules {
    public var storage: RecordStorage { .integer }

    public func parse(_ text: String, _ writing: RecordWriting) -> Result<RecordValue, RecordFault> {
        let currency = writing.currency
        do {
            return .success(.integer(try currency.minorUnits(text)))
        } catch {
            let example = currency.text(1250)
            let label = writing.field.label
            return .failure(
                RecordFault("bad_price", "\(label) must be a positive amount in \(currency.code), like \(example).")
            )
        }
    }

    public func text(_ value: RecordValue, _ currency: Currency) -> String {
        if case .integer(let amount) = value { currency.text(amount) } else { "" }
    }

    public func json(_ value: RecordValue, _ currency: Currency) -> JSON {
        if case .integer(let amount) = value { .string(currency.text(amount)) } else { .null }
    }

    public func decimals(_ currency: Currency) -> Int? { currency.exponent }

    /// A number counts digit by digit as it was written.
    public func written(_ json: JSON) -> String? {
        if case .number(let digits) = json { digits } else { json.stringValue }
    }

    public var wanted: String { "a decimal in a string, a number" }
}
