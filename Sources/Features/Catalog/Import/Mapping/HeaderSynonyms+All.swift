package import ImportEngine
import Records

extension HeaderSynonyms {
    /// Which name stands for what: no name twice. English first, then the names of shop programs and of German, French,
    /// Spanish, Italian, Polish, Dutch, Portuguese, Russian, Ukrainian, Turkish, Japanese and Chinese files.
    package static let products: [Entry] = first + others

    private static let first: [Entry] = [
        Entry(.field("sku"), skus, weak: weakSKUs), Entry(.field("name"), productNames, weak: weakNames),
        Entry(.field("brand"), brands, weak: makers, otherwise: .field("manufacturer")),
        Entry(.field("description"), descriptions, weak: longTexts),
        Entry(.field("price"), prices, weak: weakPrices), Entry(.field("compare_at_price"), comparePrices),
        Entry(.field("upc"), barCodes),
        Entry(.field("category_id"), ["Category", "Category path"]),
        Entry(
            .field("status"),
            ["Product status", "Listing status", "Produktstatus", "Estado", "Stato", "Statut", "Статус", "Durum"]
        ),
        Entry(
            .flag(.active),
            [
                "Is active", "Enabled", "Is enabled", "Aktiv", "Active (0/1)", "Actif", "Activé", "Activo", "Attivo",
                "Aktywny", "Actief", "Ativo", "Активен", "Активний", "Aktif", "有効",
            ]
        ),
        Entry(
            .flag(.published),
            [
                "Is published", "Visible", "Published on online store", "product_online", "Veröffentlicht", "Sichtbar",
                "Publié", "Publicado", "Pubblicato", "Opublikowany", "Gepubliceerd", "Опубликован", "Опубліковано",
                "Yayınlandı", "公開",
            ]
        ),
    ]

    private static let skus = [
        "Variant SKU", "Product SKU", "Seller SKU", "SKU code", "SKU number", "Stock keeping unit", "Stock code",
        "Item number", "Item no", "Item code", "Item SKU", "Article number", "Article no", "Article code",
        "Product code", "Product number", "Product no", "Product reference", "default_code",
        "Artikelnummer", "Artikelnr", "Art.-Nr.", "Art Nr",
        "Art.-Nummer", "Bestellnummer", "Bestell-Nr.", "Produktnummer", "Produkt-Nr.", "Warennummer", "Référence",
        "Référence produit", "Référence article", "Réf.", "Code article",
        "Code produit", "UGS", "N° article", "Numéro d'article", "Referencia del producto",
        "Código de producto", "Código del producto", "Código artículo", "Código de artículo", "Número de artículo",
        "Codice articolo", "Codice prodotto", "Riferimento prodotto", "Numero articolo",
        "COD. ART.", "Kod produktu", "Symbol produktu", "Numer artykułu", "Kod towaru", "Artikelcode",
        "Bestelnummer", "Código do produto", "Código do artigo", "Cód. produto", "Артикул", "Код товара",
        "Артикул товара", "Код товару",
        "Ürün kodu", "Stok kodu", "Stok Kodu (SKU)", "商品コード", "商品番号", "品番", "商品管理番号",
        "商品编码", "商品编号", "货号", "产品编号", "商品編號", "貨號",
    ]

    private static let productNames = [
        "Title", "Product name", "Product title", "Item name", "Item title", "Article name", "Listing title",
        "Titel", "Bezeichnung", "Artikelbezeichnung", "Artikelname", "Produktname", "Produktbezeichnung",
        "Produkttitel", "Name des Produkts", "Warenbezeichnung", "Nom", "Nom du produit", "Nom produit",
        "Titre", "Désignation", "Libellé", "Intitulé", "Nom de l'article", "Nombre del producto",
        "Nombre producto", "Título", "Título del producto", "Denominación", "Nome", "Nome prodotto",
        "Nome del prodotto", "Titolo", "Titolo prodotto", "Denominazione", "Nazwa", "Nazwa produktu", "Nazwa towaru",
        "Tytuł", "Naam", "Productnaam", "Artikelnaam", "Producttitel", "Nome do produto",
        "Designação", "Título do produto", "Название", "Наименование", "Название товара", "Наименование товара",
        "Назва", "Назва товару", "Найменування", "Ürün adı", "Ürün ismi", "Ürün başlığı", "Başlık", "商品名",
        "商品名称", "品名", "製品名", "产品名称", "名称", "标题", "商品名稱", "產品名稱",
    ]

    private static let brands = [
        "Vendor", "Brand name", "Product brand", "Brands", "Marke",
        "Markenname", "Marque", "Marca", "Marchio", "Marka", "Merk", "Бренд", "Марка", "Торговая марка", "ブランド",
        "ブランド名", "品牌", "品牌名称",
    ]

    private static let descriptions = [
        "Body (HTML)", "Body HTML", "Product description", "Long description", "Description HTML", "Full description",
        "Item description", "Beschreibung", "Artikelbeschreibung", "Produktbeschreibung", "Langbeschreibung",
        "Description du produit", "Description longue", "Descripción",
        "Descripción del producto", "Descripción larga", "Descrizione", "Descrizione prodotto",
        "Descrizione del prodotto", "Descrizione completa", "Opis", "Opis produktu", "Pełny opis", "Omschrijving",
        "Productomschrijving", "Beschrijving", "Productbeschrijving", "Descrição", "Descrição do produto", "Описание",
        "Описание товара", "Полное описание", "Опис", "Опис товару", "Açıklama", "Ürün açıklaması", "商品説明", "説明",
        "商品説明文", "商品描述", "产品描述", "描述", "詳細說明",
    ]

    private static let prices = [
        "Variant price", "Regular price", "Unit price", "Selling price", "Retail price", "Sales price",
        "Product price", "Price tax incl", "Price tax included",
        "Price incl VAT", "Preis", "Verkaufspreis", "VK-Preis", "VK brutto", "Bruttopreis", "Endpreis",
        "Prix", "Prix de vente", "Prix TTC", "Prix de vente TTC", "Tarif TTC",
        "Precio", "Precio de venta", "Precio normal", "PVP", "Precio con IVA", "Prezzo",
        "Prezzo di vendita", "Prezzo al pubblico", "Prezzo ivato", "Prezzo IVA inclusa", "Cena", "Cena brutto",
        "Cena sprzedaży", "Prijs", "Verkoopprijs", "Prijs incl. btw", "Preço", "Preço de venda",
        "Цена", "Цена продажи", "Ціна", "Fiyat", "Satış fiyatı", "Fiyatı", "価格",
        "Regulärer Preis", "Normaler Preis", "Tarif régulier", "Prix régulier", "Precio regular", "Reguliere prijs",
        "Normale prijs", "Cena regularna", "Preço normal", "Preço regular", "Обычная цена", "Базовая цена",
        "Звичайна ціна", "Normal fiyat", "通常価格", "常规售价", "販売価格", "税込価格", "价格", "售价", "销售价", "單價", "價格", "售價",
    ]

    private static let comparePrices = [
        "Variant compare at price", "Compare price", "Original price", "List price", "MSRP", "RRP", "UVP",
        "Listenpreis", "Was price", "Strike price", "Unverbindliche Preisempfehlung", "Streichpreis", "Alter Preis",
        "Prix barré", "Prix conseillé", "Precio anterior", "Precio recomendado", "Prezzo di listino",
        "Prezzo barrato", "Cena katalogowa", "Stara cena", "Adviesprijs", "Preço original", "Старая цена", "Стара ціна",
        "Liste fiyatı", "定価", "メーカー希望小売価格", "原价", "市场价", "原價",
    ]

    private static let barCodes = [
        "Variant barcode", "Barcode", "GTIN", "EAN", "EAN13", "EAN code", "EAN number", "GTIN13",
        "GTIN number", "UPC code", "UPC number", "UPC/EAN", "EAN/UPC", "EAN/GTIN", "GTIN/EAN", "EAN-13 or JAN barcode",
        "UPC barcode", "GTIN, UPC, EAN, or ISBN", "Product ID (UPC/EAN)", "ISBN", "ISBN13", "JAN", "JAN code",
        "EAN-Nummer", "EAN-Nr.", "Strichcode", "Barcodenummer", "GTIN-Nummer", "Code-barres", "Code barre", "Code EAN",
        "Gencod", "Código de barras", "Código EAN", "Codice a barre", "Codice EAN", "Kod kreskowy", "Kod EAN",
        "Streepjescode", "Штрихкод", "Код EAN", "Barkod", "バーコード", "JANコード", "条形码", "条码",
        "國際條碼", "條碼",
    ]

    // MARK: Names that often stand beside the field for something else

    private static let weakSKUs = [
        "Reference", "Part number", "Part no", "Item ID", "Custom label", "Custom label (SKU)",
        "Model number", "Catalog number", "Merchant SKU", "Internal reference", "Sachnummer", "Referencia",
        "Riferimento", "Symbol", "Numer katalogowy", "Nr katalogowy", "Referência", "Indeks", "Codice", "型番", "管理番号",
        "Lieferantenartikelnummer",
    ]

    private static let weakNames = [
        "Product", "Artikel", "Omschrijving kort", "Ad", "Имя", "Nombre",
    ]

    /// Of a file without a brand they are that, else what they say.
    private static let makers = [
        "Manufacturer name", "Maker", "Hersteller", "Herstellername", "Fabricant", "Fabricante",
        "Produttore", "Producent", "Nazwa producenta", "Fabrikant", "Производитель", "Виробник", "Üretici", "メーカー",
        "メーカー名", "制造商", "製造商",
    ]

    private static let longTexts = [
        "Langtext", "Artikeltext", "Descriptif",
    ]

    private static let weakPrices = [
        "List price gross", "Standard price", "VK", "Einzelpreis", "Ladenpreis", "Tarif", "Prix public",
        "Cena detaliczna", "Розничная цена", "Роздрібна ціна", "売価",
    ]
}
