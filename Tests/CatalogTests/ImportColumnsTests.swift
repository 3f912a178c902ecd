import Money
import Support
import Tables
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite struct ImportColumnsTests {
    private func used(_ headers: [String], _ mapping: ImportMapping = [:]) throws -> [String: String] {
        var used: [String: String] = [:]
        for (header, field) in try ImportColumns(headers: headers, mapping: mapping).used { used[field] = header }
        return used
    }

    @Test func synonymsStandBackBehindNames() throws {
        #expect(
            try used(["Variant SKU", "Title", "Vendor", "Variant Price", "EAN", "Published"]) == [
                "sku": "Variant SKU", "name": "Title", "brand": "Vendor", "price": "Variant Price", "upc": "EAN",
                "published": "Published",
            ]
        )
        #expect(try used(["sku", "name", "Title"]) == ["sku": "sku", "name": "name"])
        #expect(try used(["sku", "name", "Title"], ["Title": "name"]) == ["sku": "sku", "name": "Title"])
        #expect(try used(["sku", "Status", "Active", "Published"]) == ["sku": "sku", "status": "Status"])
        #expect(try used(["sku", "active"]) == ["sku": "sku", "active": "active"])
    }

    @Test func whatIsNotClearIsNamedNotGuessed() throws {
        let columns = try ImportColumns(headers: ["sku", "Title", "Product name", "GTIN", "EAN"], mapping: [:])
        #expect(columns.positions.compactMap { $0 } == [0, 3])
        #expect(columns.ambiguities == [.init(field: "name", columns: ["Title", "Product name"])])
        #expect(columns.otherCodes == [4], "of several bar codes the first that is filled counts")
        #expect(columns.ignored == ["Title", "Product name"])
        let headers = ["Item no", "Article no", "name"]
        #expect(
            throws: ImportColumns.Refusal.ambiguousKey(
                field: "sku",
                columns: ["Item no", "Article no"],
                headers: headers
            )
        ) {
            try ImportColumns(headers: headers, mapping: [:])
        }
        #expect(try used(headers, ["Item no": "sku"]) == ["sku": "Item no", "name": "name"])
        #expect(try used(headers, ["Item no": ""])["sku"] == "Article no", "a column that is left out cannot be meant")
    }

    @Test(
        "Decorated names and those of other languages are known",
        arguments: [
            (["SKU *", "Name (required)", "Price (EUR)"], ["sku", "name", "price"]),
            (
                ["[SKU]", "Name [DE]", "Price €", "Compare-at price (USD)"],
                ["sku", "name", "price", "compare_at_price"]
            ),
            (["Art.-Nr.", "Bezeichnung", "VK brutto", "Hersteller"], ["sku", "name", "price", "brand"]),
            (["ArtikelNr", "Artikelbezeichnung", "Preis inkl. MwSt. in EUR"], ["sku", "name"]),
            (["Artikel-Nr.", "Titel", "Preis (brutto, EUR)", "UVP *"], ["sku", "name", "price", "compare_at_price"]),
            (["UGS", "Nom", "Prix TTC", "Marque", "Code-barres"], ["sku", "name", "price", "brand", "upc"]),
            (["Référence", "Désignation", "Prix de vente"], ["sku", "name", "price"]),
            (
                ["Referencia", "Nombre", "Precio", "Marca", "Descripción"],
                ["sku", "name", "price", "brand", "description"]
            ),
            (["COD. ART.", "TITOLO", "Prezzo", "Produttore"], ["sku", "name", "price", "brand"]),
            (
                ["Kod produktu", "Nazwa", "Cena", "Producent", "Opis"],
                ["sku", "name", "price", "brand", "description"]
            ),
            (
                ["Artikelcode", "Naam", "Prijs", "Merk", "Omschrijving"],
                ["sku", "name", "price", "brand", "description"]
            ),
            (["Referência", "Nome", "Preço", "Descrição"], ["sku", "name", "price", "description"]),
            (["Артикул", "Наименование", "Цена", "Бренд"], ["sku", "name", "price", "brand"]),
            (["Артикул", "Назва товару", "Ціна, грн", "Виробник"], ["sku", "name", "price", "brand"]),
            (["Ürün Kodu", "ÜRÜN ADI", "Satış Fiyatı", "Marka"], ["sku", "name", "price", "brand"]),
            (["商品コード", "商品名", "価格（税込）", "JANコード"], ["sku", "name", "price", "upc"]),
            (["货号", "产品名称", "售价(元)", "品牌"], ["sku", "name", "price", "brand"]),
            (["default_code", "name", "Vendor", "Manufacturer"], ["sku", "name", "brand", "manufacturer"]),
            (["SKU", "Name", "Price (cost)", "Preis netto", "Name 2"], ["sku", "name"]),
        ]
    )
    func words(headers: [String], fields: [String]) throws {
        let columns = try ImportColumns(headers: headers, mapping: [:])
        #expect(Set(columns.used.map(\.field)) == Set(fields))
    }

    @Test("A price that nothing is read from is pointed out")
    func prices() throws {
        let headers = ["sku", "name", "price", "Sale price", "EK netto", "Cost per item", "Lager"]
        let columns = try ImportColumns(headers: headers, mapping: [:])
        #expect(columns.ignoredPrices == ["Sale price", "EK netto", "Cost per item"])
    }

    @Test func columnsBecomeAttributesOrNothing() throws {
        let mapping: ImportMapping = [
            "Size": "attribute:Size", "Colour": "attribute:Colour", "name": "", "Handle": "continues",
        ]
        let columns = try ImportColumns(headers: ["sku", "name", "Size", "Colour", "Handle"], mapping: mapping)
        #expect(columns.attributes == [.init(column: 3, name: "Colour"), .init(column: 2, name: "Size")])
        #expect(columns.group == 4)
        #expect(columns.ignored == ["name"])
        #expect(columns.target(of: 2) == .attribute("Size") && columns.target(of: 1) == .nothing)
        #expect(throws: ImportColumns.Refusal.duplicateColumn(field: "attribute:A", columns: ["b", "c"])) {
            try ImportColumns(headers: ["sku", "b", "c"], mapping: ["b": "attribute:A", "c": "attribute:A"])
        }
    }

    @Test func columnsWithoutANameOfTheirOwnHaveANumber() throws {
        let headers = ["sku", "", "Text", "text"]
        #expect(HeaderIndex(headers).name(of: 0) == "sku")
        #expect([1, 2, 3].map { HeaderIndex(headers).name(of: $0) } == ["#2", "#3", "#4"])
        #expect(try used(headers, ["#2": "name", "#4": "description"])["name"] == "")
        #expect(throws: ImportColumns.Refusal.missingColumn(name: "#5", headers: headers)) {
            try ImportColumns(headers: headers, mapping: ["#5": "name"])
        }
    }

    @Test func noSynonymStandsTwice() {
        var seen: Set<String> = []
        for entry in HeaderSynonyms.products {
            #expect(entry.target.field != nil)
            for name in entry.names + entry.weak {
                let key = HeaderNames.normalised(name)
                #expect(seen.insert(key).inserted, "\(name)")
                #expect(ImportMapping.Target(name: key) == nil, "\(name) is a field's own name")
            }
        }
    }
}

@Suite struct ImportMappingTests {
    private func problems(_ text: String) -> [String] {
        do throws(WebError) {
            _ = try ImportMapping(text: text)
            return []
        } catch {
            return error.problems.isEmpty ? ["\(error.status) \(error.code ?? "")"] : error.problems.map(\.code)
        }
    }

    @Test func comesBackAsItWasWritten() throws {
        let text = #"""
            {"A":"sku","B":"attribute:Colour","C":null,"D":{"field":"price","blank":"default","default":"0.00"},\#
            "E":{"field":"name","blank":"clear","default":null},"F":"continues","G":"published"}
            """#
        let mapping = try ImportMapping(text: text)
        #expect(mapping.json.text == text)
        #expect(ImportMapping(json: mapping.json) == mapping)
        #expect(mapping.columns[3] == .init("D", .field("price"), blank: .standard, standard: "0.00"))
        #expect(try ImportMapping(text: #"{"A":{"field":"price","default":"1"}}"#).columns[0].blank == .standard)
    }

    @Test func whatIsRefused() {
        #expect(problems("x") == ["400 bad_mapping"])
        #expect(problems("[]") == ["400 bad_mapping"])
        #expect(problems(#"{"A":"colour","B":"attribute:"}"#) == ["unknown_field", "unknown_field"])
        #expect(problems(#"{"A":1}"#) == ["bad_mapping"])
        #expect(problems(#"{"A":{"field":"price","blank":"zero"}}"#) == ["bad_option"])
        #expect(problems(#"{"A":{"feld":"price"}}"#) == ["unknown_field"])
    }

    @Test func aDefaultMustFitItsField() throws {
        let mapping = try ImportMapping(
            text: #"""
                {"A":{"field":"price","default":"free"},"B":{"field":"status","default":"on"},\#
                "C":{"field":"active","default":"maybe"},"D":{"field":"attribute:X","default":"any"}}
                """#
        )
        #expect(mapping.problems(.euro).map(\.code) == ["bad_default", "bad_default"])
    }

    @Test func aCallersColumnsWinOverAProfiles() {
        let profile: ImportMapping = ["A": "sku", "B": "name", "Gone": "price"]
        let merged = (["b": "description"] as ImportMapping).merged(over: profile).restricted(to: ["A", "B"])
        #expect(merged == ["b": "description", "A": "sku"])
    }
}
