import Records
import Support

/// Holds single values against the rules of their definition.
struct MetafieldChecks {
    let rules: MetafieldRules
    private let pattern: MetafieldPattern?
    private let kind: MetafieldKind

    init(_ kind: MetafieldKind, _ rules: MetafieldRules) {
        self.kind = kind
        self.rules = rules
        // Was looked at when the definition was stored.
        pattern = rules.pattern.flatMap { try? MetafieldPattern($0) }
    }

    /// The first rule that a value breaks.
    /// - Parameter reader: reads the ends and the choices, which are texts of the same type.
    func fault(_ value: MetafieldValue, _ reader: MetafieldReader) -> RecordFault? {
        ends(value, reader) ?? precision(value) ?? length(value) ?? form(value) ?? choice(value, reader)
    }

    static func tooSmall(_ least: String) -> RecordFault { RecordFault("too_small", "The least value is \(least).") }
    static func tooLarge(_ most: String) -> RecordFault { RecordFault("too_large", "The greatest value is \(most).") }

    private func item(_ text: String, _ reader: MetafieldReader) -> MetafieldValue? {
        (try? reader.item(.string(text))).flatMap { try? $0.get() }
    }

    private func ends(_ value: MetafieldValue, _ reader: MetafieldReader) -> RecordFault? {
        if let text = rules.least, let least = item(text, reader), value.key.comesBefore(least.key) {
            return Self.tooSmall(text)
        }
        if let text = rules.most, let most = item(text, reader), most.key.comesBefore(value.key) {
            return Self.tooLarge(text)
        }
        return nil
    }

    private func precision(_ value: MetafieldValue) -> RecordFault? {
        guard let most = rules.precision, let number = value.decimalValue, number.scale > most else { return nil }
        return RecordFault("too_precise", "Write at most \(most) digits behind the point.")
    }

    private func length(_ value: MetafieldValue) -> RecordFault? {
        guard let count = value.textValue?.unicodeScalars.count else { return nil }
        if let shortest = rules.shortest, count < shortest {
            return RecordFault("too_short", "Write at least \(shortest) characters.")
        }
        if let longest = rules.longest, count > longest {
            return RecordFault("too_long", "Write at most \(longest) characters.")
        }
        return nil
    }

    private func form(_ value: MetafieldValue) -> RecordFault? {
        guard let pattern, let text = value.textValue else { return nil }
        switch pattern.matches(text) {
        case .yes: return nil
        case .no:
            return RecordFault("no_match", "The whole text must have the form \(rules.pattern ?? "").")
        case .tooLong:
            let detail = "Looking whether the text has the form \(rules.pattern ?? "") takes too long: write less."
            return RecordFault("pattern_timeout", detail)
        }
    }

    private func choice(_ value: MetafieldValue, _ reader: MetafieldReader) -> RecordFault? {
        guard !rules.choices.isEmpty, !rules.choices.contains(where: { item($0, reader) == value }) else { return nil }
        let known = rules.choices.prefix(20).joined(separator: ", ")
        return RecordFault("not_a_choice", "Choose one of \(known)\(rules.choices.count > 20 ? ", …" : "").")
    }
}
