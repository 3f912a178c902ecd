package import AdminKit
import ImportEngine

/// The options of an import in words: as controls beside the upload, and as facts on the import's page.
package enum ImportOptionFields {
    /// Controls, named as the upload takes them, with the usual choice first.
    package static let all: [FormField] = [
        field("mode", "Rows", ImportOptions.Mode.allCases, title),
        field("duplicates", "Same SKU twice", ImportOptions.Duplicates.allCases, title),
        field("blank", "Empty cells", ImportOptions.Blank.allCases, title),
        field("on_error", "Wrong rows", ImportOptions.OnError.allCases, title),
        field("missing", "Products not in the file", ImportOptions.Missing.allCases, title),
        FormField(
            "guard",
            "Large changes",
            .select([FormField.Choice("on", title(isGuarded: true)), FormField.Choice("off", title(isGuarded: false))]),
            value: "on"
        ),
    ]

    /// Whether the plan is looked at first: on for people, who may switch it off.
    package static let review = FormField(
        "review",
        "Show me what will change before anything does",
        .checkbox,
        value: "1"
    )

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
        case .delete: "Delete the products named"
        }
    }

    static func title(_ onError: ImportOptions.OnError) -> String {
        switch onError {
        case .skip: "Leave them out, import the others"
        case .stop: "Import nothing if one is wrong"
        }
    }

    static func title(_ missing: ImportOptions.Missing) -> String {
        switch missing {
        case .keep: "Leave as they are"
        case .deactivate: "Make drafts of them"
        }
    }

    static func title(_ identity: ImportIdentity) -> String {
        switch identity {
        case .sku: "SKU"
        case .handle: "Handle and options"
        case .columns(let names): names
        }
    }

    static func title(isGuarded: Bool) -> String {
        isGuarded ? "Ask before a large share changes" : "Do not ask"
    }

    static func title(_ duplicates: ImportOptions.Duplicates) -> String {
        switch duplicates {
        case .last: "The last row counts"
        case .first: "The first row counts"
        case .reject: "None of them counts"
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
            case .reject: nil as String?
            }
        let reason =
            switch options.mode {
            case .upsert: nil as String?
            case .create: "the product exists already"
            case .update, .delete: "no product has the SKU"
            }
        let header = "it names the columns once more"
        let held = options.review ? "the product was changed after the plan was made" : nil
        let reasons = [reason, duplicates, header, held].compactMap { $0 }
        guard !reasons.isEmpty else { return "" }
        return "Skipped rows are valid but not applied: \(reasons.joined(separator: ", or "))."
    }
}
