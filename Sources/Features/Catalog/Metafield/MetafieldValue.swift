import Money
import Support

/// The value of a metafield. Each has one stored text (`stored`); two values are the same where these have the same
/// bytes.
enum MetafieldValue: Sendable {
    /// Of all kinds that are texts.
    case text(String)
    case integer(Int64)
    case decimal(ExactNumber)
    case boolean(Bool)
    case date(CivilDate)
    case time(Timestamp)
    /// With members in the order of their names.
    case json(JSON)
    case rating(ExactNumber, scale: Scale)
    /// Minor units of the shop's currency.
    case money(Int64, Currency)
    case measurement(ExactNumber, Measure.Unit, Measure)
    case reference(MetafieldReference)
    case list([MetafieldValue])

    /// The ends of a rating.
    struct Scale: Sendable, Equatable {
        var least: ExactNumber
        var most: ExactNumber
    }

    // MARK: Typed reading

    var textValue: String? { if case .text(let text) = self { text } else { nil } }
    var integerValue: Int64? { if case .integer(let number) = self { number } else { nil } }
    var decimalValue: ExactNumber? {
        switch self {
        case .decimal(let number), .rating(let number, _), .measurement(let number, _, _): number
        case .integer(let number): ExactNumber(number)
        default: nil
        }
    }
    var booleanValue: Bool? { if case .boolean(let flag) = self { flag } else { nil } }
    var dateValue: CivilDate? { if case .date(let date) = self { date } else { nil } }
    var timeValue: Timestamp? { if case .time(let time) = self { time } else { nil } }
    var jsonValue: JSON? { if case .json(let json) = self { json } else { nil } }
    /// Minor units.
    var moneyValue: Int64? { if case .money(let amount, _) = self { amount } else { nil } }
    var referenceValue: MetafieldReference? { if case .reference(let record) = self { record } else { nil } }
    var items: [MetafieldValue] { if case .list(let items) = self { items } else { [self] } }

    /// A measurement in another unit, exactly; nil where it is none, or where the unit is not one of its table.
    func converted(to unit: String) -> Ratio? {
        guard case .measurement(let number, let from, let measure) = self, let to = measure.unit(unit) else {
            return nil
        }
        return Measure.convert(number, from: from, to: to)
    }

    // MARK: As it is stored

    /// The one text of the value.
    var stored: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .decimal(let number): number.text
        case .boolean(let flag): flag ? "true" : "false"
        case .date(let date): Self.text(date)
        case .time(let time): time.rfc3339
        case .reference(let record): String(record.id)
        case .json, .rating, .money, .measurement, .list: storedJSON.text
        }
    }

    private var storedJSON: JSON {
        switch self {
        case .json(let json): json
        case .rating(let number, let scale):
            [
                "value": .string(number.text), "scale_min": .string(scale.least.text),
                "scale_max": .string(scale.most.text),
            ]
        case .money(let amount, let currency):
            ["amount": .string(currency.text(amount)), "currency_code": .string(currency.code)]
        case .measurement(let number, let unit, _): ["value": .string(number.text), "unit": .string(unit.name)]
        case .list(let items): .array(items.map(\.storedJSON))
        default: .string(stored)
        }
    }

    static func text(_ date: CivilDate) -> String {
        String(Timestamp(milliseconds: date.days * 86_400_000).rfc3339.prefix(10))
    }

    // MARK: As it is found

    /// Characters of a text by which it is found.
    static let keyLength = 200

    /// By what filters find and compare it, bytewise: texts folded and cut, numbers and quantities in their order.
    var key: String {
        switch self {
        case .integer(let number): Ratio(Int128(number)).orderKey
        case .decimal(let number), .rating(let number, _): number.ratio.orderKey
        case .money(let amount, _): Ratio(Int128(amount)).orderKey
        case .measurement(let number, let unit, _): Measure.base(number, unit)?.orderKey ?? stored
        case .text(let text): String(text.trimmed.caseFolded.unicodeScalars.prefix(Self.keyLength))
        case .boolean, .date, .time, .reference: stored
        case .json, .list: String(stored.unicodeScalars.prefix(Self.keyLength))
        }
    }

    // MARK: As others see it

    /// As the API shows it.
    func json(_ references: MetafieldReferences) throws -> JSON {
        switch self {
        case .text, .decimal, .date, .time: .string(stored)
        case .integer(let number): .int(number)
        case .boolean(let flag): .bool(flag)
        case .json, .rating, .money, .measurement: storedJSON
        case .reference(let record):
            switch try references.text(of: record) {
            case "": .null
            case let text: .string(text)
            }
        case .list(let items): .array(try items.map { try $0.json(references) })
        }
    }

    /// As a cell of a table or a control of a form has it; read again it is the same value.
    func text(_ references: MetafieldReferences) throws -> String {
        switch self {
        case .rating(let number, _): return number.text
        case .money(let amount, let currency): return currency.text(amount)
        case .measurement(let number, let unit, _): return "\(number.text) \(unit.name)"
        case .reference(let record): return try references.text(of: record)
        case .list(let items):
            return JSON.array(try items.map { .string(try $0.text(references)) }).text
        default: return stored
        }
    }

    /// The lines of a list, as a form has them.
    func lines(_ references: MetafieldReferences) throws -> String {
        guard case .list(let items) = self else { return try text(references) }
        return try items.map { try $0.text(references) }.joined(separator: "\n")
    }
}

extension MetafieldValue: Equatable {
    static func == (left: MetafieldValue, right: MetafieldValue) -> Bool { left.stored.hasSameBytes(as: right.stored) }
}
