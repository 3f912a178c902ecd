package import ImportEngine

extension BuiltInProfiles {
    /// The files of well-known shop programs.
    package static let products = BuiltInProfiles([
        // help.shopify.com, "Using CSV files to import and export products"; the header of exports before 2024.
        entry(
            "Shopify (until 2024)",
            signature: ["Handle", "Title", "Body (HTML)", "Vendor", "Variant SKU", "Variant Price"],
            parts: ["Variant SKU", "Variant Price", "Option1 Value"].map { ["Handle", $0] },
            [
                ("Handle", "continues"), ("Title", "name"), ("Body (HTML)", "description"), ("Vendor", "brand"),
                ("Variant SKU", "sku"), ("Variant Price", "price"), ("Variant Compare At Price", "compare_at_price"),
                ("Variant Barcode", "upc"), ("Status", "status"), ("Published", "published"),
                ("Option1 Value", "option"), ("Option2 Value", "option"), ("Option3 Value", "option"),
                ("Variant Grams", "weight"), ("Variant Inventory Qty", "inventory_quantity"),
                ("Cost per item", "cost_price"), ("Google Shopping / MPN", "manufacturer_part_number"),
                // In which unit the shop shows what stands in grams.
                ("Variant Weight Unit", ""),
            ] + shopify
        ),
        // The header of the product CSV template since 2024.
        entry(
            "Shopify",
            signature: ["URL handle", "Title", "Description", "Vendor", "SKU", "Price"],
            parts: ["SKU", "Price", "Option1 value"].map { ["URL handle", $0] },
            [
                ("URL handle", "continues"), ("Title", "name"), ("Description", "description"), ("Vendor", "brand"),
                ("SKU", "sku"), ("Price", "price"), ("Compare-at price", "compare_at_price"), ("Barcode", "upc"),
                ("Status", "status"), ("Published on online store", "published"),
                ("Option1 value", "option"), ("Option2 value", "option"), ("Option3 value", "option"),
                ("Weight value (grams)", "weight"), ("Weight unit for display", ""), ("Cost per item", "cost_price"),
                ("Inventory quantity", "inventory_quantity"),
                ("Google Shopping / MPN", "manufacturer_part_number"),
            ] + shopify
        ),
        // WooCommerce's own product export, which writes its columns in the language of the shop.
        entry(
            "WooCommerce",
            signature: ["SKU", "Name", "Published", "Visibility in catalog", "Regular price"],
            parts: WooCommerceColumns.parts,
            WooCommerceColumns.all
        ),
        // Wix Stores, "Export products", of its first catalogue: a row of the kind Variant names its product by the
        // handle, and costs as much more than that as its surcharge says.
        entry(
            "Wix",
            signature: ["handleId", "fieldType", "name", "productImageUrl", "sku"],
            parts: [["handleId", "fieldType"]],
            [
                ("handleId", "continues"), ("name", "name"), ("description", "description"), ("sku", "sku"),
                ("price", "price"), ("surcharge", "surcharge"), ("brand", "brand"), ("visible", "published"),
            ] + (1...6).map { ("productOptionDescription\($0)", "option") }
        ),
        // The same of its catalogue since 2022 (V3), in which each variant has a price of its own.
        entry(
            "Wix (V3)",
            signature: ["handle", "fieldType", "name", "plainDescription", "strikethroughPrice", "sku"],
            parts: [["handle", "fieldType"]],
            [
                ("handle", "continues"), ("name", "name"), ("plainDescription", "description"), ("sku", "sku"),
                ("price", "price"), ("strikethroughPrice", "compare_at_price"), ("barcode", "upc"),
                ("brand", "brand"), ("visible", "published"),
            ] + (1...6).map { ("productOptionChoices\($0)", "option") }
        ),
        // Etsy, "Download listings": most have no SKU.
        entry(
            "Etsy",
            signature: ["TITLE", "DESCRIPTION", "PRICE", "CURRENCY_CODE", "QUANTITY", "TAGS"],
            [
                ("TITLE", "name"), ("DESCRIPTION", "description"), ("PRICE", "price"), ("SKU", "sku"),
                ("QUANTITY", "inventory_quantity"),
            ]
        ),
        // Magento 2 (Adobe Commerce), System > Export > Products: rows with a store view translate the product above.
        entry(
            "Magento",
            signature: ["sku", "store_view_code", "product_type", "name"],
            [
                ("sku", "sku"), ("store_view_code", "store_view"), ("name", "name"), ("description", "description"),
                ("price", "price"), ("product_online", "published"), ("special_price", "sale_price"),
                ("short_description", "short_description"), ("url_key", "seo_handle"), ("meta_title", "seo_title"),
                ("meta_description", "seo_description"), ("qty", "inventory_quantity"),
            ]
        ),
        // PrestaShop, whose sample files call the brand Manufacturer.
        entry(
            "PrestaShop",
            signature: ["Product ID", "Active (0/1)", "Name *", "Reference #", "Manufacturer"],
            [
                ("Active (0/1)", "active"), ("Name *", "name"), ("Reference #", "sku"), ("Manufacturer", "brand"),
                ("Price tax included", "price"), ("EAN13", "upc"), ("UPC", "upc"), ("Quantity", "inventory_quantity"),
                ("Summary", "short_description"), ("Description", "description"), ("Wholesale price", "cost_price"),
                ("Meta title", "seo_title"), ("Meta description", "seo_description"), ("URL rewritten", "seo_handle"),
            ]
        ),
        // Magento 1, whose rows of further pictures and categories have no SKU either.
        entry(
            "Magento 1",
            signature: ["sku", "_store", "_attribute_set", "_type", "name"],
            [
                ("sku", "sku"), ("_store", "store_view"), ("name", "name"), ("description", "description"),
                ("price", "price"), ("status", "published"),
            ]
        ),
    ])

    /// What both headers of Shopify call the same.
    private static let shopify = [
        ("SEO Title", "seo_title"), ("SEO Description", "seo_description"), ("Option1 Name", "option_1_name"),
        ("Option2 Name", "option_2_name"), ("Option3 Name", "option_3_name"),
    ]

    private static func entry(
        _ name: String,
        signature: [String],
        parts: [[String]] = [],
        _ columns: [(String, String)]
    ) -> Entry {
        Entry(name, of: .products, signature: signature, parts: parts, columns)
    }
}
