import AdminKit
import Markup
import Support
import Web

/// The divisions of a list as links that narrow it.
enum ProductFacetView {
    /// The parameter that asks for them.
    static let parameter = "facets"

    static func html(_ facets: ProductFacets?, _ state: ListState) -> HTML {
        guard let facets else {
            return "<p>\(Link("Count by status, brand and category", state.link([(parameter, "1")])).html)</p>"
        }
        return """
            <section class="stack" aria-labelledby="facets-title">
            <h2 id="facets-title" class="visually-hidden">How the products divide</h2>
            <dl class="facts">
            \(group("Status", facets.statuses, state) { [("status", $0.value)] })
            \(group("Brand", facets.brands, state) { $0.value.map { [("brand", $0)] } ?? [("lacks", "brand")] })
            \(group("Category", facets.categories, state) { [("category_id", $0.value ?? "0"), ("descendants", nil)] })
            </dl>
            <p>\(Link("Hide the counts", state.link([(parameter, nil)])).html)</p>
            </section>
            """
    }

    private static func group(
        _ title: String,
        _ counts: [ProductFacets.Count],
        _ state: ListState,
        _ change: @escaping (ProductFacets.Count) -> [(name: String, value: String?)]
    ) -> HTML {
        let shown = counts.filter { $0.count > 0 }
        return """
            <div><dt>\(title)</dt><dd>\(each: shown, { facet in
                "\(Link(facet.label, state.link(change(facet))).html)\u{A0}<span>\(Format.integer(facet.count))</span> "
            })\(if: shown.isEmpty, "<span class=\"quiet\">Nothing matches</span>")</dd></div>
            """
    }
}
