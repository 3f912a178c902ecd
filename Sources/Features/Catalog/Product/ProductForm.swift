import AdminKit
import ImportEngine
import Money
import RecordKit
import Records
import Support
import Web

/// The form of a product, made from the field table.
enum ProductForm {
    /// The controls with a product's values, in the order of the sections.
    static func fields(
        _ product: Product,
        _ currency: Currency,
        _ categories: CategoryNames
    ) throws -> [FormField] {
        try ProductSection.fields.map { field in
            var text = field.text(field.read(product), currency)
            // Categories are shown and typed by their paths.
            if case .reference = field.kind, let id = Int64(text) { text = try categories.path(of: id) ?? text }
            var control = control(field, text, name: product.name, currency)
            if field.name == "compare_at_price" { control.warning = compareAtWarning(product) }
            return control
        }
    }

    /// A price of before that is no higher than the one of now makes no reduction.
    private static func compareAtWarning(_ product: Product) -> String? {
        guard let before = product.compareAtPrice, let price = product.price, before <= price else { return nil }
        return "Saved, but shops show a reduction only where this is above the price."
    }

    /// The controls with the values as they were typed.
    static func fields(_ form: Fields, _ currency: Currency) -> [FormField] {
        ProductSection.fields.map { control($0, form[$0.name] ?? "", name: form["name"] ?? "", currency) }
    }

    private static func control(_ field: ProductField, _ text: String, name: String, _ currency: Currency) -> FormField
    {
        var control = field.record.formField(text, currency)
        switch field.name {
        case "price", "compare_at_price", "cost_price":
            if currency.exponent == 2 { control.hint = "Without a sign, like 12.50 or 12,50." }
        case "seo_title": control.counted = FormField.Count(shown: 60)
        case "seo_description": control.counted = FormField.Count(shown: 160)
        case "seo_handle":
            let offer = text.isEmpty ? SlugKind.made(of: name, max: 80) : ""
            if !offer.isEmpty { control.hint = "\(control.hint ?? "") From the name it would be \(offer)." }
        default: break
        }
        return control
    }

    /// The product that the form wants, with everything that is wrong with it.
    /// - Parameter current: the product that is edited, or a blank one.
    static func draft(
        _ form: Fields,
        onto current: Product,
        _ currency: Currency,
        _ categories: CategoryNames
    ) throws -> ProductDraft {
        var draft = ProductDraft(current)
        for field in ProductFields.all {
            let typed = form[field.name]
            // Browsers send line breaks as CR LF, whatever the text had: only what was really typed is a change.
            if field.record.rules.isMultiline, case .text(let stored) = field.read(current),
                typed.map(plainBreaks) == plainBreaks(stored)
            {
                continue
            }
            if case .reference = field.kind {
                switch try categories.typed(typed ?? "") {
                case .success(let id): field.write(&draft.product, id.map { .integer($0) } ?? .none)
                case .failure(let fault): draft.problems.append(ValidationFailure(fault, in: field.record).problem)
                }
                continue
            }
            switch field.kind {
            case .money: draft.set(field, typed.map { amount($0, currency) }, currency)
            default: draft.set(field, field.record.rules.isMultiline ? typed.map(plainBreaks) : typed, currency)
            }
        }
        draft.checkUnits()
        return draft
    }

    /// An amount as files have it, `1.234,50`, in the plain form; what may mean two things stays as it was typed.
    private static func amount(_ text: String, _ currency: Currency) -> String {
        let bytes = Array(text.trimmed.utf8)
        let value = bytes.withUnsafeBufferPointer { try? WrittenAmount(currency).read($0) }
        return value.map { currency.text($0.minorUnits) } ?? text
    }

    /// The text with line feeds alone.
    static func plainBreaks(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if byte == 0x0A, bytes.last == 0x0D { bytes.removeLast() }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
