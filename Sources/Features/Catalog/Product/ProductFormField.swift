package import AdminKit
import Support

extension ProductField {
    /// The control of this field, for the forms that create and edit.
    /// - Parameter text: the value as `text(_:_:)` gives it, or as it was typed.
    package func formField(_ text: String, _ currency: Currency) -> FormField {
        var field = FormField(name, label, value: text, isRequired: isRequired)
        switch kind {
        case .text(let max, let multiline):
            if multiline { field.kind = .textArea(rows: 6) }
            field.maxLength = max
        case .money:
            field.kind = .money(currency: currency.code)
        case .choice(let choices):
            field.kind = .select(choices.map { FormField.Choice($0, ProductStatusBadge.word($0)) })
        case .gtin: field.maxLength = Self.gtinLimit
        case .attributes:
            field.kind = .textArea(rows: 4)
            // What was typed and is not right stays as it was typed; what is stored is shown, however much it is.
            let former: Value = text.trimmed.utf8.first == 0x7B ? .text(text) : .none
            if case .success(.text(let stored)) = parse(text, currency, over: former),
                let attributes = try? CustomAttributes(stored: stored)
            {
                field.value = attributes.lines
            }
        }
        field.hint = Self.hints[name]
        if kind == .gtin, !text.trimmed.isEmpty { field.hint = Self.gtinHint(GTIN.verdict(text.trimmed)) }
        if kind == .money { field.hint = "Without a sign, like \(currency.text(1250))." }
        return field
    }

    private static let hints = [
        "sku": "Names the product in files, feeds and orders. Up to 128 characters; case makes no difference.",
        "upc": "The number under the bar code: 8, 12, 13 or 14 digits.",
        "custom_attributes": "One a line, like Colour: red.",
    ]

    private static func gtinHint(_ verdict: GTIN.Verdict) -> String? {
        switch verdict {
        case .good: hints["upc"]
        case .strippedZeros: "Saved, but zeros at its beginning seem to be missing."
        case .bad: "Saved, but this is no GTIN: it needs 8, 12, 13 or 14 digits, of which the last is the check digit."
        }
    }
}
