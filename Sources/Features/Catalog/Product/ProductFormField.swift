package import AdminKit

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
        }
        field.hint = Self.hints[name]
        if kind == .money { field.hint = "Without a sign, like \(currency.text(1250))." }
        return field
    }

    private static let hints = [
        "sku": "Names the product in files, feeds and orders. Up to 128 characters; case makes no difference."
    ]
}
