package import Money
package import Records
import Support
package import Web

extension RecordField {
    /// The value as the API shows it.
    package func storedSchema(_ currency: Currency) -> Schema {
        let schema: Schema
        switch kind {
        case .text(let max, _), .identifier(let max): schema = .text(label, length: 0...max)
        case .slug(let max): schema = .text(label, length: 1...max, pattern: "^[a-z0-9-]+$")
        case .digits: schema = .text(label, length: 1...DigitsKind.max, pattern: "^[0-9]+$")
        case .gtin: schema = .text(label, length: 0...GTINKind.max)
        case .format(let format): schema = .text("\(label): \(format.rule)", length: 0...format.most + 6)
        case .choice(let words): schema = .choice(words, label)
        case .attributes: schema = .map(of: .text(), most: CustomAttributes.maxCount, label)
        case .money: schema = .text("\(label) in \(currency.code)", pattern: AmountPattern.shown(currency.exponent))
        case .decimal(let scale): schema = .text(label, pattern: AmountPattern.short(scale))
        case .integer(let range): schema = .integer(label, range)
        case .boolean: schema = .boolean(label)
        case .time: schema = .time(label)
        case .reference: schema = .integer("\(label): an id", 1...Int64.max)
        }
        return isRequired ? schema : schema.orNull
    }

    /// The value as a client may write it. White space at the ends of a single line is taken away.
    package func writtenSchema(_ currency: Currency) -> Schema {
        switch kind {
        case .text(let max, let multiline): optional(.text(label, length: least...max, pattern: pattern(multiline)))
        case .identifier(let max): optional(.text(label, length: least...max, pattern: pattern(false)))
        case .slug(let max): optional(.text(label, length: least...max, pattern: "^[a-z0-9-]*$"))
        case .digits(let prefix): optional(digits(prefix))
        case .gtin: optional(.text(label, length: 0...GTINKind.max, pattern: pattern(false)))
        case .format(let format): optional(.text("\(label): \(format.rule)", length: least...format.most))
        case .choice(let words): optional(Schema.choice(words, label))
        case .attributes:
            optional(
                .map(
                    of: Schema.text(length: 0...CustomAttributes.maxBytes, pattern: Self.multilinePattern).orNull,
                    names: .text(length: 1...CustomAttributes.maxName, pattern: "^\(Self.attributeNamePattern)$"),
                    most: CustomAttributes.maxCount,
                    "\(label): texts by name, \(CustomAttributes.maxBytes >> 10) KiB together; null takes one away"
                )
            )
        case .money: number("\(label) in \(currency.code)", currency.exponent)
        case .decimal(let scale): number(label, scale)
        case .integer(let range): optional(.integer(label, range))
        case .boolean: optional(.boolean(label))
        case .time: optional(.time(label))
        case .reference: optional(.integer("\(label): an id", 1...Int64.max))
        }
    }

    /// Not one type of several, and no constant for the blank: generators make of these what takes no amount.
    private func number(_ what: String, _ decimals: Int) -> Schema {
        Schema([
            "description": .string("\(what): a decimal in a string, or a number"),
            "anyOf": [
                Schema.text(
                    "Blank and null clear it.",
                    length: 0...16,
                    pattern: "^(\(AmountPattern.written(decimals)))?$"
                ).orNull.json, ["type": "number", "minimum": 0],
            ],
        ])
    }

    /// Digits as a text; blank clears.
    private func digits(_ prefix: String) -> Schema {
        .text(
            "\(label): digits, or `\(prefix)` and digits",
            length: least...(prefix.utf8.count + DigitsKind.max),
            pattern: "^((\(prefix))?[0-9]{1,\(DigitsKind.max)})?$"
        )
    }

    private var least: Int { isRequired ? 1 : 0 }

    private func optional(_ schema: Schema) -> Schema { isRequired ? schema : schema.orNull }

    /// Control characters are refused, but for the white space that is taken away at the ends.
    private func pattern(_ multiline: Bool) -> String {
        if multiline { return Self.multilinePattern }
        let isIdentifier = if case .identifier = kind { true } else { false }
        let control = isIdentifier ? #"\u0000-\u001f\u007f-\u009f"# : #"\u0000-\u001f\u007f"#
        let space = #"[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"#
        let mark = isRequired ? #"[^\#(control) \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"# : ""
        return "^\(space)*\(mark)[^\(control)]*\(space)*$"
    }

    private static let multilinePattern = #"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"#

    /// The name of a custom attribute, to be put together with more: no control characters, and no white space at the
    /// ends.
    package static let attributeNamePattern: String = {
        let outer = #"[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"#
        return "\(outer)(" + #"[^\u0000-\u001f\u007f-\u009f]*"# + "\(outer))?"
    }()
}

/// Regular expressions of decimals.
package enum AmountPattern {
    /// As an answer has it: with exactly this number of decimals.
    package static func shown(_ decimals: Int) -> String {
        "^[0-9]+\(decimals == 0 ? "" : "\\.[0-9]{\(decimals)}")$"
    }

    /// As an answer has it: with no more decimals than it needs.
    package static func short(_ decimals: Int) -> String { "^[0-9]+(\\.[0-9]{0,\(decimals - 1)}[1-9])?$" }

    /// As a client may write it, to be put together with more.
    package static func written(_ decimals: Int) -> String {
        guard decimals > 0 else { return "[0-9]{1,15}" }
        return "[0-9]{1,\(15 - decimals)}(\\.[0-9]{1,\(decimals)})?"
    }
}
