import AdminKit
import Markup
import Support
import Web

/// The table of the list of products: boxes to tick, and cells that the script lets people change in place.
enum ProductTable {
    static func html(_ model: ProductListModel) -> HTML {
        let edits = model.canWrite
        return Table(
            "Products",
            columns: [box] + columns(model, edits),
            rows: model.rows,
            style: "products",
            state: model.state,
            rowAttributes: { row in
                edits ? " data-id=\"\(row.id)\" data-tag=\"\(row.entityTag)\" data-name=\"\(row.name)\"" : ""
            }
        ).html
    }

    private static var box: Column<ProductRow> {
        Column("Select", style: "select") { row in
            """
            <input type="checkbox" name="id" value="\(row.id)" form="\(ProductSelectionBar.form)" \
            aria-label="Select \(row.name)">
            """
        }
    }

    private static func columns(_ model: ProductListModel, _ edits: Bool) -> [Column<ProductRow>] {
        // A full-text search comes in the order of ids only.
        let sorts = model.state["q"].isEmpty
        func cell(_ field: String, _ value: String, _ shown: HTML) -> HTML {
            edits ? "<span class=\"cell\" data-edit=\"\(field)\" data-value=\"\(value)\">\(shown)</span>" : shown
        }
        return [
            Column("SKU", sortKey: sorts ? "sku" : nil, style: "code") { HTML(escaping: $0.sku) },
            Column("Name", sortKey: sorts ? "name" : nil, style: "wide", isRowHeading: true) { row in
                let link = Link(row.name, CatalogPath.product(row.id).description).html
                let thumb = Thumb.html(row.name, picture: row.picture)
                return "<span class=\"with-thumb\">\(thumb)\(cell("name", row.name, link))</span>"
            },
            Column("Brand", style: "maker") { .text($0.brand) },
            Column("Status", style: "status") { cell("status", $0.status, ProductStatusBadge.html($0.status)) },
            .number("Price, \(model.currency)", sortKey: sorts ? "price" : nil) { row in
                cell("price", row.price ?? "", .text(row.price.map(Format.decimal)))
            },
            .number("Stock") { row in
                let stock = row.stock.map { String($0) }
                return cell("inventory_quantity", stock ?? "", .text(row.stock.map { Format.integer($0) }))
            }.givingWay(2),
            Column("Updated", sortKey: sorts ? "updated_at" : nil, style: "nowrap time") { Time($0.updatedAt).html }
                .givingWay(3),
            .number("ID", sortKey: "id") { "\($0.id)" }.givingWay(4),
        ]
    }
}
