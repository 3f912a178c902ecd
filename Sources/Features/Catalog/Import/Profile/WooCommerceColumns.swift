import Support
import Tables

/// The columns of WooCommerce's own product export in the languages of its translations.
enum WooCommerceColumns {
    private struct Language {
        var type: String
        var sku: String
        var name: String
        var published: String
        var visibility: String
        var description: String
        /// Translations have changed this one.
        var prices: [String]
        var code: String
        var brand: String
        var sale: [String]

        var columns: [(String, String)] {
            [
                (sku, "sku"), (name, "name"), (description, "description"), (published, "published"), (code, "upc"),
                (brand, "brand"),
            ] + prices.map { ($0, "price") } + sale.map { ($0, "sale_price") }
        }
    }

    /// What each column feeds, no name twice.
    static let all: [(String, String)] = {
        var taken: Set<ByteText> = []
        return languages.flatMap(\.columns).filter { name, _ in
            taken.insert(ByteText(HeaderNames.normalised(name))).inserted
        }
    }()

    /// By these a file is known in which some of the columns were left out.
    static let parts: [[String]] = languages.flatMap { language in
        [[language.visibility, language.name]]
            + language.prices.map { ["ID", language.type, language.sku, language.name, $0] }
    }

    private static let languages = [
        Language(
            type: "Type",
            sku: "SKU",
            name: "Name",
            published: "Published",
            visibility: "Visibility in catalog",
            description: "Description",
            prices: ["Regular price"],
            code: "GTIN, UPC, EAN, or ISBN",
            brand: "Brands",
            sale: ["Sale price"]
        ),
        Language(
            type: "Typ",
            sku: "Artikelnummer",
            name: "Name",
            published: "Veröffentlicht",
            visibility: "Sichtbarkeit im Katalog",
            description: "Beschreibung",
            prices: ["Regulärer Preis", "Normaler Preis"],
            code: "GTIN, UPC, EAN oder ISBN",
            brand: "Marken",
            sale: ["Angebotspreis"]
        ),
        Language(
            type: "Type",
            sku: "UGS",
            name: "Nom",
            published: "Publié",
            visibility: "Visibilité dans le catalogue",
            description: "Description",
            prices: ["Tarif régulier", "Prix régulier"],
            code: "GTIN, UPC, EAN ou ISBN",
            brand: "Marques",
            sale: ["Tarif promo", "Prix promotionnel"]
        ),
        Language(
            type: "Tipo",
            sku: "SKU",
            name: "Nombre",
            published: "Publicado",
            visibility: "Visibilidad en el catálogo",
            description: "Descripción",
            prices: ["Precio normal", "Precio regular"],
            code: "GTIN, UPC, EAN o ISBN",
            brand: "Marcas",
            sale: ["Precio rebajado", "Precio de oferta"]
        ),
        Language(
            type: "Tipo",
            sku: "SKU",
            name: "Nome",
            published: "Pubblicato",
            visibility: "Visibilità nel catalogo",
            description: "Descrizione",
            prices: ["Prezzo di listino", "Prezzo regolare"],
            code: "GTIN, UPC, EAN o ISBN",
            brand: "Brand",
            sale: ["Prezzo in offerta"]
        ),
        Language(
            type: "Type",
            sku: "SKU",
            name: "Naam",
            published: "Gepubliceerd",
            visibility: "Zichtbaarheid in catalogus",
            description: "Beschrijving",
            prices: ["Reguliere prijs", "Normale prijs"],
            code: "GTIN, UPC, EAN of ISBN",
            brand: "Merken",
            sale: ["Actieprijs", "Aanbiedingsprijs"]
        ),
        Language(
            type: "Rodzaj",
            sku: "SKU",
            name: "Nazwa",
            published: "Opublikowano",
            visibility: "Widoczność w katalogu",
            description: "Opis",
            prices: ["Cena regularna", "Cena podstawowa"],
            code: "GTIN, UPC, EAN lub ISBN",
            brand: "Marki",
            sale: ["Cena promocyjna"]
        ),
        Language(
            type: "Tipo",
            sku: "SKU",
            name: "Nome",
            published: "Publicado",
            visibility: "Visibilidade no catálogo",
            description: "Descrição",
            prices: ["Preço normal", "Preço regular"],
            code: "GTIN, UPC, EAN ou ISBN",
            brand: "Marcas",
            sale: ["Preço promocional", "Preço de promoção"]
        ),
        Language(
            type: "Тип",
            sku: "Артикул",
            name: "Имя",
            published: "Опубликован",
            visibility: "Видимость в каталоге",
            description: "Описание",
            prices: ["Базовая цена", "Обычная цена"],
            code: "GTIN, UPC, EAN или ISBN",
            brand: "Бренды",
            sale: ["Акционная цена", "Цена распродажи"]
        ),
        Language(
            type: "Тип",
            sku: "Артикул",
            name: "Назва",
            published: "Опубліковано",
            visibility: "Видимість у каталозі",
            description: "Опис",
            prices: ["Звичайна ціна"],
            code: "GTIN, UPC, EAN або ISBN",
            brand: "Бренди",
            sale: ["Акційна ціна"]
        ),
        Language(
            type: "Tür",
            sku: "Stok kodu (SKU)",
            name: "İsim",
            published: "Yayımlanmış",
            visibility: "Katalogda görünürlük",
            description: "Açıklama",
            prices: ["Normal fiyat"],
            code: "GTIN, UPC, EAN veya ISBN",
            brand: "Markalar",
            sale: ["İndirimli fiyat", "İndirimli satış fiyatı"]
        ),
        Language(
            type: "タイプ",
            sku: "SKU",
            name: "名前",
            published: "公開済み",
            visibility: "カタログでの表示",
            description: "説明",
            prices: ["通常価格"],
            code: "GTIN、UPC、EAN、または ISBN",
            brand: "ブランド",
            sale: ["セール価格", "セール価格 (税抜)"]
        ),
        Language(
            type: "类型",
            sku: "SKU",
            name: "名称",
            published: "已发布",
            visibility: "在目录中的可见性",
            description: "描述",
            prices: ["常规售价"],
            code: "GTIN、UPC、EAN 或 ISBN",
            brand: "品牌",
            sale: ["促销价格", "促销价"]
        ),
    ]
}
