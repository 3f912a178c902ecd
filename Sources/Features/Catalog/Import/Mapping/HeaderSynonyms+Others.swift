import ImportEngine

extension HeaderSynonyms {
    /// Names of the fields that came after the first catalogue, in the same order of languages. What makes sense only
    /// beside another column of the same program (a unit, an option) stands in that program's profile.
    static let others: [Entry] =
        [
            Entry(.field("short_description"), shortDescriptions), Entry(.field("cost_price"), costs),
            Entry(.field("manufacturer_part_number"), partNumbers),
        ] + sizes + [
            Entry(.field("inventory_quantity"), stocks, weak: weakStocks),
            Entry(.field("inventory_tracked"), ["Manage stock", "Track stock", "Track quantity", "Track inventory"]),
            Entry(
                .field("seo_title"),
                ["Meta title", "Page title", "SEO-Titel", "Meta-Titel", "Titre SEO", "Meta titre", "Título SEO"]
            ),
            Entry(
                .field("seo_description"),
                [
                    "Meta description", "SEO-Beschreibung", "Meta-Beschreibung", "Description SEO", "Meta descripción",
                    "Descripción SEO", "Descrizione SEO",
                ]
            ),
            Entry(
                .field("seo_handle"),
                ["URL key", "URL slug", "Slug", "SEO URL", "Friendly URL", "Link rewrite", "URL rewritten"]
            ),
            Entry(.field("group_key"), groups),
        ]

    private static let sizes: [Entry] = [
        Entry(
            .field("weight"),
            [
                "Product weight", "Item weight", "Variant grams", "Weight value", "Gewicht", "Artikelgewicht", "Poids",
                "Peso", "Waga", "Вес", "Вага", "Ağırlık", "重量", "商品重量",
            ],
            units: MeasureUnits.ofWeights
        ),
        Entry(.field("weight_unit"), ["Weight UOM", "Gewichtseinheit", "Unité de poids", "Unidad de peso"]),
        Entry(
            .field("length"),
            [
                "Product length", "Item length", "Länge", "Longueur", "Largo", "Longitud", "Lunghezza", "Długość",
                "Lengte", "Comprimento", "Длина", "Довжина", "Uzunluk", "長さ", "长度", "長度",
            ],
            units: MeasureUnits.ofLengths
        ),
        Entry(
            .field("width"),
            [
                "Product width", "Item width", "Breite", "Largeur", "Ancho", "Anchura", "Larghezza", "Szerokość",
                "Breedte", "Largura", "Ширина", "Genişlik", "幅", "宽度", "寬度",
            ],
            units: MeasureUnits.ofLengths
        ),
        Entry(
            .field("height"),
            [
                "Product height", "Item height", "Höhe", "Hauteur", "Alto", "Altura", "Altezza", "Wysokość", "Hoogte",
                "Высота", "Висота", "Yükseklik", "高さ", "高度",
            ],
            units: MeasureUnits.ofLengths
        ),
        Entry(.field("dimension_unit"), ["Dimension UOM", "Size unit", "Längeneinheit", "Maßeinheit"]),
    ]

    private static let shortDescriptions = [
        "Summary", "Short text", "Excerpt", "Kurzbeschreibung", "Kurztext", "Description courte", "Résumé",
        "Récapitulatif", "Descripción corta", "Resumen", "Descrizione breve", "Krótki opis", "Korte beschrijving",
        "Korte omschrijving", "Descrição curta", "Breve descrição", "Краткое описание", "Короткий опис",
        "Kısa açıklama", "簡単な説明", "短い説明", "简短描述", "簡短描述",
    ]

    private static let costs = [
        "Cost", "Cost per item", "Purchase price", "Wholesale price", "Einkaufspreis", "EK-Preis", "EK netto",
        "Prix d'achat", "Precio de coste", "Precio de compra", "Prezzo di acquisto", "Prezzo d'acquisto",
        "Cena zakupu", "Inkoopprijs", "Preço de custo", "Закупочная цена", "Себестоимость", "Закупівельна ціна",
        "Alış fiyatı", "仕入価格", "原価", "进价", "成本价", "進貨價",
    ]

    private static let partNumbers = [
        "MPN", "Manufacturer part no", "Manufacturer number", "Manufacturer SKU", "Herstellernummer",
        "Herstellerartikelnummer", "Herstellerteilenummer", "Référence fabricant", "Referencia del fabricante",
        "Codice produttore", "Kod producenta", "Fabrikantnummer", "Código do fabricante", "Артикул производителя",
        "Артикул виробника", "Üretici kodu",
    ]

    private static let stocks = [
        "Stock", "Stock quantity", "Quantity in stock", "In stock quantity", "Inventory",
        "Variant inventory qty", "Stock qty", "Qty in stock", "Available quantity", "Lagerbestand", "Bestand",
        "Lagermenge", "Quantité en stock", "Existencias", "Cantidad en stock", "Giacenza", "Quantità in magazzino",
        "Stan magazynowy", "Voorraad", "Estoque", "Остаток", "Остатки", "Количество на складе", "Залишок",
        "Stok", "Stok adedi", "Stok miktarı", "在庫", "在庫数", "库存", "庫存", "库存数量",
    ]

    private static let weakStocks = ["Quantity", "Qty", "Quantité", "Cantidad", "Quantità"]

    private static let groups = [
        "Group", "Item group", "Item group ID", "Variant group", "Parent", "Parent SKU", "Parent product",
        "Product group key", "Übergeordnet", "Übergeordnetes Produkt", "Eltern-Artikelnummer", "Vaterartikel",
        "Produit parent", "Superior", "Genitore", "Rodzic", "Hoofd", "Родительский", "Родитель", "Батьківський",
        "Ebeveyn", "親", "父级", "父級",
    ]
}
