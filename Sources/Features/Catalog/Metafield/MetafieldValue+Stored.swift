import Money
import Support

extension MetafieldValue {
    /// The value of a stored text. What is not of its type's form, or of a type that is not known, is a text: it is
    /// shown and kept as it stands.
    init(stored: String, _ type: MetafieldType?, _ currency: Currency) {
        guard let type, let value = Self.read(stored, type, currency) else {
            self = .text(stored)
            return
        }
        self = value
    }

    private static func read(_ stored: String, _ type: MetafieldType, _ currency: Currency) -> MetafieldValue? {
        guard type.isList else { return item(stored, type.kind, currency) }
        guard let items = (try? JSON.parse(stored))?.arrayValue else { return nil }
        let values = items.compactMap { json in
            json.stringValue.map { item($0, type.kind, currency) } ?? item(json, type.kind, currency)
        }
        return values.count == items.count ? .list(values) : nil
    }

    private static func item(_ stored: String, _ kind: MetafieldKind, _ currency: Currency) -> MetafieldValue? {
        switch kind {
        case .singleLine, .multiLine, .id, .url, .fileReference, .color: .text(stored)
        case .integer: Int64(stored).map { .integer($0) }
        case .decimal: ExactNumber(stored).map { .decimal($0) }
        case .boolean: stored == "true" ? .boolean(true) : stored == "false" ? .boolean(false) : nil
        case .date:
            Timestamp(rfc3339: "\(stored)T00:00:00Z").map { .date(CivilDate(days: day($0))) }
        case .dateTime: Timestamp(rfc3339: stored).map { .time($0) }
        case .productReference: Int64(stored).map { .reference(.product($0)) }
        case .categoryReference: Int64(stored).map { .reference(.category($0)) }
        case .json, .richText, .rating, .money, .measurement:
            (try? JSON.parse(stored)).flatMap { item($0, kind, currency) }
        }
    }

    /// The day of a moment, counted from 1970.
    static func day(_ time: Timestamp) -> Int64 {
        let day = time.milliseconds / 86_400_000
        return time.milliseconds % 86_400_000 < 0 ? day - 1 : day
    }

    private static func item(_ json: JSON, _ kind: MetafieldKind, _ currency: Currency) -> MetafieldValue? {
        func number(_ name: String) -> ExactNumber? { json[name]?.stringValue.flatMap { ExactNumber($0) } }
        switch kind {
        case .json, .richText: return .json(json)
        case .rating:
            guard let value = number("value"), let least = number("scale_min"), let most = number("scale_max") else {
                return nil
            }
            return .rating(value, scale: Scale(least: least, most: most))
        case .money:
            guard json["currency_code"]?.stringValue == currency.code, let text = json["amount"]?.stringValue else {
                return nil
            }
            let isNegative = text.hasPrefix("-")
            guard let amount = try? currency.minorUnits(isNegative ? String(text.dropFirst()) : text) else {
                return nil
            }
            return .money(isNegative ? -amount : amount, currency)
        case .measurement(let measure):
            guard let value = number("value"), let unit = json["unit"]?.stringValue.flatMap(measure.unit) else {
                return nil
            }
            return .measurement(value, unit, measure)
        default: return nil
        }
    }
}
