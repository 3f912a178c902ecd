import AdminKit
import Markup
import Web

/// The metafields of a product as its page shows them.
package struct MetafieldSection: Sendable, Equatable {
    var productID: Int64
    /// The version that the form was made from.
    var version: Int64
    var fields: [FormField]
    /// Problems of no single field.
    var problems: [Problem] = []
    /// Whether the product was changed after the form was made.
    var isStale = false

    init(productID: Int64, version: Int64, fields: [FormField]) {
        self.productID = productID
        self.version = version
        self.fields = fields
    }
}

enum MetafieldSectionView {
    /// - Parameter canWrite: whether the user may change them; without it the values are shown only.
    static func html(_ section: MetafieldSection, canWrite: Bool, _ shell: Shell) -> HTML {
        """
        <section class="stack ruled" aria-labelledby="metafields-title">
        <h2 id="metafields-title">Metafields</h2>
        \(if: section.isStale, Banner(
            .warning,
            "Another user changed this product meanwhile.",
            role: "alert",
            more: " Nothing of yours is saved yet. The form below holds your values: save again to keep them."
        ).html)
        \(canWrite ? form(section, shell) : values(section.fields))
        </section>
        """
    }

    private static func form(_ section: MetafieldSection, _ shell: Shell) -> HTML {
        Form(
            action: CatalogPath.productMetafields(section.productID).description,
            csrf: shell.csrf,
            fields: section.fields,
            hidden: [Form.Hidden("version", String(section.version))],
            submit: "Save metafields"
        ).html
    }

    private static func values(_ fields: [FormField]) -> HTML {
        let told = fields.filter { !$0.value.isEmpty && !$0.name.hasSuffix(".unit") }
        guard !told.isEmpty else { return "<p class=\"quiet\">The product has none.</p>" }
        return """
            <dl class="facts">\(each: told, { field in
                let unit = fields.first { $0.name == "\(field.name).unit" }?.value
                return "<div><dt>\(field.label)</dt><dd>\(HTML.text(field.value))\(unit.map { " \($0)" })</dd></div>"
            })</dl>
            """
    }
}
