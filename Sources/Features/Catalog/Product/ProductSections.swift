import Records

/// A part of a product's page: fields under a heading.
package struct ProductSection: Sendable {
    package let title: String
    /// Names of fields, in the order in which people see them.
    package let names: [String]
    /// Whether it stands beside the others where there is room.
    package let isAside: Bool
    /// Fields side by side.
    package let columns: Int

    /// Together they hold each field of the table once.
    package static let all: [ProductSection] = [
        section("Basics", ["name", "brand", "short_description", "description"]),
        section("Search engines", ["seo_title", "seo_description", "seo_handle"]),
        section(
            "Variant",
            ["group_key"] + (1...3).flatMap { ["option_\($0)_name", "option_\($0)_value"] },
            columns: 2
        ),
        section("Attributes", ["custom_attributes"]),
        section("Status", ["status", "category_id"], isAside: true),
        section("Prices", ["price", "compare_at_price", "cost_price"], isAside: true),
        section("Stock", ["inventory_quantity", "inventory_tracked"], isAside: true, columns: 2),
        section(
            "Identifiers",
            [
                "sku", "upc", "manufacturer", "manufacturer_part_number", "shopify_product_id", "shopify_variant_id",
            ],
            isAside: true
        ),
        section(
            "Size and weight",
            ["weight", "weight_unit", "length", "width", "height", "dimension_unit"],
            isAside: true,
            columns: 2
        ),
    ]

    private static func section(
        _ title: String,
        _ names: [String],
        isAside: Bool = false,
        columns: Int = 1
    ) -> ProductSection {
        ProductSection(title: title, names: names, isAside: isAside, columns: columns)
    }

    /// The fields of the table in the order of the sections.
    static let fields: [ProductField] = all.flatMap(\.names).compactMap(ProductFields.named)
}
