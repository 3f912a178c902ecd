package import AdminKit
package import Money
package import Records
import Support

extension RecordField {
    /// The control of this field, for the forms that create and edit.
    /// - Parameter text: the value as `text(_:_:)` gives it, or as it was typed.
    package func formField(_ text: String, _ currency: Currency) -> FormField {
        var field = FormField(name, label, value: text, hint: hint, isRequired: isRequired)
        switch kind {
        case .text(let max, let multiline):
            if multiline { field.kind = .textArea(rows: 6) }
            field.maxLength = max
        case .identifier(let max), .slug(let max): field.maxLength = max
        case .money:
            field.kind = .money(currency: currency.code)
            field.hint = "Without a sign, like \(currency.text(1250))."
        case .choice(let words): field.kind = select(words.map { FormField.Choice($0, Self.title(of: $0)) })
        case .boolean: field.kind = select([FormField.Choice("true", "Yes"), FormField.Choice("false", "No")])
        case .decimal: field.kind = .decimal
        case .format(let format):
            field.maxLength = format.most
            if format == .email { field.kind = .email }
        case .gtin:
            field.maxLength = GTINKind.max
            if !text.trimmed.isEmpty { field.warning = gtinWarning(GTIN.verdict(text.trimmed)) }
        case .attributes:
            field.kind = .textArea(rows: 4)
            field.value = lines(text, currency) ?? text
        case .integer, .digits, .time, .reference: break
        }
        return field
    }

    /// Where nothing need be chosen, that can be said too.
    private func select(_ choices: [FormField.Choice]) -> FormField.Kind {
        .select(isRequired ? choices : [FormField.Choice("", "Not said")] + choices)
    }

    /// A choice as people read it: `Active` for `active`. Units of measure stay as they are: `kg`.
    package static func title(of word: String) -> String {
        guard word.utf8.count > 2 else { return word }
        return word.prefix(1).uppercased() + word.dropFirst().map { $0 == "_" ? " " : String($0) }.joined()
    }

    /// Attributes one a line. What was typed and is not right stays as it was typed; what is stored is shown, however
    /// much it is.
    private func lines(_ text: String, _ currency: Currency) -> String? {
        let former: RecordValue = text.trimmed.utf8.first == 0x7B ? .text(text) : .none
        guard case .success(.text(let stored)) = parse(text, currency, over: former) else { return nil }
        return (try? CustomAttributes(stored: stored))?.lines
    }

    private func gtinWarning(_ verdict: GTIN.Verdict) -> String? {
        switch verdict {
        case .good: nil
        case .strippedZeros: "Saved, but zeros at its beginning seem to be missing."
        case .bad: "Saved, but this is no GTIN: it needs 8, 12, 13 or 14 digits, of which the last is the check digit."
        }
    }
}
