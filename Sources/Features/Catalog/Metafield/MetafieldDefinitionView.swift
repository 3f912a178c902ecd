import AdminKit
import Identity
import Markup
import Support
import Web

/// The pages of definitions.
enum MetafieldDefinitionView {
    struct Row {
        var definition: MetafieldDefinition
        /// How many have a value.
        var products: Int64
    }

    private static let parent = Link("Metafields", CatalogPath.metafields.description)

    static func list(_ rows: [Row], in shell: Shell) -> HTML {
        let new = Link("Define a metafield", CatalogPath.newMetafield.description)
        let mayWrite = shell.allows(.writeProducts)
        return Page(
            "Metafields",
            meta: "What products have beyond their own fields: each with a type that its values keep to.",
            actions: mayWrite ? new.button(.primary, key: "n") : "",
            content: rows.isEmpty
                ? EmptyState(
                    "No metafields yet",
                    "Define one for what your products need beside price and stock: a material, a care hint, a volume.",
                    action: mayWrite ? new.button(.primary) : ""
                ).html : table(rows, mayWrite: mayWrite)
        ).html(in: shell)
    }

    private static func table(_ rows: [Row], mayWrite: Bool) -> HTML {
        Table(
            "Definitions of metafields",
            columns: [
                Column<Row>("Name", style: "wide", isRowHeading: true) { row in
                    let path = CatalogPath.metafield(row.definition.id).description
                    return """
                        \(mayWrite ? Link(row.definition.title, path).html : HTML(escaping: row.definition.title))\
                        \(row.definition.description.map { "<span class=\"row-note\">\($0)</span>" })
                        """
                },
                Column("Column in files", style: "code") { HTML(escaping: $0.definition.name.column) },
                Column("Type") { HTML(escaping: $0.definition.type.label) },
                Column("On product pages") { $0.definition.isVisible ? "Shown" : "Hidden" },
                .number("Products") { row in
                    let path = "\(CatalogPath.products)?has=\(row.definition.name.column)"
                    return row.products == 0 ? "0" : Link(Format.integer(row.products), path).html
                },
            ],
            rows: rows,
            style: "people"
        ).html
    }

    // MARK: Forms

    /// Asks for the type first: what else is asked depends on it.
    static func types(in shell: Shell) -> HTML {
        let choices = MetafieldType.all.map { FormField.Choice($0.name, $0.label) }
        let field = FormField(
            "type",
            "What do the values look like?",
            .select(choices),
            value: MetafieldType(.singleLine).name,
            hint: "Fixed when the metafield is defined.",
            isRequired: true
        )
        return Page(
            "Define a metafield",
            parent: parent,
            content: """
                <form class="form" method="get" action="\(CatalogPath.newMetafield.description)">
                \(field.html)
                <div class="form-actions"><button class="button primary">Continue</button>
                \(Link("Cancel", CatalogPath.metafields.description).html)</div>
                </form>
                """
        ).html(in: shell)
    }

    static func new(_ type: MetafieldType, _ fields: [FormField], _ problems: [Problem], in shell: Shell) -> HTML {
        Page(
            "Define a metafield",
            parent: parent,
            meta: HTML.text(type.label),
            errors: ErrorSummary(fields, general: problems).html,
            content: Form(
                action: CatalogPath.newMetafield.description,
                csrf: shell.csrf,
                fields: fields,
                hidden: [Form.Hidden("type", type.name)],
                submit: "Define metafield",
                cancel: Link("Choose another type", CatalogPath.newMetafield.description)
            ).html
        ).html(in: shell)
    }

    static func edit(
        _ definition: MetafieldDefinition,
        _ fields: [FormField],
        _ problems: [Problem],
        in shell: Shell
    ) -> HTML {
        let delete = Link("Remove definition…", CatalogPath.deleteMetafield(definition.id).description)
        return Page(
            definition.title,
            parent: parent,
            meta: "\(definition.type.label) · <span class=\"code\">\(definition.name.column)</span>",
            errors: ErrorSummary(fields, general: problems).html,
            content: Form(
                action: CatalogPath.metafield(definition.id).description,
                csrf: shell.csrf,
                fields: fields,
                hidden: [Form.Hidden("version", String(definition.version))],
                submit: "Save definition",
                cancel: Link("Cancel", CatalogPath.metafields.description),
                aside: "<span class=\"push\">\(delete.button(.quietDanger))</span>"
            ).html
        ).html(in: shell)
    }

    static func delete(_ definition: MetafieldDefinition, products: Int64, in shell: Shell) -> HTML {
        let values =
            products == 0
            ? "No product has a value of it."
            : "\(Format.count(Int(clamping: products), Noun("product", "products"))) keep their values."
        return ConfirmPage(
            "Remove the definition of “\(definition.title)”?",
            parent: Link(definition.title, CatalogPath.metafield(definition.id).description),
            count: 1,
            noun: Noun("definition", "definitions"),
            consequence: values,
            action: CatalogPath.deleteMetafield(definition.id).description,
            verb: "Remove"
        ).html(in: shell)
    }
}
