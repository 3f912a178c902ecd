import Money
import Records
import Support

/// Reads values of one type from what clients, forms and files write, and holds them against the rules of the
/// definition.
struct MetafieldReader {
    let type: MetafieldType
    let currency: Currency
    let references: MetafieldReferences
    private let checks: MetafieldChecks

    typealias Reading = Result<MetafieldValue, RecordFault>

    init(
        _ type: MetafieldType,
        _ rules: MetafieldRules = .none,
        _ currency: Currency,
        _ references: MetafieldReferences
    ) throws {
        self.type = type
        self.currency = currency
        self.references = references
        checks = MetafieldChecks(type.kind, rules)
    }

    /// Reads a value as the API has it: of its JSON type, or as a text.
    func read(_ json: JSON) throws -> Reading {
        guard type.isList else { return try checked(item(json)) }
        if let text = json.stringValue { return try read(text: text) }
        guard let items = json.arrayValue else { return .failure(wrong("a list of values")) }
        return try list(items)
    }

    /// Reads what a cell or a control holds: a list has its values one a line, or is a JSON array.
    func read(text: String) throws -> Reading {
        guard type.isList else { return try checked(item(.string(text))) }
        let trimmed = text.trimmed
        if trimmed.hasPrefix("[") {
            guard let items = (try? JSON.parse(trimmed, depth: 8, isForeign: true))?.arrayValue else {
                return .failure(wrong("a JSON list, or one value a line"))
            }
            return try list(items)
        }
        let lines = trimmed.split(whereSeparator: \.isNewline).map { String($0).trimmed }.filter { !$0.isEmpty }
        return try list(lines.map(JSON.string))
    }

    private func list(_ items: [JSON]) throws -> Reading {
        guard items.count <= MetafieldType.mostItems else {
            let detail = "A list has at most \(MetafieldType.mostItems) values; this one has \(items.count)."
            return .failure(RecordFault("too_many_values", detail))
        }
        var values: [MetafieldValue] = []
        for (index, json) in items.enumerated() {
            switch try checked(item(json)) {
            case .success(let value): values.append(value)
            case .failure(let fault):
                return .failure(RecordFault(fault.code, "Value \(index + 1): \(fault.detail)"))
            }
        }
        guard !values.isEmpty else { return .failure(wrong("a list with a value at least")) }
        return .success(.list(values))
    }

    private func checked(_ reading: Reading) throws -> Reading {
        reading.flatMap { value in checks.fault(value, self).map { .failure($0) } ?? .success(value) }
    }

    func wrong(_ wanted: String? = nil) -> RecordFault {
        RecordFault("bad_value", "This takes \(wanted ?? type.kind.wanted).")
    }

    // MARK: One value

    /// Reads one value without looking at the rules.
    func item(_ json: JSON) throws -> Reading {
        switch type.kind {
        case .json, .richText: return nested(json)
        case .rating: return rating(json)
        case .money: return money(json)
        case .measurement(let measure): return measurement(json, measure)
        case .boolean:
            if let flag = json.boolValue { return .success(.boolean(flag)) }
        default: break
        }
        let text: String
        switch json {
        case .string(let written): text = written
        case .number(let written) where type.kind == .integer || type.kind == .decimal: text = written
        default: return .failure(wrong())
        }
        return try item(text: text)
    }

    private func item(text: String) throws -> Reading {
        let trimmed = text.trimmed
        switch type.kind {
        case .multiLine: return self.text(text, isOneLine: false)
        case .singleLine, .id, .fileReference: return self.text(trimmed, isOneLine: true)
        case .integer: return integer(trimmed)
        case .decimal: return ExactNumber(trimmed).map { .success(.decimal($0)) } ?? .failure(wrong())
        case .boolean:
            switch trimmed.lowercased() {
            case "true", "1", "yes": return .success(.boolean(true))
            case "false", "0", "no": return .success(.boolean(false))
            default: return .failure(wrong())
            }
        case .date: return date(trimmed)
        case .dateTime: return time(trimmed)
        case .url: return url(trimmed)
        case .color: return color(trimmed)
        case .productReference: return try references.product(trimmed).map { .reference($0) }
        case .categoryReference: return try references.category(trimmed).map { .reference($0) }
        case .json, .richText, .rating, .money, .measurement: return try item(.string(text))
        }
    }

    private func text(_ text: String, isOneLine: Bool) -> Reading {
        guard !text.trimmed.isEmpty else { return .failure(wrong()) }
        let most = type.kind.mostCharacters
        guard text.unicodeScalars.count <= most else {
            return .failure(RecordFault("too_long", "Write at most \(most) characters."))
        }
        let hasControls = text.unicodeScalars.contains { scalar in
            scalar.properties.generalCategory == .control
                && (isOneLine || (scalar != "\n" && scalar != "\t" && scalar != "\r"))
        }
        guard !hasControls else {
            let detail =
                isOneLine ? "Write one line, without control characters." : "Write text without control characters."
            return .failure(RecordFault("control_character", detail))
        }
        return .success(.text(text))
    }

    private func integer(_ text: String) -> Reading {
        guard let number = ExactNumber(text), number.scale == 0, let integer = Int64(exactly: number.coefficient) else {
            // Longer than any decimal, but whole numbers may be.
            guard let long = Int64(text), abs(long) <= Currency.greatest else { return .failure(wrong()) }
            return .success(.integer(long))
        }
        return .success(.integer(integer))
    }

    private func date(_ text: String) -> Reading {
        guard text.utf8.count == 10, let time = Timestamp(rfc3339: "\(text)T00:00:00Z") else {
            return .failure(wrong())
        }
        return .success(
            .date(CivilDate(days: time.milliseconds / 86_400_000 - (time.milliseconds % 86_400_000 < 0 ? 1 : 0)))
        )
    }

    private func time(_ text: String) -> Reading {
        // A text for it exists within four digits of years only.
        guard let time = Timestamp(rfc3339: text), Timestamp(rfc3339: time.rfc3339) == time else {
            return .failure(wrong())
        }
        return .success(.time(time))
    }

    private func url(_ text: String) -> Reading {
        let schemes = ["https://", "http://", "mailto:", "sms:", "tel:"]
        let start = text.prefix(8).lowercased()
        guard let scheme = schemes.first(where: start.hasPrefix), text.utf8.count > scheme.utf8.count,
            !text.unicodeScalars.contains(where: {
                $0.properties.isWhitespace || "<>\"\\^`{|}".unicodeScalars.contains($0)
            }),
            text.utf8.dropFirst(scheme.utf8.count).first != UInt8(ascii: "/")
        else { return .failure(wrong()) }
        return self.text(text, isOneLine: true)
    }

    private func color(_ text: String) -> Reading {
        let digits = text.lowercased().dropFirst()
        guard text.hasPrefix("#"), digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 || $0 >= 0x61 && $0 <= 0x66 })
        else {
            return .failure(wrong())
        }
        switch digits.utf8.count {
        case 3: return .success(.text("#\(digits.map { "\($0)\($0)" }.joined())"))
        case 6: return .success(.text("#\(digits)"))
        default: return .failure(wrong())
        }
    }

    // MARK: Values with parts

    private func nested(_ json: JSON) -> Reading {
        var json = json
        if case .string(let text) = json {
            do throws(JSONError) {
                json = try JSON.parse(text, isForeign: true)
            } catch {
                return .failure(wrong("JSON; this is \(error)"))
            }
        }
        guard json.members != nil || json.arrayValue != nil else {
            return .failure(wrong("a JSON object or list"))
        }
        if type.kind == .richText, json["type"]?.stringValue != "root" { return .failure(wrong()) }
        guard let canonical = json.canonical else {
            return .failure(wrong("JSON whose objects have each member once"))
        }
        guard canonical.bytes.count <= type.kind.mostCharacters else {
            return .failure(RecordFault("too_long", "The JSON takes at most \(type.kind.mostCharacters) bytes."))
        }
        return .success(.json(canonical))
    }

    /// The text of a number, as itself or as a member of an object.
    private func number(_ json: JSON?) -> ExactNumber? {
        switch json {
        case .string(let text): ExactNumber(text.trimmed)
        case .number(let text): ExactNumber(text)
        default: nil
        }
    }

    private func rating(_ json: JSON) -> Reading {
        var json = json
        if let text = json.stringValue, text.trimmed.hasPrefix("{") {
            json = (try? JSON.parse(text, depth: 4, isForeign: true)) ?? json
        }
        guard let value = number(json.members == nil ? json : json["value"]) else { return .failure(wrong()) }
        let said = number(json["scale_min"]).flatMap { least in
            number(json["scale_max"]).map { MetafieldValue.Scale(least: least, most: $0) }
        }
        guard let scale = checks.rules.scale ?? said, scale.least < scale.most else {
            return .failure(
                RecordFault("no_scale", "The rating has no scale: say scale_min and scale_max, like 1 and 5.")
            )
        }
        guard said ?? scale == scale else {
            let detail = "Ratings of this metafield go from \(scale.least.text) to \(scale.most.text)."
            return .failure(RecordFault("no_scale", detail))
        }
        if value < scale.least { return .failure(MetafieldChecks.tooSmall(scale.least.text)) }
        if scale.most < value { return .failure(MetafieldChecks.tooLarge(scale.most.text)) }
        return .success(.rating(value, scale: scale))
    }

    private func money(_ json: JSON) -> Reading {
        var json = json
        if let text = json.stringValue, text.trimmed.hasPrefix("{") {
            json = (try? JSON.parse(text, depth: 4, isForeign: true)) ?? json
        }
        var text: String
        switch json.members == nil ? json : json["amount"] {
        case .string(let written), .number(let written): text = written.trimmed
        default: return .failure(wrong())
        }
        if let code = json["currency_code"]?.stringValue, code != currency.code { return .failure(foreign) }
        if text.hasSuffix(currency.code) { text = String(text.dropLast(currency.code.count)).trimmed }
        let isNegative = text.hasPrefix("-")
        // Shopify writes 5.0 and 5.00 alike.
        guard let number = ExactNumber(text), number.scale <= currency.exponent,
            let amount = try? currency.minorUnits(
                isNegative ? String(number.text.dropFirst(number.coefficient < 0 ? 1 : 0)) : number.text
            )
        else {
            let detail = "This takes an amount in \(currency.code) with at most \(currency.exponent) decimals."
            return .failure(RecordFault("bad_value", detail))
        }
        return .success(.money(number.coefficient < 0 ? -amount : amount, currency))
    }

    private var foreign: RecordFault {
        RecordFault("bad_value", "This takes amounts in the shop's currency, \(currency.code).")
    }

    private func measurement(_ json: JSON, _ measure: Measure) -> Reading {
        let wrong = wrong()
        var json = json
        if let text = json.stringValue?.trimmed, text.hasPrefix("{") {
            json = (try? JSON.parse(text, depth: 4, isForeign: true)) ?? json
        }
        let value: ExactNumber?
        let name: String?
        if let text = json.stringValue?.trimmed {
            let digits = text.prefix { "0123456789.+-".contains($0) }
            value = ExactNumber(String(digits))
            name = String(text.dropFirst(digits.count)).trimmed
        } else {
            value = number(json["value"])
            name = json["unit"]?.stringValue?.trimmed
        }
        guard let value, let name else { return .failure(wrong) }
        guard let unit = measure.unit(name) else {
            let known = measure.units.map(\.name).joined(separator: ", ")
            let what = name.isEmpty ? "The unit is missing" : "There is no unit '\(name.shortened(to: 30))' here"
            return .failure(RecordFault("bad_unit", "\(what): write one of \(known)."))
        }
        guard Measure.base(value, unit) != nil else {
            return .failure(RecordFault("bad_value", "The number has too many digits for the unit \(unit.name)."))
        }
        return .success(.measurement(value, unit, measure))
    }
}

extension JSON {
    /// The same with the members of all objects in the order of their names; nil where one stands twice.
    fileprivate var canonical: JSON? {
        switch self {
        case .array(let items):
            let sorted = items.compactMap(\.canonical)
            return sorted.count == items.count ? .array(sorted) : nil
        case .object(let members):
            var sorted: [Member] = []
            for member in members.sorted(by: { $0.name.comesBefore($1.name) }) {
                guard let value = member.value.canonical, sorted.last?.name.hasSameBytes(as: member.name) != true else {
                    return nil
                }
                sorted.append(Member(member.name, value))
            }
            return .object(sorted)
        default: return self
        }
    }
}
