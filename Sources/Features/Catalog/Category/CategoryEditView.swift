import AdminKit
import Markup
import Support
import Web

/// What the page of one category shows, new or not.
struct CategoryEditModel {
    /// A category that is stored already.
    struct Stored {
        var category: Category
        /// The names above it with their ids, from the top down.
        var line: [(id: Int64, name: String)]
        var figures: CategoryFigures
        /// The first of those directly below it.
        var children: [CategoryTreeModel.Row]
        /// The first of its own products and those below it.
        var products: [ProductRow]
        var currency: String
        /// Newest first.
        var revisions: [ProductRevisionRow]
    }

    /// Nil for a new one.
    var stored: Stored?
    var fields: [FormField]
    /// Problems of no single field.
    var problems: [Problem] = []
    /// Somebody saved while this was being edited; then the stored version is the newer one.
    var isStale = false
    var canWrite: Bool
}

/// The page of one category: its form, what stands in it, where it goes, its history.
enum CategoryEditView {
    static func html(_ model: CategoryEditModel, in shell: Shell) -> HTML {
        Page(
            model.stored?.category.name ?? "New category",
            parent: Link("Categories", CatalogPath.categories.description),
            badge: model.stored.map { $0.category.isActive ? "" : StatusBadge("inactive", .neutral).html } ?? "",
            meta: model.stored.map(meta) ?? "",
            errors: ErrorSummary(model.fields, general: model.problems).html,
            content: """
                \(if: model.isStale, stale)
                \(model.canWrite ? form(model, shell) : values(model.fields))
                \(model.stored.map { sections($0, model, shell) })
                """
        ).html(in: shell)
    }

    private static let stale = Banner(
        .warning,
        "Another user changed this category meanwhile.",
        role: "alert",
        more: " Nothing of yours is saved yet. The form holds your values: look at the history below, and save again."
    ).html

    private static func meta(_ stored: CategoryEditModel.Stored) -> HTML {
        let category = stored.category
        let way = stored.line.dropLast().map { Link($0.name, CatalogPath.category($0.id).description).html }
        let above: HTML =
            way.isEmpty ? "At the top" : "In \(way.joined(separator: " <span aria-hidden=\"true\">›</span> "))"
        return """
            \(above) · ID \(category.id) · version \(category.version) · updated \(Time(category.updatedAt).html) · \
            \(Link("Show in the tree", tree(stored)).html)
            """
    }

    private static func tree(_ stored: CategoryEditModel.Stored) -> String {
        let ids = stored.category.line.map(String.init).joined(separator: ",")
        let id = stored.category.id
        return "\(CatalogPath.categories)?open=\(ids)&current=\(id)#category-\(id)"
    }

    private static func form(_ model: CategoryEditModel, _ shell: Shell) -> HTML {
        guard let stored = model.stored else {
            return Form(
                action: CatalogPath.newCategory.description,
                csrf: shell.csrf,
                fields: model.fields,
                submit: "Create category",
                cancel: Link("Cancel", CatalogPath.categories.description)
            ).html
        }
        let id = stored.category.id
        let delete = Link("Delete category…", CatalogPath.deleteCategory(id).description).button(.quietDanger)
        return Form(
            action: CatalogPath.category(id).description,
            csrf: shell.csrf,
            fields: model.fields,
            hidden: [Form.Hidden("version", String(stored.category.version))],
            submit: model.isStale ? "Save my values over theirs" : "Save changes",
            cancel: model.isStale ? Link("Discard mine, show theirs", CatalogPath.category(id).description) : nil,
            aside: "<span class=\"push\">\(delete)</span>"
        ).html
    }

    private static func values(_ fields: [FormField]) -> HTML {
        "<dl class=\"facts\">\(each: fields, { "<div><dt>\($0.label)</dt><dd>\(HTML.text($0.value))</dd></div>" })</dl>"
    }

    // MARK: Sections

    private static func sections(
        _ stored: CategoryEditModel.Stored,
        _ model: CategoryEditModel,
        _ shell: Shell
    ) -> HTML {
        """
        \(children(stored, model))
        \(products(stored))
        \(if: model.canWrite, place(stored, shell))
        \(history(stored, model, shell))
        """
    }

    private static func section(_ id: String, _ title: String, _ actions: HTML = "", _ content: HTML) -> HTML {
        """
        <section class="stack ruled" aria-labelledby="\(id)-title">
        <div class="section-head"><h2 id="\(id)-title">\(title)</h2>\
        \(if: actions != .empty, "<div class=\"actions\">\(actions)</div>")</div>
        \(content)
        </section>
        """
    }

    private static func children(_ stored: CategoryEditModel.Stored, _ model: CategoryEditModel) -> HTML {
        let id = stored.category.id
        let add: HTML =
            model.canWrite && stored.category.level < Category.mostLevels
            ? Link("Add a category here", "\(CatalogPath.newCategory)?parent=\(id)").button() : ""
        guard !stored.children.isEmpty else {
            return section("children", "Categories below", add, "<p class=\"quiet\">None.</p>")
        }
        let all = stored.figures.children
        let rest: HTML? =
            all > Int64(stored.children.count)
            ? "<p>\(Link("All \(Format.integer(all)) in the tree", tree(stored)).html)</p>" : nil
        let table = Table(
            "Categories below this one",
            columns: [
                Column("Name", style: "wide", isRowHeading: true) { row in
                    Link(row.category.name, CatalogPath.category(row.category.id).description).html
                },
                Column("State") { $0.category.isActive ? "active" : "inactive" },
                .number("Categories below") { HTML(escaping: Format.integer($0.figures.children)) },
                .number("Products") { HTML(escaping: Format.integer($0.figures.productsBelow)) },
            ],
            rows: stored.children
        ).html
        return section("children", "Categories below", add, "\(table)\(rest)")
    }

    private static func products(_ stored: CategoryEditModel.Stored) -> HTML {
        let figures = stored.figures
        let list = "\(CatalogPath.products)?category_id=\(stored.category.id)"
        guard figures.productsBelow > 0 else {
            return section("products", "Products", "", "<p class=\"quiet\">None.</p>")
        }
        let sum: HTML = """
            <p>\(Link(Format.count(figures.products, Noun("product", "products")), list).html) of its own\
            \(if: figures.productsBelow != figures.products, """
                , \(Link(Format.integer(figures.productsBelow), "\(list)&descendants=1").html) with those of the \
                categories below
                """).</p>
            """
        let table = Table(
            "The newest products",
            columns: [
                Column("SKU", style: "code") { HTML(escaping: $0.sku) },
                Column("Name", style: "wide", isRowHeading: true) {
                    Link($0.name, CatalogPath.product($0.id).description).html
                },
                Column("Status") { ProductStatusBadge.html($0.status) },
                .number("Price, \(stored.currency)") { .text($0.price.map(Format.decimal)) },
            ],
            rows: stored.products,
            style: "products"
        ).html
        return section("products", "Products", "", "\(sum)\(table)")
    }

    /// The ways to another place: by its path, in the tree, into another category.
    private static func place(_ stored: CategoryEditModel.Stored, _ shell: Shell) -> HTML {
        let category = stored.category
        let above = stored.line.dropLast().map(\.name).joined(separator: " > ")
        let open = category.line.dropLast().map(String.init).joined(separator: ",")
        let cut = "\(CatalogPath.categories)?cut=\(category.id)\(open.isEmpty ? "" : "&open=\(open)")"
        let form = Form(
            action: CatalogPath.moveCategory(category.id).description,
            csrf: shell.csrf,
            fields: [
                FormField(
                    "to",
                    "Belongs to",
                    value: above,
                    hint: "Names from the top down, like Wine > Red wine. Blank for the top.",
                    maxLength: 8000
                )
            ],
            submit: "Move category",
            style: .secondary
        ).html
        return section(
            "place",
            "Place",
            """
            \(Link("Choose a place in the tree", cut).button()) \
            \(Link("Merge into another…", CatalogPath.mergeCategory(category.id).description).button())
            """,
            form
        )
    }

    private static func history(
        _ stored: CategoryEditModel.Stored,
        _ model: CategoryEditModel,
        _ shell: Shell
    ) -> HTML {
        guard model.canWrite else { return ProductHistoryView.html(stored.revisions) }
        return ProductHistoryView.html(stored.revisions) { version in
            Form.button(
                "Restore version \(version)",
                action: CatalogPath.restoreCategory(stored.category.id).description,
                csrf: shell.csrf,
                hidden: [
                    Form.Hidden("version", String(version)), Form.Hidden("seen", String(stored.category.version)),
                ]
            )
        }
    }
}
