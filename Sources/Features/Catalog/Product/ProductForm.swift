import AdminKit
import Web

/// The form of a product, made from the field table.
enum ProductForm {
    /// The controls with a product's values.
    static func fields(_ product: Product, _ currency: Currency) -> [FormField] {
        ProductFields.all.map { $0.formField($0.text($0.read(product), currency), currency) }
    }

    /// The controls with the values as they were typed.
    static func fields(_ form: Fields, _ currency: Currency) -> [FormField] {
        ProductFields.all.map { $0.formField(form[$0.name] ?? "", currency) }
    }

    /// The product that the form wants, with everything that is wrong with it.
    /// - Parameter current: the product that is edited, or a blank one.
    static func draft(_ form: Fields, onto current: Product, _ currency: Currency) -> ProductDraft {
        var draft = ProductDraft(current)
        for field in ProductFields.all {
            let typed = form[field.name]
            // Browsers send line breaks as CR LF, whatever the text had: only what was really typed is a change.
            if field.kind.isMultiline, case .text(let stored) = field.read(current),
                typed.map(plainBreaks) == plainBreaks(stored)
            {
                continue
            }
            draft.set(field, field.kind.isMultiline ? typed.map(plainBreaks) : typed, currency)
        }
        return draft
    }

    private static func plainBreaks(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if byte == 0x0A, bytes.last == 0x0D { bytes.removeLast() }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
