import Support
import Tables

/// Other names under which files carry our fields. They count only where no column has the field's own name and no
/// mapping says otherwise, and only when one column alone answers to them.
package enum HeaderSynonyms {
    package struct Entry: Sendable {
        package let target: ImportMapping.Target
        /// As people write them; compared as `HeaderNames` has it.
        package let names: [String]

        init(_ target: ImportMapping.Target, _ names: [String]) {
            self.target = target
            self.names = names
        }
    }

    /// Which name stands for what: no name twice.
    package static let all: [Entry] = [
        Entry(
            .field("sku"),
            [
                "Variant SKU", "Product SKU", "Seller SKU", "SKU code", "Stock keeping unit", "Stock code",
                "Item number", "Item no", "Item code", "Article number", "Article no", "Product code",
                "Product number", "Artikelnummer", "Artikelnr", "Art.-Nr.", "Bestellnummer",
            ]
        ),
        Entry(
            .field("name"),
            [
                "Title", "Product name", "Product title", "Item name", "Article name", "Titel", "Bezeichnung",
                "Artikelbezeichnung", "Artikelname", "Produktname", "Nom",
            ]
        ),
        Entry(
            .field("brand"),
            ["Vendor", "Brand name", "Product brand", "Brands", "Marke", "Markenname", "Marque"]
        ),
        Entry(
            .field("description"),
            [
                "Body (HTML)", "Body HTML", "Product description", "Long description", "Description HTML",
                "Beschreibung", "Artikelbeschreibung", "Produktbeschreibung",
            ]
        ),
        Entry(
            .field("price"),
            [
                "Variant price", "Regular price", "Unit price", "Selling price", "Retail price", "Sales price",
                "Product price", "Preis", "Verkaufspreis", "Prix",
            ]
        ),
        Entry(
            .field("compare_at_price"),
            [
                "Variant compare at price", "Compare price", "Original price", "List price", "MSRP", "RRP", "UVP",
                "Listenpreis",
            ]
        ),
        Entry(
            .field("upc"),
            [
                "Variant barcode", "Barcode", "GTIN", "EAN", "EAN13", "EAN code", "GTIN13", "UPC code", "UPC/EAN",
                "EAN/UPC", "GTIN, UPC, EAN, or ISBN",
            ]
        ),
        Entry(.field("status"), ["Product status"]),
        Entry(.flag(.active), ["Is active", "Enabled", "Aktiv"]),
        Entry(.flag(.published), ["Is published", "Visible", "Published on online store"]),
    ]

    /// What a column of this name is taken for without help, a field's own name or another one; nil for nothing.
    static func meaning(_ name: String) -> ImportMapping.Target? {
        let key = ByteText(HeaderNames.normalised(name))
        return fieldsByKey[key] ?? byKey[key]
    }

    private static let fieldsByKey: [ByteText: ImportMapping.Target] = {
        let fields = ProductFields.all.map { ImportMapping.Target.field($0.name) }
        let all = fields + ImportColumns.Flag.allCases.map { .flag($0) }
        return Dictionary(
            all.compactMap { target in target.name.map { (ByteText(HeaderNames.normalised($0)), target) } },
            uniquingKeysWith: { first, _ in first }
        )
    }()

    /// What a header's name stands for; nil for one that is not listed.
    static func target(_ key: String) -> ImportMapping.Target? { byKey[ByteText(key)] }

    private static let byKey: [ByteText: ImportMapping.Target] = {
        var table: [ByteText: ImportMapping.Target] = [:]
        for entry in all { for name in entry.names { table[ByteText(HeaderNames.normalised(name))] = entry.target } }
        return table
    }()
}
