import AdminKit
import Money
import RecordKit
import Records
import Support
import Web

/// The form of a category, made from the field table.
enum CategoryForm {
    /// The controls with a category's values.
    static func fields(_ category: Category) -> [FormField] {
        CategoryFields.writable.map { field in
            control(field, field.record.text(field.read(category), .euro))
        }
    }

    /// The controls with the values as they were typed.
    static func fields(_ form: Fields) -> [FormField] {
        CategoryFields.writable.map { control($0, form[$0.name] ?? "") }
    }

    private static func control(_ field: CategoryField, _ text: String) -> FormField {
        var control = field.record.formField(text, .euro)
        // Left blank it is made of the name.
        if field.name == "slug" { control.isRequired = false }
        return control
    }

    /// The parent of a new one.
    static func parent(_ path: String) -> FormField {
        FormField(
            "parent",
            "Belongs to",
            value: path,
            hint: "Names from the top down, like Wine > Red wine. Blank for the top.",
            maxLength: 8000
        )
    }

    /// The category that the form wants, and everything that is wrong with it.
    static func draft(_ form: Fields, onto current: Category) -> (category: Category, problems: [Problem]) {
        var category = current
        var problems: [Problem] = []
        for field in CategoryFields.writable {
            let typed = plainBreaks(form[field.name] ?? "")
            if field.name == "slug", typed.trimmed.isEmpty { continue }
            if field.record.rules.isMultiline, case .text(let stored) = field.read(current),
                typed.hasSameBytes(as: plainBreaks(stored))
            {
                continue
            }
            if let problem = field.set(typed, of: &category) { problems.append(problem) }
        }
        if form["slug"]?.trimmed.isEmpty ?? true { category.slug = CategorySlug.make(category.name) }
        return (category, problems)
    }

    /// Browsers send line breaks as CR LF, whatever the text had.
    private static func plainBreaks(_ text: String) -> String {
        text.split(separator: "\r\n", omittingEmptySubsequences: false).joined(separator: "\n")
    }
}
