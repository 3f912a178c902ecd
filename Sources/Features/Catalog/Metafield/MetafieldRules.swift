import Records
import Support
import Web

/// What a definition asks of its values beyond their type, as Shopify's validations do.
struct MetafieldRules: Sendable, Equatable {
    /// Texts of values of the type, inclusive.
    var least: String?
    var most: String?
    /// Digits behind the point.
    var precision: Int?
    var shortest: Int?
    var longest: Int?
    /// See `MetafieldPattern`; the whole text must match.
    var pattern: String?
    /// Texts of values of the type; any when empty.
    var choices: [String] = []
    /// The ends of a rating.
    var scale: MetafieldValue.Scale?

    static let none = MetafieldRules()
    static let mostChoices = 128

    static let names = [
        "min", "max", "max_precision", "min_length", "max_length", "regex", "choices", "scale_min", "scale_max",
    ]

    /// The names that values of a kind take.
    static func names(of kind: MetafieldKind) -> [String] {
        var names: [String] = []
        if kind == .rating { names += ["scale_min", "scale_max"] }
        if kind.isOrdered, kind != .rating { names += ["min", "max"] }
        switch kind {
        case .decimal, .measurement: names.append("max_precision")
        default: break
        }
        if kind.isText { names += ["min_length", "max_length", "regex"] }
        if kind.canBeChosen { names.append("choices") }
        return names
    }

    /// As a definition shows and stores it: only what is set.
    var json: JSON {
        var members: [JSON.Member] = []
        func add(_ name: String, _ value: JSON?) { if let value { members.append(JSON.Member(name, value)) } }
        add("min", least.map(JSON.string))
        add("max", most.map(JSON.string))
        add("max_precision", precision.map { .int($0) })
        add("min_length", shortest.map { .int($0) })
        add("max_length", longest.map { .int($0) })
        add("regex", pattern.map(JSON.string))
        if !choices.isEmpty { add("choices", .array(choices.map(JSON.string))) }
        add("scale_min", scale.map { .string($0.least.text) })
        add("scale_max", scale.map { .string($0.most.text) })
        return .object(members)
    }
}

extension MetafieldKind {
    /// Whether a definition may list the values that there are.
    var canBeChosen: Bool {
        switch self {
        case .singleLine, .id, .integer, .decimal, .color, .date, .url, .measurement: true
        default: false
        }
    }
}

/// Reads what a client or a form says of the values, for values of one type.
struct MetafieldRulesReader {
    let type: MetafieldType
    let values: MetafieldReader
    private(set) var rules = MetafieldRules()
    private(set) var problems: [Problem] = []

    /// - Parameter values: reads values of the type, without any rules.
    init(_ type: MetafieldType, _ values: MetafieldReader) {
        self.type = type
        self.values = values
    }

    /// - Parameter json: an object by the names of `MetafieldRules.names`; null members are not set.
    mutating func read(_ json: JSON) throws {
        guard let members = json.members else {
            problems = [
                Problem("validations", "not_an_object", "The validations are an object, like {\"max\": \"10\"}.")
            ]
            return
        }
        let known = MetafieldRules.names(of: type.kind)
        for member in members where !member.value.isNull {
            guard known.contains(where: member.name.hasSameBytes) else {
                let name = member.name.shortened(to: 100)
                let cure = known.isEmpty ? "they take none" : "they take \(known.joined(separator: ", "))"
                problems.append(
                    Problem(
                        "validations.\(name)",
                        "unknown_field",
                        "Values of the type \(type.name) have no validation '\(name)': \(cure)."
                    )
                )
                continue
            }
            try take(member)
        }
        if type.kind == .rating { takeScale(json) }
        try checkEnds()
    }

    private mutating func take(_ member: JSON.Member) throws {
        switch member.name {
        case "min": rules.least = try value(member.value, member.name)
        case "max": rules.most = try value(member.value, member.name)
        case "max_precision": rules.precision = count(member, 0...ExactNumber.mostPlaces)
        case "min_length": rules.shortest = count(member, 0...type.kind.mostCharacters)
        case "max_length": rules.longest = count(member, 1...type.kind.mostCharacters)
        case "regex": takePattern(member.value)
        case "choices": try takeChoices(member.value)
        default: break
        }
    }

    private mutating func value(_ json: JSON, _ name: String) throws -> String? {
        switch try values.item(json) {
        case .success(let value): return try value.text(values.references)
        case .failure(let fault):
            problems.append(Problem("validations.\(name)", fault.code, fault.detail))
            return nil
        }
    }

    private mutating func count(_ member: JSON.Member, _ range: ClosedRange<Int>) -> Int? {
        let number = member.value.intValue ?? member.value.stringValue.flatMap { Int64($0) }
        guard let number, let count = Int(exactly: number), range.contains(count) else {
            problems.append(
                Problem(
                    "validations.\(member.name)",
                    "bad_number",
                    "It takes a whole number from \(range.lowerBound) to \(range.upperBound)."
                )
            )
            return nil
        }
        return count
    }

    private mutating func takePattern(_ json: JSON) {
        guard let text = json.stringValue, !text.isEmpty else {
            problems.append(Problem("validations.regex", "bad_pattern", "The pattern is a text like [A-Z]{2}[0-9]+."))
            return
        }
        do throws(MetafieldPattern.Refusal) {
            _ = try MetafieldPattern(text)
            rules.pattern = text
        } catch {
            problems.append(
                Problem(
                    "validations.regex",
                    "bad_pattern",
                    "The pattern cannot be used: behind character \(error.offset), \(error.reason)."
                )
            )
        }
    }

    private mutating func takeChoices(_ json: JSON) throws {
        guard let items = json.arrayValue, items.count <= MetafieldRules.mostChoices else {
            problems.append(
                Problem(
                    "validations.choices",
                    "bad_choices",
                    "The choices are a list of at most \(MetafieldRules.mostChoices) values."
                )
            )
            return
        }
        var taken: [MetafieldValue] = []
        for item in items {
            switch try values.item(item) {
            case .success(let value): if !taken.contains(value) { taken.append(value) }
            case .failure(let fault):
                problems.append(Problem("validations.choices", fault.code, fault.detail))
                return
            }
        }
        rules.choices = try taken.map { try $0.text(values.references) }
    }

    private mutating func takeScale(_ json: JSON) {
        func end(_ name: String) -> ExactNumber? {
            switch json[name] {
            case .string(let text), .number(let text): ExactNumber(text)
            default: nil
            }
        }
        guard let least = end("scale_min"), let most = end("scale_max"), least < most else {
            problems.append(
                Problem(
                    "validations.scale_min",
                    "no_scale",
                    "A rating needs a scale: numbers scale_min and scale_max, like 1 and 5."
                )
            )
            return
        }
        rules.scale = MetafieldValue.Scale(least: least, most: most)
    }

    private mutating func checkEnds() throws {
        if let shortest = rules.shortest, let longest = rules.longest, shortest > longest {
            problems.append(
                Problem("validations.max_length", "wrong_order", "The greatest length is below the smallest one.")
            )
        }
        guard let least = rules.least, let most = rules.most else { return }
        guard case .success(let low) = try values.item(.string(least)),
            case .success(let high) = try values.item(.string(most)), high.key.comesBefore(low.key)
        else { return }
        problems.append(Problem("validations.max", "wrong_order", "The greatest value is below the smallest one."))
    }
}

extension MetafieldRules {
    /// - Parameter stored: as `json` gives it.
    init(stored: JSON) {
        least = stored["min"]?.stringValue
        most = stored["max"]?.stringValue
        precision = stored["max_precision"]?.intValue.map { Int($0) }
        shortest = stored["min_length"]?.intValue.map { Int($0) }
        longest = stored["max_length"]?.intValue.map { Int($0) }
        pattern = stored["regex"]?.stringValue
        choices = stored["choices"]?.arrayValue?.compactMap(\.stringValue) ?? []
        if let low = stored["scale_min"]?.stringValue.flatMap({ ExactNumber($0) }),
            let high = stored["scale_max"]?.stringValue.flatMap({ ExactNumber($0) })
        {
            scale = MetafieldValue.Scale(least: low, most: high)
        }
    }
}
