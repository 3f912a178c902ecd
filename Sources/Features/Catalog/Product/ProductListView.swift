package import AdminKit
import Identity
import ImportKit
package import Markup
package import Support
package import Web

/// One product as a line of the list.
package struct ProductRow: Sendable, Equatable {
    package var id: Int64
    package var sku: String
    package var name: String
    package var brand: String?
    /// A decimal with exactly the currency's decimals; nil when it has no price.
    package var price: String?
    /// active, draft or archived.
    package var status: String
    /// How many there are; nil when that is not known.
    package var stock: Int64?
    package var updatedAt: Timestamp
    /// What it takes to change it: see `Product.entityTag`.
    package var entityTag: String
    /// The path of the picture that stands for it, if any.
    package var picture: String?

    package init(
        id: Int64,
        sku: String,
        name: String,
        brand: String? = nil,
        price: String?,
        status: String,
        stock: Int64? = nil,
        updatedAt: Timestamp,
        entityTag: String = ""
    ) {
        self.id = id
        self.sku = sku
        self.name = name
        self.brand = brand
        self.price = price
        self.status = status
        self.stock = stock
        self.updatedAt = updatedAt
        self.entityTag = entityTag
    }
}

/// What the list of products shows.
package struct ProductListModel: Sendable, Equatable {
    /// The list's address and its query: `q`, `sku`, `name`, `brand`, `description`, `status`, `sort`.
    package var state: ListState
    package var rows: [ProductRow]
    package var pagination: Pagination
    /// The shop's currency, e.g. EUR.
    package var currency: String
    /// Whether the user may create and delete.
    package var canWrite: Bool
    /// The job whose products these are, if any: its public id and its name.
    package var job: FormField.Choice?
    /// The category whose products these are, if any: its id and its name.
    package var category: FormField.Choice?
    /// Whether there is any product at all, whatever the filters say.
    package var catalogueIsEmpty: Bool
    /// The filter that is too much to look for, if any; then nothing was.
    package var problem: Problem?
    /// Some of the SKUs that several products have; none in a healthy catalogue.
    package var sharedSKUs: [String]
    /// Filters by metafields.
    package var metafields: MetafieldListFilters
    /// The views that the user has saved.
    var views: SavedViewBar?
    /// How the products divide, where the address asks for it.
    var facets: ProductFacets?

    package init(
        state: ListState,
        rows: [ProductRow],
        pagination: Pagination,
        currency: String,
        canWrite: Bool,
        job: FormField.Choice? = nil,
        category: FormField.Choice? = nil,
        catalogueIsEmpty: Bool,
        problem: Problem? = nil,
        sharedSKUs: [String] = [],
        metafields: MetafieldListFilters = MetafieldListFilters(),
        views: SavedViewBar? = nil,
        facets: ProductFacets? = nil
    ) {
        self.state = state
        self.rows = rows
        self.pagination = pagination
        self.currency = currency
        self.canWrite = canWrite
        self.job = job
        self.category = category
        self.catalogueIsEmpty = catalogueIsEmpty
        self.problem = problem
        self.sharedSKUs = sharedSKUs
        self.metafields = metafields
        self.facets = facets
        self.views = views
    }
}

/// The list of products: search, filters, order, pages, and the way to delete all that match.
package enum ProductListView {
    package static func html(_ model: ProductListModel, in shell: Shell) -> HTML {
        Page(
            "Products",
            actions: model.catalogueIsEmpty ? "" : actions(model),
            content: """
                \(DuplicateSKUView.banner(model.sharedSKUs, canResolve: shell.allows(.deleteProducts)))
                \(model.catalogueIsEmpty ? nil : model.views?.html)
                \(model.catalogueIsEmpty ? nothingYet(model) : list(model, shell))
                """
        ).html(in: shell)
    }

    private static func actions(_ model: ProductListModel) -> HTML {
        """
        \(if: !model.rows.isEmpty, export(model)) \
        \(if: model.canWrite, """
            \(Link("Import", ImportPath.imports.description).button()) \
            \(Link("New product", CatalogPath.newProduct.description).button(.primary, key: "n"))
            """)
        """
    }

    /// The list as it stands here, with its filters and in its order, as a file: as CSV with the mark by which
    /// spreadsheets know UTF-8, and as a workbook.
    private static func export(_ model: ProductListModel) -> HTML {
        var text = model.state
        text.path = CatalogPath.exportProducts.description
        var workbook = model.state
        workbook.path = CatalogPath.exportWorkbook.description
        let total = model.pagination.total
        let name = "Export \(total.text) \(total.isOne ? "product" : "products")"
        return """
            \(Link(name, text.link([(ProductExport.markParameter, "1")])).button()) \
            \(Link("Export as Excel", workbook.link([])).button())
            """
    }

    private static func list(_ model: ProductListModel, _ shell: Shell) -> HTML {
        let filters = filterBar(model)
        if model.problem != nil { return "\(filters.html)\(nothingSearched(model.state))" }
        guard !model.rows.isEmpty else { return "\(filters.html)\(nothingFound(model.state))" }
        let canDelete = model.canWrite && model.job == nil && model.category == nil && model.metafields.inForce.isEmpty
        return """
            \(filters.html)
            \(ProductFacetView.html(model.facets, model.state))
            <div class="selectable stack">
            \(ProductTable.html(model))
            \(ProductSelectionBar.html(model, shell))
            </div>
            \(model.pagination.html)
            \(if: canDelete, deleteAll(model, isNarrowed: filters.isNarrowed))
            """
    }

    private static func nothingYet(_ model: ProductListModel) -> HTML {
        EmptyState(
            "No products yet",
            "Import a file to fill the catalogue, or create the first product by hand.",
            action: model.canWrite
                ? """
                \(Link("New product", CatalogPath.newProduct.description).button()) \
                \(Link("Import a file", ImportPath.imports.description).button(.primary))
                """ : ""
        ).html
    }

    private static func nothingFound(_ state: ListState) -> HTML {
        EmptyState(
            "No product matches",
            "Every word must be found, each at the beginning of a word. Try fewer words, or clear the filters.",
            action: Link("Clear all filters", state.path).button()
        ).html
    }

    private static func nothingSearched(_ state: ListState) -> HTML {
        EmptyState(
            "Nothing was searched",
            "A filter above holds too much. Shorten it, or clear the filters.",
            action: Link("Clear all filters", state.path).button()
        ).html
    }

    private static func deleteAll(_ model: ProductListModel, isNarrowed: Bool) -> HTML {
        let what: String
        if model.pagination.total.isOne {
            what = "Delete this product…"
        } else if isNarrowed {
            what = "Delete all \(model.pagination.total.text) products that match…"
        } else {
            what = "Delete all \(model.pagination.total.text) products…"
        }
        let path = model.state.action(CatalogPath.deleteProducts.description)
        return "<p>\(Link(what, path).button(.quietDanger))</p>"
    }

    private static func filterBar(_ model: ProductListModel) -> FilterBar {
        let state = model.state
        func text(_ name: String, _ label: String, _ kind: FormField.Kind = .text()) -> FormField {
            let error = model.problem.flatMap { $0.field == name ? $0.detail : nil }
            return FormField(name, label, kind, value: state[name], error: error, maxLength: ProductFilter.maxText)
        }
        let ofJob: [FormField] =
            model.job.map { job in
                [
                    FormField("job", "Job", .select([.init("", "Any"), job]), value: job.value),
                    FormField("change", "Change", .select(changes), value: state["change"]),
                ]
            } ?? []
        let ofIDs: [FormField] = {
            let ids = state["ids"]
            guard !ids.isEmpty else { return [] }
            let count = ids.split(separator: ",").count
            let chosen = FormField.Choice(ids, Format.count(count, Noun("product", "products")))
            return [FormField("ids", "Chosen", .select([.init("", "Any"), chosen]), value: ids)]
        }()
        let ofCategory: [FormField] =
            model.category.map { category in
                let below = FormField.Choice("1", "With those below")
                return [
                    FormField("category_id", "Category", .select([.init("", "Any"), category]), value: category.value),
                    FormField(
                        "descendants",
                        "Categories below",
                        .select([.init("", "Without"), below]),
                        value: state["descendants"]
                    ),
                ].filter { category.value != "0" || $0.name == "category_id" }
            } ?? []
        return FilterBar(
            state: state,
            search: text("q", "Search products", .search),
            fields: [FormField("status", "Status", .select(statuses), value: state["status"])] + ofIDs + ofCategory
                + ofJob,
            more: [
                text("sku", "SKU begins with"), text("name", "Name has"), text("brand", "Brand has"),
                text("description", "Description has"), text("group_key", "Group is"),
                FormField(
                    "inventory_quantity_min",
                    "In stock, at least",
                    .wholeNumber,
                    value: state["inventory_quantity_min"]
                ),
                FormField(
                    "inventory_quantity_max",
                    "In stock, at most",
                    .wholeNumber,
                    value: state["inventory_quantity_max"]
                ),
                FormField("synced", "Synchronised", .select(synced), value: state["synced"]),
                FormField("has", "Has", .select(optional + model.metafields.names), value: state["has"]),
                FormField("lacks", "Lacks", .select(optional + model.metafields.names), value: state["lacks"]),
            ] + model.metafields.inForce,
            sorts: state["q"].isEmpty ? sorts : Array(sorts.prefix(2))
        )
    }

    private static let statuses: [FormField.Choice] = [
        .init("", "All"), .init("active", "Active"), .init("draft", "Draft"), .init("archived", "Archived"),
        .init("deleted", "Deleted"),
    ]

    private static let synced: [FormField.Choice] = [.init("", "Any"), .init("true", "Yes"), .init("false", "No")]

    /// Fields that may be empty.
    private static let optional =
        [FormField.Choice("", "Any")]
        + ProductSection.fields.filter { !$0.isRequired }.map { FormField.Choice($0.name, $0.label) }

    private static let changes: [FormField.Choice] = [
        .init("", "Any"), .init("created", "Created"), .init("updated", "Updated"), .init("restored", "Restored"),
        .init("created,updated", "Created or updated"),
    ]

    private static let sorts: [FormField.Choice] = [
        .init("-id", "Newest first"), .init("id", "Oldest first"),
        .init("sku", "SKU, A–Z"), .init("-sku", "SKU, Z–A"),
        .init("name", "Name, A–Z"), .init("-name", "Name, Z–A"), .init("price", "Price, low first"),
        .init("-price", "Price, high first"), .init("-updated_at", "Updated last"),
        .init("updated_at", "Updated first"),
    ]
}

/// The states of a product in a word with a colour.
package enum ProductStatusBadge {
    package static func html(_ status: String) -> HTML {
        let tone: Tone =
            switch status {
            case "active": .success
            case "draft": .info
            default: .neutral
            }
        return StatusBadge(word(status), tone).html
    }

    /// The word that people read; a state that is not known here says its own name.
    static func word(_ status: String) -> String {
        words[status] ?? status
    }

    private static let words = ["active": "Active", "draft": "Draft", "archived": "Archived"]
}
