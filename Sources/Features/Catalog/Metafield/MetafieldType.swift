import Support

/// What a metafield holds: a kind of value, or several of one kind. Named as Shopify names them.
struct MetafieldType: Sendable, Equatable {
    var kind: MetafieldKind
    var isList: Bool

    init(_ kind: MetafieldKind, isList: Bool = false) {
        self.kind = kind
        self.isList = isList
    }

    /// - Parameter name: `number_integer`, `list.weight`.
    init?(_ name: String) {
        let isList = name.hasPrefix("list.")
        guard let kind = MetafieldKind(isList ? String(name.dropFirst(5)) : name), !isList || kind.canBeListed else {
            return nil
        }
        self.init(kind, isList: isList)
    }

    var name: String { isList ? "list.\(kind.name)" : kind.name }

    /// As people read it.
    var label: String { isList ? "List: \(kind.label.lowercasedFirst)" : kind.label }

    /// Values that a list holds at most.
    static let mostItems = 128

    /// All types, single ones first.
    static let all: [MetafieldType] =
        MetafieldKind.all.map { MetafieldType($0) }
        + MetafieldKind.all.filter(\.canBeListed).map { MetafieldType($0, isList: true) }
}

/// A kind of value.
enum MetafieldKind: Sendable, Equatable {
    case singleLine, multiLine, richText, integer, decimal, boolean, date, dateTime, url, color, json, id, rating, money
    case productReference, categoryReference, fileReference
    case measurement(Measure)

    static let all: [MetafieldKind] =
        [
            .singleLine, .multiLine, .richText, .integer, .decimal, .boolean, .date, .dateTime, .url, .color, .json,
            .id,
            .rating, .money, .productReference, .categoryReference, .fileReference,
        ] + Measure.all.map { .measurement($0) }

    init?(_ name: String) {
        guard let kind = Self.all.first(where: { $0.name.hasSameBytes(as: name) }) else { return nil }
        self = kind
    }

    var name: String {
        switch self {
        case .singleLine: "single_line_text_field"
        case .multiLine: "multi_line_text_field"
        case .richText: "rich_text_field"
        case .integer: "number_integer"
        case .decimal: "number_decimal"
        case .boolean: "boolean"
        case .date: "date"
        case .dateTime: "date_time"
        case .url: "url"
        case .color: "color"
        case .json: "json"
        case .id: "id"
        case .rating: "rating"
        case .money: "money"
        case .productReference: "product_reference"
        case .categoryReference: "category_reference"
        case .fileReference: "file_reference"
        case .measurement(let measure): measure.name
        }
    }

    var label: String {
        switch self {
        case .singleLine: "Text, one line"
        case .multiLine: "Text, several lines"
        case .richText: "Rich text"
        case .integer: "Whole number"
        case .decimal: "Decimal number"
        case .boolean: "Yes or no"
        case .date: "Date"
        case .dateTime: "Date and time"
        case .url: "Web address"
        case .color: "Colour"
        case .json: "JSON"
        case .id: "Identifier"
        case .rating: "Rating"
        case .money: "Amount of money"
        case .productReference: "Another product"
        case .categoryReference: "A category"
        case .fileReference: "A file"
        case .measurement(let measure): measure.label
        }
    }

    /// Several lines and nested values would not be told apart in a list.
    var canBeListed: Bool {
        switch self {
        case .multiLine, .richText, .json, .boolean, .money, .id: false
        default: true
        }
    }

    /// Whether the values have an order that people ask for: `_min` and `_max`.
    var isOrdered: Bool {
        switch self {
        case .integer, .decimal, .date, .dateTime, .rating, .money, .measurement: true
        default: false
        }
    }

    /// Whether the value is a text whose length and form a definition may say.
    var isText: Bool {
        switch self {
        case .singleLine, .multiLine, .id, .url, .fileReference: true
        default: false
        }
    }

    /// Characters that the value has at most.
    var mostCharacters: Int {
        switch self {
        case .singleLine: 5000
        case .id: 255
        case .url: 2048
        case .fileReference: 1000
        default: 65_535
        }
    }

    /// What a value looks like, for error texts.
    var wanted: String {
        switch self {
        case .singleLine: "one line of text"
        case .multiLine: "text"
        case .richText: "rich text as Shopify has it: a JSON object whose type is root"
        case .integer: "a whole number like 42"
        case .decimal: "a number like 2.5, with at most 13 digits before the point and 9 behind it"
        case .boolean: "true or false"
        case .date: "a day like 2026-11-30"
        case .dateTime: "a time like 2026-11-30T17:00:00Z"
        case .url: "an address that begins with https://, http://, mailto:, sms: or tel:"
        case .color: "a colour like #ff8800"
        case .json: "JSON"
        case .id: "one line of at most 255 characters"
        case .rating: "a number on the scale of its definition, like 3.5"
        case .money: "an amount in the shop's currency, like 12.50"
        case .productReference: "the SKU of a product"
        case .categoryReference: "the path of a category, like Wine > Red wine"
        case .fileReference: "the address or name of a file"
        case .measurement(let measure):
            """
            a number and its unit, like 2.5 \(measure.units[0].name): \
            \(measure.units.map(\.name).joined(separator: ", "))
            """
        }
    }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
