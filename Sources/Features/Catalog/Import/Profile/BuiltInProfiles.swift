import Support
import Tables

/// The files of well-known shop programs. Each is recognised by columns that only it has together.
package enum BuiltInProfiles {
    package struct Entry: Sendable {
        package let profile: ImportProfile
        /// All of these stand in its header.
        package let signature: [String]

        init(_ name: String, signature: [String], _ columns: [(String, String)]) {
            self.signature = signature
            profile = ImportProfile(
                name: name,
                mapping: ImportMapping(
                    columns.map { ImportMapping.Column($0.0, ImportMapping.Target(name: $0.1) ?? .nothing) }
                )
            )
        }
    }

    package static let all: [Entry] = [
        // help.shopify.com, "Using CSV files to import and export products"; the header of exports before 2024.
        Entry(
            "Shopify (until 2024)",
            signature: ["Handle", "Title", "Body (HTML)", "Vendor", "Variant SKU", "Variant Price"],
            [
                ("Handle", "continues"), ("Title", "name"), ("Body (HTML)", "description"), ("Vendor", "brand"),
                ("Variant SKU", "sku"), ("Variant Price", "price"), ("Variant Compare At Price", "compare_at_price"),
                ("Variant Barcode", "upc"), ("Status", "status"), ("Published", "published"),
            ]
        ),
        // The header of the product CSV template since 2024.
        Entry(
            "Shopify",
            signature: ["URL handle", "Title", "Description", "Vendor", "SKU", "Price"],
            [
                ("URL handle", "continues"), ("Title", "name"), ("Description", "description"), ("Vendor", "brand"),
                ("SKU", "sku"), ("Price", "price"), ("Compare-at price", "compare_at_price"), ("Barcode", "upc"),
                ("Status", "status"), ("Published on online store", "published"),
            ]
        ),
        // WooCommerce's own product export; it writes its columns in the language of the shop, this is the English one.
        Entry(
            "WooCommerce",
            signature: ["SKU", "Name", "Published", "Visibility in catalog", "Regular price"],
            [
                ("SKU", "sku"), ("Name", "name"), ("Description", "description"), ("Regular price", "price"),
                ("Published", "published"), ("GTIN, UPC, EAN, or ISBN", "upc"), ("Brands", "brand"),
            ]
        ),
    ]

    /// The one that a header fits.
    package static func recognised(_ headers: [String]) -> ImportProfile? {
        let keys = Set(headers.map { ByteText(HeaderNames.normalised($0)) })
        return all.first { $0.signature.allSatisfy { keys.contains(ByteText(HeaderNames.normalised($0))) } }?.profile
    }

    package static func named(_ name: String) -> ImportProfile? {
        let key = ImportProfile.nameKey(name)
        return all.first { ImportProfile.nameKey($0.profile.name) == key }?.profile
    }
}
