import AdminKit
import Markup
import Support
import Web

/// What is about to be deleted, and what becomes of the rest.
struct CategoryDeleteModel {
    var category: Category
    var removal: CategoryRemoval
    /// Whether the categories below it go with it.
    var isAlong: Bool
    /// `parent`, `none` or `another`.
    var products: String
    /// The path of another category for the products.
    var to: String
    var problem: Problem?
}

/// Asks before a category is merged or deleted.
enum CategoryRemovalView {
    private static let categoryNoun = Noun("category", "categories")
    private static let productNoun = Noun("product", "products")

    static func merge(
        _ category: Category,
        _ removal: CategoryRemoval,
        typed: String,
        error: String?,
        in shell: Shell
    ) -> HTML {
        let field = FormField(
            "into",
            "Category that stays",
            value: typed,
            hint: "Names from the top down, like Wine > Red wine.",
            error: error,
            isRequired: true,
            maxLength: 8000
        )
        return Page(
            "Merge “\(category.name)” into another category",
            parent: Link(category.name, CatalogPath.category(category.id).description),
            errors: ErrorSummary([field]).html,
            content: """
                <p>\(Format.count(removal.products, productNoun)) and \
                \(Format.count(removal.children, categoryNoun)) directly below it move there, then “\(category.name)” \
                is removed. Its address leads to the other one.</p>
                \(Form(
                    action: CatalogPath.mergeCategory(category.id).description,
                    csrf: shell.csrf,
                    fields: [field],
                    submit: "Merge category",
                    style: .danger,
                    cancel: Link("Cancel", CatalogPath.category(category.id).description)
                ).html)
                """
        ).html(in: shell)
    }

    static func delete(_ model: CategoryDeleteModel, in shell: Shell) -> HTML {
        let path = CatalogPath.deleteCategory(model.category.id).description
        let count = Int(clamping: model.removal.count)
        let (fields, rest) = confirmation(model, count).showing([model.problem].compactMap { $0 })
        return Page(
            "Delete “\(model.category.name)”?",
            parent: Link(model.category.name, CatalogPath.category(model.category.id).description),
            errors: ErrorSummary(fields, general: rest).html,
            content: """
                \(Banner(.warning, consequence(model)).html)
                \(if: model.removal.count > 1 || model.isAlong, choices(model, path))
                <div\(if: count > 1, " data-confirm=\"\(count)\"")>
                \(Form(
                    action: path,
                    csrf: shell.csrf,
                    fields: fields,
                    hidden: [Form.Hidden("children", model.isAlong ? "along" : "up")]
                        + (model.removal.products == 0 ? [Form.Hidden("products", "parent")] : [])
                        + (count > 1 ? [] : [Form.Hidden("confirm", String(count))]),
                    submit: "Delete \(Format.count(model.removal.categories, categoryNoun))",
                    style: .danger,
                    cancel: Link("Cancel", CatalogPath.category(model.category.id).description)
                ).html)
                </div>
                """
        ).html(in: shell)
    }

    private static func consequence(_ model: CategoryDeleteModel) -> String {
        let removal = model.removal
        var parts = ["\(Format.count(removal.categories, categoryNoun)) will be removed"]
        if removal.children > 0 { parts.append("\(Format.count(removal.children, categoryNoun)) take its place") }
        if removal.products > 0 {
            parts.append("\(Format.count(removal.products, productNoun)) get another category, or none")
        }
        return "\(parts.joined(separator: ", ")). No product is deleted."
    }

    /// What becomes of the categories below, which changes the numbers.
    private static func choices(_ model: CategoryDeleteModel, _ path: String) -> HTML {
        let field = FormField(
            "children",
            "Categories below it",
            .select([.init("up", "Take its place"), .init("along", "Are deleted with it")]),
            value: model.isAlong ? "along" : "up"
        )
        return """
            <search class="filters"><form method="get" action="\(path)"><div class="filter-row">\(field.compact)\
            <button class="button secondary">Show the numbers</button></div></form></search>
            """
    }

    private static func confirmation(_ model: CategoryDeleteModel, _ count: Int) -> [FormField] {
        var fields: [FormField] = []
        if model.removal.products > 0 {
            fields.append(
                FormField(
                    "products",
                    "Its products",
                    .select(
                        [
                            .init("parent", model.category.parentID == nil ? "Have no category" : "Go to its parent"),
                            .init("none", "Have no category"), .init("another", "Go to another category"),
                        ].filter { model.category.parentID != nil || $0.value != "none" }
                    ),
                    value: model.products,
                    isRequired: true
                )
            )
            fields.append(
                FormField(
                    "to",
                    "Other category",
                    value: model.to,
                    hint: "Only where they go to another one: its names from the top down.",
                    maxLength: 8000
                )
            )
        }
        guard count > 1 else { return fields }
        let confirm = FormField(
            "confirm",
            "Type \(count) to confirm",
            .wholeNumber,
            hint: "The number of categories and products that change.",
            isRequired: true
        )
        return fields + [confirm]
    }
}
