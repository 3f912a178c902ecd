package import AdminKit
package import Markup
import Support
import Web

/// What is about to be deleted.
package struct ProductDeleteModel: Sendable, Equatable {
    package enum Target: Sendable, Equatable {
        case one(id: Int64, sku: String, name: String)
        /// Everything that the list's filters match.
        case matching(ListState)
    }

    package var target: Target
    /// How many products that is now.
    package var count: Int
    /// Tells these products from any others; nil for one.
    package var seen: String?
    /// What was wrong with the number that was typed.
    package var error: String?

    package init(target: Target, count: Int, error: String? = nil) {
        self.target = target
        self.count = count
        self.error = error
    }
}

/// Asks before products are deleted.
package enum ProductDeleteView {
    package static func html(_ model: ProductDeleteModel, in shell: Shell) -> HTML {
        switch model.target {
        case .one(let id, let sku, let name):
            return ConfirmPage(
                "Delete this product?",
                parent: Link(name, CatalogPath.product(id).description),
                count: 1,
                noun: Noun("product", "products"),
                consequence: "The product leaves the catalogue at once. Its history stays.",
                details: """
                    <dl class="facts"><div><dt>SKU</dt><dd class="code">\(sku)</dd></div>\
                    <div><dt>Name</dt><dd>\(name)</dd></div></dl>
                    """,
                action: CatalogPath.deleteProduct(id).description
            ).html(in: shell)
        case .matching(let state):
            return many(model, state).html(in: shell)
        }
    }

    private static func many(_ model: ProductDeleteModel, _ state: ListState) -> ConfirmPage {
        let isNarrowed = labels.contains { !state[$0.name].isEmpty }
        return ConfirmPage(
            "Delete \(Format.count(model.count, Noun("product", "products")))?",
            parent: Link("Products", state.link([])),
            count: model.count,
            noun: Noun("product", "products"),
            consequence: !isNarrowed
                ? "No filter is set: this deletes every product of the catalogue."
                : "This deletes every product that matches the filters below.",
            details: """
                \(filterFacts(state))
                <p>It runs as a job that you can watch. If other products match before it starts, nothing is \
                deleted.</p>
                """,
            action: state.action(CatalogPath.deleteProducts.description),
            hidden: model.seen.map { [Form.Hidden("seen", $0)] } ?? [],
            error: model.error
        )
    }

    /// The filters in force, in words.
    static func filterFacts(_ state: ListState) -> HTML {
        let filters = labels.filter { !state[$0.name].isEmpty }
        guard !filters.isEmpty else { return .empty }
        return """
            <dl class="facts">\(each: filters, {
                "<div><dt>\($0.label)</dt><dd>\(shown($0.name, state[$0.name]))</dd></div>"
            })</dl>
            """
    }

    private static let labels: [(name: String, label: String)] = [
        ("q", "Search"), ("sku", "SKU begins with"), ("name", "Name has"), ("brand", "Brand has"),
        ("description", "Description has"), ("status", "Status"), ("group_key", "Group is"),
        ("inventory_quantity_min", "In stock, at least"), ("inventory_quantity_max", "In stock, at most"),
        ("synced", "Synchronised"), ("has", "Has"), ("lacks", "Lacks"), ("ids", "Chosen"),
    ]

    /// A filter's value in words.
    private static func shown(_ name: String, _ value: String) -> String {
        switch name {
        case "synced": value == "true" || value == "1" ? "Yes" : "No"
        case "has", "lacks":
            value.split(separator: ",").map { ProductFields.named(String($0))?.label ?? String($0) }
                .joined(separator: ", ")
        case "ids": Format.count(value.split(separator: ",").count, Noun("product", "products"))
        default: value
        }
    }
}
