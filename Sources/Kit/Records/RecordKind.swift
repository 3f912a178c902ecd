/// What a field holds. How each kind is read, shown and stored stands in a file of its own, see `RecordKindRules`.
public enum RecordKind: Sendable, Equatable {
    /// - max: Unicode scalars.
    case text(max: Int, multiline: Bool)
    /// A text that names its record: one line, nothing in it that cannot be seen.
    /// - max: Unicode scalars.
    case identifier(max: Int)
    /// Small letters, digits and hyphens, as they stand in the address of a page.
    /// - max: characters.
    case slug(max: Int)
    /// A number that another program gives its records, kept as its digits: up to 20 of them.
    /// - prefix: what that program writes before them in other places, which is taken away.
    case digits(prefix: String)
    /// An amount in the shop's currency.
    case money
    case integer(ClosedRange<Int64>)
    /// A measure, 0 or more, with at most `scale` decimals; stored as a whole number of 10^-scale: never a binary
    /// fraction.
    case decimal(scale: Int)
    case boolean
    /// A text that follows a rule of the world outside, stored in one form, see `TextFormat`.
    case format(TextFormat)
    /// A moment, in milliseconds since 1970 UTC.
    case time
    case choice([String])
    /// A GTIN as it was written, see `GTIN`.
    case gtin
    /// The text of a JSON object, see `CustomAttributes`.
    case attributes
    /// Another record, by its id.
    /// - table: the name of its table.
    case reference(table: String)

    /// How values of the kind are read, shown and stored; not for loops over cells.
    public var rules: any RecordKindRules {
        switch self {
        case .text(let max, let multiline): TextKind(max: max, isMultiline: multiline)
        case .identifier(let max): IdentifierKind(max: max)
        case .slug(let max): SlugKind(max: max)
        case .digits(let prefix): DigitsKind(prefix: prefix)
        case .money: MoneyKind()
        case .integer(let range): IntegerKind(range: range)
        case .decimal(let scale): DecimalKind(scale: scale)
        case .boolean: BooleanKind()
        case .format(let format): FormatKind(format: format)
        case .time: TimeKind()
        case .choice(let words): ChoiceKind(words: words)
        case .gtin: GTINKind()
        case .attributes: AttributesKind()
        case .reference(let table): ReferenceKind(table: table)
        }
    }
}
