import AdminKit
import Identity
import Markup
import Support
import Web

/// What can be done with the products that are ticked, or with all that the filters match. It comes into sight when a
/// box is ticked; it asks for an address, so nothing happens before the page behind it was confirmed.
enum ProductSelectionBar {
    /// The form's id; the boxes of the table belong to it.
    static let form = "selected-products"

    static func html(_ model: ProductListModel, _ shell: Shell) -> HTML {
        let filters = ProductListPages.filters.compactMap { name in
            model.state[name].isEmpty ? nil : Form.Hidden(name, model.state[name])
        }
        // What a job, a category or metafields leave is no filter of the pages behind this.
        let offersAll = model.job == nil && model.category == nil && model.metafields.inForce.isEmpty
        let canDelete = model.canWrite && shell.allows(.deleteProducts)
        return """
            <form class="bulk" id="\(form)" method="get" action="\(CatalogPath.selectedProducts.description)" \
            aria-label="Selected products">\(each: filters, \.html)
            <strong data-selected>Selected products</strong>
            \(if: offersAll, """
                <div class="check"><input type="checkbox" id="all-products" name="all" value="1">\
                <label for="all-products">All \(model.pagination.total.text) that match</label></div>
                """)
            <div class="actions">
            \(if: model.canWrite, button("status", "Set status…"))\
            \(button("export", "Export"))\
            \(if: canDelete, button("delete", "Delete…", .quietDanger))
            </div></form>
            """
    }

    private static func button(_ action: String, _ title: String, _ style: ButtonStyle = .secondary) -> HTML {
        "<button class=\"button small \(style.rawValue)\" name=\"action\" value=\"\(action)\">\(title)</button>\n"
    }
}
