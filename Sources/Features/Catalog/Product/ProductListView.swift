package import AdminKit
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
    package var updatedAt: Timestamp

    package init(
        id: Int64,
        sku: String,
        name: String,
        brand: String? = nil,
        price: String?,
        status: String,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.sku = sku
        self.name = name
        self.brand = brand
        self.price = price
        self.status = status
        self.updatedAt = updatedAt
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
    /// Whether there is any product at all, whatever the filters say.
    package var catalogueIsEmpty: Bool
    /// The filter that is too much to look for, if any; then nothing was.
    package var problem: Problem?

    package init(
        state: ListState,
        rows: [ProductRow],
        pagination: Pagination,
        currency: String,
        canWrite: Bool,
        job: FormField.Choice? = nil,
        catalogueIsEmpty: Bool,
        problem: Problem? = nil
    ) {
        self.state = state
        self.rows = rows
        self.pagination = pagination
        self.currency = currency
        self.canWrite = canWrite
        self.job = job
        self.catalogueIsEmpty = catalogueIsEmpty
        self.problem = problem
    }
}

/// The list of products: search, filters, order, pages, and the way to delete all that match.
package enum ProductListView {
    package static func html(_ model: ProductListModel, in shell: Shell) -> HTML {
        Page(
            "Products",
            actions: model.catalogueIsEmpty ? "" : actions(model),
            content: model.catalogueIsEmpty ? nothingYet(model) : list(model)
        ).html(in: shell)
    }

    private static func actions(_ model: ProductListModel) -> HTML {
        """
        \(if: !model.rows.isEmpty, export(model)) \
        \(if: model.canWrite, """
            \(Link("Import", CatalogPath.imports.description).button()) \
            \(Link("New product", CatalogPath.newProduct.description).button(.primary, key: "n"))
            """)
        """
    }

    /// The list as it stands here, with its filters and in its order, as a file.
    private static func export(_ model: ProductListModel) -> HTML {
        var list = model.state
        list.path = CatalogPath.exportProducts.description
        let total = model.pagination.total
        return Link("Export \(total.text) \(total.isOne ? "product" : "products")", list.link([])).button()
    }

    private static func list(_ model: ProductListModel) -> HTML {
        let filters = filterBar(model)
        if model.problem != nil { return "\(filters.html)\(nothingSearched(model.state))" }
        guard !model.rows.isEmpty else { return "\(filters.html)\(nothingFound(model.state))" }
        return """
            \(filters.html)
            \(table(model))
            \(model.pagination.html)
            \(if: model.canWrite && model.job == nil, deleteAll(model, isNarrowed: filters.isNarrowed))
            """
    }

    private static func nothingYet(_ model: ProductListModel) -> HTML {
        EmptyState(
            "No products yet",
            "Import a file to fill the catalogue, or create the first product by hand.",
            action: model.canWrite
                ? """
                \(Link("New product", CatalogPath.newProduct.description).button()) \
                \(Link("Import a file", CatalogPath.imports.description).button(.primary))
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

    private static func table(_ model: ProductListModel) -> HTML {
        // A full-text search comes in the order of ids only.
        let sorts = model.state["q"].isEmpty
        return Table(
            "Products",
            columns: [
                Column("SKU", sortKey: sorts ? "sku" : nil, style: "code") { HTML(escaping: $0.sku) },
                Column("Name", sortKey: sorts ? "name" : nil, style: "wide", isRowHeading: true) {
                    Link($0.name, CatalogPath.product($0.id).description).html
                },
                Column("Brand") { .text($0.brand) },
                Column("Status") { ProductStatusBadge.html($0.status) },
                .number("Price, \(model.currency)", sortKey: sorts ? "price" : nil) {
                    .text($0.price.map(Format.decimal))
                },
                Column("Updated", sortKey: sorts ? "updated_at" : nil, style: "nowrap") { Time($0.updatedAt).html },
                .number("ID", sortKey: "id") { "\($0.id)" },
            ],
            rows: model.rows,
            style: "products",
            state: model.state
        ).html
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
        return FilterBar(
            state: state,
            search: text("q", "Search products", .search),
            fields: [FormField("status", "Status", .select(statuses), value: state["status"])] + ofJob,
            more: [
                text("sku", "SKU begins with"), text("name", "Name has"), text("brand", "Brand has"),
                text("description", "Description has"),
            ],
            sorts: state["q"].isEmpty ? sorts : Array(sorts.prefix(2))
        )
    }

    private static let statuses: [FormField.Choice] = [
        .init("", "All"), .init("active", "Active"), .init("draft", "Draft"), .init("archived", "Archived"),
    ]

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
