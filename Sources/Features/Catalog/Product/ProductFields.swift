import ImportEngine
package import Records
import Support

/// All fields, in the order in which they are stored and exported: new ones at the end, because plans of imports know
/// fields by their positions. In which order people see them says `ProductSections`.
package enum ProductFields {
    package static let all: [ProductField] = first + texts + measures + stock + pages + variants + tree

    /// Those of the first catalogue.
    static let first: [ProductField] = [
        .text(
            "sku",
            "SKU",
            .identifier(max: 128),
            \.sku,
            hint: "Names the product in files, feeds and orders. Up to 128 characters; case makes no difference."
        ),
        .text("name", "Name", .text(max: 500, multiline: false), \.name),
        .searched("brand", "Brand", .text(max: 200, multiline: false), \.brand),
        .searched("description", "Description", .text(max: 100_000, multiline: true), \.description),
        .money("price", "Price", \.price),
        .money("compare_at_price", "Compare-at price", \.compareAtPrice),
        .searched(
            "upc",
            "UPC, EAN or GTIN",
            .gtin,
            \.upc,
            hint: "The number under the bar code: 8, 12, 13 or 14 digits."
        ),
        ProductField(
            record: RecordField(
                "status",
                "Status",
                .choice(Product.Status.allCases.map(\.rawValue)),
                isRequired: true,
                default: "active"
            ),
            read: { .text($0.status.rawValue) },
            write: { product, value in
                if case .text(let text) = value, let status = Product.Status(rawValue: text) { product.status = status }
            }
        ),
        .searched(
            "custom_attributes",
            "Custom attributes",
            .attributes,
            \.customAttributes,
            hint: "One a line, like Colour: red."
        ),
    ]

    private static let texts: [ProductField] = [
        .optional("short_description", "Short description", .text(max: 5000, multiline: true), \.shortDescription),
        .money("cost_price", "Cost price", \.costPrice),
        .optional("manufacturer", "Manufacturer", .text(max: 200, multiline: false), \.manufacturer),
        .optional(
            "manufacturer_part_number",
            "Manufacturer's part number",
            .identifier(max: 128),
            \.manufacturerPartNumber
        ),
    ]

    package static let weightUnits = MeasureUnits.weights
    package static let dimensionUnits = MeasureUnits.lengths

    private static let measures: [ProductField] = [
        .number("weight", "Weight", .decimal(scale: 6), \.weight),
        .optional("weight_unit", "Unit of weight", .choice(weightUnits), \.weightUnit),
        .number("length", "Length", .decimal(scale: 6), \.length),
        .number("width", "Width", .decimal(scale: 6), \.width),
        .number("height", "Height", .decimal(scale: 6), \.height),
        .optional("dimension_unit", "Unit of dimensions", .choice(dimensionUnits), \.dimensionUnit),
    ]

    /// Measures that say nothing without their unit.
    package static let units: [(unit: String, of: [String])] = [
        ("weight_unit", ["weight"]), ("dimension_unit", ["length", "width", "height"]),
    ]

    private static let stock: [ProductField] = [
        .number(
            "inventory_quantity",
            "In stock",
            .integer(-1_000_000_000...1_000_000_000),
            \.inventoryQuantity,
            hint: "May be less than 0, where more was sold than there was."
        ),
        .flag("inventory_tracked", "Stock is counted", \.inventoryTracked),
    ]

    private static let pages: [ProductField] = [
        .optional("seo_title", "Page title", .text(max: 255, multiline: false), \.seoTitle),
        .optional("seo_description", "Page description", .text(max: 500, multiline: true), \.seoDescription),
        .optional(
            "seo_handle",
            "Handle",
            .slug(max: 255),
            \.seoHandle,
            isUnique: true,
            hint: "The last part of the page's address: small letters a to z, digits and hyphens."
        ),
        .optional(
            "shopify_product_id",
            "Shopify product ID",
            .digits(prefix: "gid://shopify/Product/"),
            \.shopifyProductID
        ),
        .optional(
            "shopify_variant_id",
            "Shopify variant ID",
            .digits(prefix: "gid://shopify/ProductVariant/"),
            \.shopifyVariantID
        ),
    ]

    private static let variants: [ProductField] =
        [
            .optional(
                "group_key",
                "Group",
                .text(max: 255, multiline: false),
                \.groupKey,
                hint: "What the variants of one product share, such as a handle or the SKU of the parent."
            )
        ] + option(1, \.option1.name, \.option1.value) + option(2, \.option2.name, \.option2.value)
        + option(3, \.option3.name, \.option3.value)

    private static let tree: [ProductField] = [
        .number(
            "category_id",
            "Category",
            .reference(table: "category"),
            \.categoryID,
            hint: "Its names from the top down, like Wine > Red wine > Douro."
        )
    ]

    private static func option(
        _ number: Int,
        _ name: any WritableKeyPath<Product, String?> & Sendable,
        _ value: any WritableKeyPath<Product, String?> & Sendable
    ) -> [ProductField] {
        let kind = RecordKind.text(max: 255, multiline: false)
        return [
            .optional("option_\(number)_name", "Option \(number)", kind, name),
            .optional("option_\(number)_value", "Value of option \(number)", kind, value),
        ]
    }

    /// Products as the record and import engines know them.
    package static let table = RecordTable(
        "product",
        Noun("product", "products"),
        key: .folded("sku"),
        fields: all.map(\.record)
    )

    package static let searched: [RecordField] = table.fields.filter(\.isSearched)

    package static func named(_ name: String) -> ProductField? { all.first { $0.name.hasSameBytes(as: name) } }
}
