import AdminKit
import Markup
import Support
import Web

/// The other variants of a product's group.
package struct ProductSiblings: Sendable, Equatable {
    package struct Row: Sendable, Equatable {
        package var product: ProductRow
        /// What its options say: `M / red`.
        package var options: String

        package init(product: ProductRow, options: String) {
            self.product = product
            self.options = options
        }
    }

    /// What they share.
    package var group: String
    package var rows: [Row]
    /// Whether there are more than the rows.
    package var hasMore: Bool
    /// The shop's currency, e.g. EUR.
    package var currency: String

    package init(group: String, rows: [Row], hasMore: Bool = false, currency: String) {
        self.group = group
        self.rows = rows
        self.hasMore = hasMore
        self.currency = currency
    }

    /// How many are shown.
    static let most = 50
}

/// The table of them on a product's page.
enum ProductSiblingsView {
    static func html(_ siblings: ProductSiblings) -> HTML {
        let list = CatalogPath.products.description
        let all = Link("Show the whole group as a list", "\(list)?group_key=\(siblings.group.percentEncoded)")
        return """
            <section class="stack ruled" aria-labelledby="siblings-title">
            <h2 id="siblings-title">Other variants</h2>
            \(Table(
                "Other products of the group \(siblings.group)",
                columns: [
                    Column("SKU", style: "code") { HTML(escaping: $0.product.sku) },
                    Column("Name", isRowHeading: true) {
                        Link($0.product.name, CatalogPath.product($0.product.id).description).html
                    },
                    Column("Options") { .text($0.options) },
                    Column("Status") { ProductStatusBadge.html($0.product.status) },
                    .number("Price, \(siblings.currency)") { .text($0.product.price.map(Format.decimal)) },
                ],
                rows: siblings.rows,
                style: "siblings"
            ).html)
            <p>\(all.html)\(if: siblings.hasMore, " There are more than the \(siblings.rows.count) above.")</p>
            </section>
            """
    }
}
