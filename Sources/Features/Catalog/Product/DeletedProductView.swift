import AdminKit
import Identity
import Markup
import Support
import Web

/// Products that were deleted: the list of them, and what is left of one.
enum DeletedProductView {
    static func list(_ products: [DeletedProduct], _ pagination: Pagination, in shell: Shell) -> HTML {
        Page(
            "Deleted products",
            parent: Link("Products", CatalogPath.products.description),
            content: products.isEmpty
                ? EmptyState(
                    "No deleted products",
                    "A product that is deleted stands here as long as its history is kept, and can be put back.",
                    action: Link("All products", CatalogPath.products.description).button()
                ).html
                : "\(table(products, shell))\(pagination.html)"
        ).html(in: shell)
    }

    private static func table(_ products: [DeletedProduct], _ shell: Shell) -> HTML {
        let back = Column<DeletedProduct>("Way back") { product in
            product.wayBack("Put back", shell.csrf)
        }
        return Table(
            "Deleted products",
            columns: [
                Column("SKU", style: "code") { HTML(escaping: $0.sku) },
                Column("Name", style: "wide", isRowHeading: true) { product in
                    """
                    <span class="with-thumb">\(Thumb.html(product.name))\
                    \(Link(product.name, CatalogPath.product(product.id).description).html)</span>
                    """
                },
                Column("Deleted by", style: "maker") { product in
                    "\(product.actor)\(product.job.map { "<span class=\"row-note\">\($0.html)</span>" })"
                },
                Column("Deleted", style: "nowrap time") { Time($0.at).html },
            ] + (shell.allows(.writeProducts) ? [back] : []),
            rows: products,
            style: "products"
        ).html
    }

    static func html(_ product: DeletedProduct, in shell: Shell) -> HTML {
        Page(
            product.name,
            parent: Link("Products", CatalogPath.products.description),
            badge: StatusBadge("Deleted", .danger).html,
            meta: "ID \(product.id) · version \(product.version)",
            actions: shell.allows(.writeProducts) ? product.wayBack("Put back", shell.csrf, style: .primary) : "",
            content: """
                \(Banner(
                    .warning,
                    "This product was deleted.",
                    more: """
                         \(product.actor) deleted it on \(Time(product.at).html)\
                        \(product.job.map { " in \($0.html)" }). What it held is kept with its history.
                        """
                ).html)
                <section class="stack"><h2>What it held</h2>
                <dl class="facts">\(each: product.fields, {
                    "<div><dt>\($0.label)</dt><dd class=\"value\">\($0.text)</dd></div>"
                })</dl></section>
                <p>\(Link("All deleted products", CatalogPath.deletedProducts.description).html)</p>
                """
        ).html(in: shell)
    }
}
