import Jobs
import Records
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// The columns of real files that feed the fields of sizes, stock, pages and variants.
@Suite struct ProductFieldColumnsTests {
    private func columns(_ headers: [String]) throws -> [String: String] {
        let columns = try ImportColumns(headers: ["sku", "name"] + headers, mapping: [:])
        return Dictionary(columns.used.dropFirst(2).map { ($0.header, $0.field) }) { first, _ in first }
    }

    @Test func namesInManyLanguagesAreKnown() throws {
        #expect(
            try columns(["Gewicht (kg)", "Länge (cm)", "Breite mm", "Höhe", "Herstellernummer", "Lagerbestand"]) == [
                "Gewicht (kg)": "weight", "Länge (cm)": "length", "Breite mm": "width", "Höhe": "height",
                "Herstellernummer": "manufacturer_part_number", "Lagerbestand": "inventory_quantity",
            ]
        )
        #expect(
            try columns(["Poids", "MPN", "Cost per item", "Summary", "Parent", "Meta title", "URL key"]) == [
                "Poids": "weight", "MPN": "manufacturer_part_number", "Cost per item": "cost_price",
                "Summary": "short_description", "Parent": "group_key", "Meta title": "seo_title",
                "URL key": "seo_handle",
            ]
        )
        #expect(try columns(["Hersteller"]) == ["Hersteller": "brand"], "the brand of a file that has no other")
        #expect(try columns(["Marke", "Hersteller"]) == ["Marke": "brand", "Hersteller": "manufacturer"])
        #expect(try columns(["manufacturer"]) == ["manufacturer": "manufacturer"])
    }

    @Test func aMeasureHasTheUnitOfItsColumnOrOfItsCell() throws {
        let fixture = try ImportFixture()
        let job = try fixture.run(
            """
            sku,name,Weight (lbs),length,width,height,dimension_unit
            a,A,1.5,10,20,30,cm
            b,B,500 g,"1,5 m",2,,
            c,C,"2,250 kg",,,,
            d,D,heavy,,,,
            e,E,,5 in,,,Zoll

            """
        )
        #expect(try fixture.codes(job) == ["3 bad_weight Weight (lbs)", "4 bad_weight Weight (lbs)"])
        let table = try fixture.table()
        #expect(table["a"]?.weight == 1_500_000 && table["a"]?.weightUnit == "lb" && table["a"]?.dimensionUnit == "cm")
        #expect(table["b"]?.weight == 500_000_000 && table["b"]?.weightUnit == "g")
        #expect(table["b"]?.length == 1_500_000 && table["b"]?.dimensionUnit == "m" && table["b"]?.width == 2_000_000)
        #expect(table["c"] == nil, "2,250 may be two or two thousand")
        #expect(table["e"]?.length == 5_000_000 && table["e"]?.dimensionUnit == "in")
        let without = try fixture.run("sku,weight\na,7\n")
        #expect(without.books == books(1, unchanged: 1), "what has no unit is left out")
        #expect(try fixture.warned(without) == ["no_unit"])
    }

    /// Wix and others say in words whether there are some.
    @Test func wordsForACount() throws {
        let fixture = try ImportFixture()
        _ = try fixture.run("sku,name,inventory_quantity\na,A,5\nb,B,7\n")
        let job = try fixture.run("sku,inventory_quantity\na,InStock\nb,Out of stock\n")
        #expect(try fixture.codes(job) == [])
        let table = try fixture.table()
        #expect(table["a"]?.inventoryQuantity == 5 && table["b"]?.inventoryQuantity == 0)
        #expect(try fixture.warned(job) == ["word_for_count"])
        let unknown = try fixture.run("sku,inventory_quantity\na,some\n")
        #expect(try fixture.codes(unknown).map { $0.contains("bad_inventory_quantity") } == [true])
    }

    @Test func variantsOfShopifyKeepTheirGroupAndOptions() throws {
        let fixture = try ImportFixture()
        let text = """
            Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,\
            Variant Grams,Variant Inventory Qty,Variant Price,Variant Compare At Price,SEO Title,SEO Description,\
            Variant Weight Unit,Cost per item
            tee,Shirt,Soft,Acme,Size,S,Colour,red,T-S,150,3,10,12,A shirt,Very soft,kg,4.20
            tee,,,,,M,,blue,T-M,160,-1,10,,,,kg,4.30
            mug,Mug,Big,Acme,Title,Default Title,,,MUG,0,7,5,,,,kg,

            """
        let job = try fixture.runAsUploaded(text)
        #expect(try fixture.codes(job) == [])
        #expect(job.books == books(3, created: 3))
        let table = try fixture.table()
        let small = try #require(table["t-s"])
        let medium = try #require(table["t-m"])
        let mug = try #require(table["mug"])
        #expect(small.groupKey == "tee" && medium.groupKey == "tee" && mug.groupKey == "mug")
        #expect(small.optionText == "S / red" && medium.optionText == "M / blue" && medium.option1.name == "Size")
        #expect(mug.option1 == Product.Option() && mug.inventoryQuantity == 7)
        #expect(small.weight == 150_000_000 && small.weightUnit == "g" && small.costPrice == 420)
        #expect(small.compareAtPrice == 1200 && medium.seoTitle == "A shirt" && medium.inventoryQuantity == -1)
        let again = try fixture.runAsUploaded(text)
        #expect(again.books == books(3, unchanged: 3))
    }

    @Test func pricesOnSaleOfWooCommerce() throws {
        let fixture = try ImportFixture()
        let header = "ID,Type,SKU,Name,Published,Visibility in catalog,Weight (kg),Sale price,Regular price,Parent\n"
        let rows = [
            "1,simple,A,A,1,visible,0.5,8,10,", "2,variation,B,B,1,visible,,,10,tee", "3,simple,C,C,1,visible,1,x,10,",
        ]
        let job = try fixture.runAsUploaded(header + rows.map { "\($0)\n" }.joined())
        #expect(try fixture.codes(job) == ["3 bad_price Sale price"])
        let table = try fixture.table()
        #expect(table["a"]?.price == 800 && table["a"]?.compareAtPrice == 1000 && table["a"]?.weightUnit == "kg")
        #expect(table["b"]?.price == 1000 && table["b"]?.compareAtPrice == nil && table["b"]?.groupKey == "tee")
        let ended = try fixture.runAsUploaded(header + "1,simple,A,A,1,visible,0.5,,10,\n")
        #expect(ended.books == books(1, updated: 1))
        let after = try fixture.table()["a"]
        #expect(after?.price == 1000 && after?.compareAtPrice == nil)
    }
}

extension ImportFixture {
    /// As an upload is read: with the profile that its header is recognised by.
    fileprivate func runAsUploaded(_ text: String) throws -> Job { try importFile(Array(text.utf8)) }

    fileprivate func warned(_ job: Job) throws -> [String] {
        try RowWarningStore(connection).examples(jobID: job.id, limit: 100).map { $0.warning.code }
    }
}
