package import AdminKit

/// The options of an import in words: as controls beside the upload, and as facts on the import's page.
package enum ImportOptionFields {
    /// Controls, named as the upload takes them, with the usual choice first.
    package static let all: [FormField] = [
        field("mode", "Rows", ImportOptions.Mode.allCases, title),
        field("duplicates", "Same SKU twice", ImportOptions.Duplicates.allCases, title),
        field("blank", "Empty cells", ImportOptions.Blank.allCases, title),
    ]

    private static func field<Choice: RawRepresentable<String>>(
        _ name: String,
        _ label: String,
        _ choices: [Choice],
        _ title: (Choice) -> String
    ) -> FormField {
        let choices = choices.map { FormField.Choice($0.rawValue, title($0)) }
        return FormField(name, label, .select(choices), value: choices.first?.value ?? "")
    }

    static func title(_ mode: ImportOptions.Mode) -> String {
        switch mode {
        case .upsert: "Create and update products"
        case .create: "Only create products"
        case .update: "Only update products"
        }
    }

    static func title(_ duplicates: ImportOptions.Duplicates) -> String {
        switch duplicates {
        case .last: "The last row counts"
        case .first: "The first row counts"
        }
    }

    static func title(_ blank: ImportOptions.Blank) -> String {
        switch blank {
        case .keep: "Keep what is stored"
        case .clear: "Empty the field"
        case .standard: "Take the column's default"
        }
    }

    /// Why rows of such an import may be skipped, in a sentence.
    static func skipping(_ options: ImportOptions) -> String {
        let duplicates =
            switch options.duplicates {
            case .last: "a later row of the file has the same SKU, and the last one counts"
            case .first: "an earlier row of the file has the same SKU, and the first one counts"
            }
        switch options.mode {
        case .upsert: return "Skipped rows are valid but superseded: \(duplicates)."
        case .create: return "Skipped rows are valid but not applied: the product exists already, or \(duplicates)."
        case .update: return "Skipped rows are valid but not applied: no product has the SKU, or \(duplicates)."
        }
    }
}
