import Identity
import IdentityTestSupport
import Jobs
import Support
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite("Files with some of a shop program's columns")
struct PartialFilesTests {
    private let house: CatalogHouse
    private let client: TestClient

    init() throws {
        house = try CatalogHouse()
        let folder = house.folder.file("uploads")
        try Files.makeFolder(folder)
        house.house.settings[UploadFolder.self] = UploadFolder(folder, limit: 4 << 20)
        client = try house.client()
    }

    private func upload(_ text: String, _ query: String = "review=0&identify=handle") throws -> Answer {
        try client.send(.post, "/api/upload-csv?\(query)", "text/csv", Array(text.utf8))
    }

    /// SKUs and names of all products, in their order.
    private func products() throws -> [String] {
        try client.get("/api/products?sort=sku&limit=100").json?["items"]?.arrayValue?.map {
            "\($0["sku"]?.stringValue ?? "") \($0["name"]?.stringValue ?? "") \($0["price"]?.stringValue ?? "-")"
        } ?? []
    }

    private func codes(_ job: Job) throws -> [String] {
        try RowErrorStore(house.database).list(jobID: job.id, limit: 100).map(\.error)
            .map { "\($0.row) \($0.code) \($0.column ?? "-")" }
    }

    private static let variants = ["tee,Tee,Size,S,1.50", "tee,,Size,M,2.00", "tee,,,,", "cap,Cap,Size,S,3.00"]
    private static let wanted = ["cap-s Cap 3.00", "tee-m Tee – M 2.00", "tee-s Tee 1.50"]

    @Test(
        "Variants stay apart where only a few columns are there",
        arguments: [
            "Handle,Title,Option1 Name,Option1 Value,Variant Price",
            "URL handle,Title,Option1 name,Option1 value,Price",
            "handle,name,option_name_1,option_value_1,price", "Slug,Titel,Optionsname 1,Optionswert 1,Preis",
            "url_key,Nom,Nom option 1,Valeur de l'option 1,Prix",
        ]
    )
    func partial(header: String) throws {
        #expect(try upload(([header] + Self.variants).map { "\($0)\n" }.joined()).status == 202)
        #expect(try house.work().books == books(4, created: 3, skipped: 1))
        #expect(try products() == Self.wanted)
    }

    @Test("With SKUs a few columns are enough too")
    func withSKUs() throws {
        let text = """
            Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price
            tee,Tee,Size,S,T-S,1.50
            tee,,Size,M,T-M,2.00
            tee,,,,,
            """
        #expect(try upload(text, "").status == 202)
        #expect(try house.work().books == books(3, created: 2, skipped: 1))
        #expect(try products() == ["T-M Tee – M 2.00", "T-S Tee 1.50"])
    }

    @Test("Where nothing says what tells rows of one handle apart, none of them is lost in silence")
    func unknown() throws {
        let text = """
            Handle,Title,Fit,Price
            tee,Tee,slim,1.50
            tee,,wide,2.00
            cap,Cap,,3.00
            cap,Cap,,3.00
            """
        #expect(try upload(text).status == 202)
        let job = try house.work()
        #expect(job.books == books(4, created: 1, skipped: 1, failed: 2))
        #expect(try codes(job) == ["1 ambiguous_identity Handle", "2 ambiguous_identity Handle"])
        // Said which column it is, all are there.
        let mapping = #"{"Fit":"option"}"#.utf8.map { "%" + String($0, radix: 16) }.joined()
        #expect(try upload(text, "review=0&identify=handle&mapping=\(mapping)").status == 202)
        #expect(try house.work().books == books(4, created: 2, unchanged: 1, skipped: 1))
    }

    @Test(
        "WooCommerce is known in other languages, and without SKUs",
        arguments: [
            (
                "ID,Typ,Artikelnummer,Name,Veröffentlicht,Sichtbarkeit im Katalog,Regulärer Preis",
                ["hoodie-blau Hoodie - Blau 9.00", "hoodie-rot Hoodie - Rot 8.00"]
            ),
            (
                "ID,Type,UGS,Nom,Publié,Visibilité dans le catalogue,Tarif régulier",
                ["hoodie-blau Hoodie - Blau 9.00", "hoodie-rot Hoodie - Rot 8.00"]
            ),
            (
                "ID,Tipo,SKU,Nombre,Publicado,Visibilidad en el catálogo,Precio normal",
                ["hoodie-blau Hoodie - Blau 9.00", "hoodie-rot Hoodie - Rot 8.00"]
            ),
        ]
    )
    func translated(header: String, wanted: [String]) throws {
        let rows = ["7,variation,,Hoodie - Blau,1,visible,\"9,00\"", "8,variation,,Hoodie - Rot,1,visible,\"8,00\""]
        let text = ([header] + rows).map { "\($0)\n" }.joined()
        #expect(try upload(text, "review=0").json?["code"] == "no_skus")
        #expect(try upload(text).status == 202)
        #expect(try house.work().books == books(2, created: 2))
        #expect(try products() == wanted)
    }

    @Test("Two rows with one name and nothing else that identifies them are refused")
    func oneName() throws {
        let rows = ["Hoodie,visible,9.00", "Hoodie,visible,8.00", "Cap,visible,1.00", "Cap,visible,1.00"]
        let text = (["Name,Visibility in catalog,Regular price"] + rows).map { "\($0)\n" }.joined()
        #expect(try upload(text).status == 202)
        #expect(try house.work().books == books(4, created: 1, skipped: 1, failed: 2))
    }

    // MARK: Wix

    @Test("A variant of Wix costs what its product costs, and its surcharge")
    func surcharge() throws {
        let text = """
            handleId,fieldType,name,description,productImageUrl,sku,price,surcharge,visible,productOptionDescription1
            p1,Product,Candle,Wax,a.jpg,C,20,,true,S;M;L;XL
            p1,Variant,,,,C-S,,,true,S
            p1,Variant,,,,C-M,,4.5,true,M
            p1,Variant,,,,C-L,30,4,true,L
            p1,Variant,,,,C-XL,,much,true,XL
            p2,Variant,,,,D-S,,4,true,S
            """
        #expect(try upload(text, "").status == 202)
        let job = try house.work()
        #expect(job.books == books(6, created: 4, failed: 2))
        #expect(
            try products() == [
                "C Candle 20.00", "C-L Candle – L 30.00", "C-M Candle – M 24.50", "C-S Candle – S 20.00",
            ]
        )
        #expect(try codes(job) == ["5 bad_price surcharge", "6 no_name name"])
        #expect(try upload(text, "").status == 202)
        #expect(try house.work().books == books(6, unchanged: 4, failed: 2))
    }

    @Test("The newer files of Wix have a price for each variant, and rows of pictures")
    func newWix() throws {
        let text = """
            handle,fieldType,name,visible,plainDescription,media,price,strikethroughPrice,sku,barcode,productOptionChoices1
            p1,PRODUCT,Candle,true,Wax,,20,25,,,S;M
            p1,VARIANT,,,,,20,25,C-S,,S
            p1,VARIANT,,,,,24,,C-M,4006381333931,M
            p1,MEDIA,,,,a.jpg,,,,,
            """
        #expect(try upload(text).status == 202)
        #expect(try house.work().books == books(4, created: 3, skipped: 1))
        #expect(try products() == ["C-M Candle – M 24.00", "C-S Candle – S 20.00", "p1 Candle 20.00"])
    }

    // MARK: How far a proposal was checked

    private static func shopify(_ rows: [String]) -> String {
        "Handle,Title,Body (HTML),Vendor,Option1 Value,Variant SKU,Variant Price\n" + rows.map { "\($0)\n" }.joined()
    }

    @Test("What is proposed is checked behind the first rows too, and says so")
    func checked() throws {
        var rows = (0..<300).map { "h\($0),Name \($0),,,,,1" }
        rows += ["a,A,,,b c,,1", "a-b,A,,,c,,1", "late,Late,,,,OWN-1,1"]
        let id = try #require(try upload(Self.shopify(rows), "").json?["job_id"]?.stringValue)
        _ = try house.work()
        let plan = try client.get("/api/jobs/\(id)/plan").json
        #expect(plan?["identify"]?["checked"] == ["rows": 303, "all": true, "own": 1, "ambiguous": 2])
        let (browser, _) = try house.browser()
        let page = try browser.get("/imports/\(id)").text
        #expect(page.contains("Most products of this file have no SKU."))
        #expect(page.contains("In all 303 rows 2 get the SKU of another product"))
        let mapping = try browser.get("/imports/\(id)/mapping").text
        #expect(mapping.contains("2 of 303 rows cannot be imported like this"))
        #expect(mapping.contains("line 302") && mapping.contains("line 303"))
    }

    @Test("Products that nearly all have SKUs get no proposal")
    func ownSKUs() throws {
        let rows = (0..<300).map { "h\($0),Name \($0),,,,\($0.isMultiple(of: 3) ? "" : "S-\($0)"),1" }
        #expect(try upload(Self.shopify(rows), "review=0").status == 202)
        #expect(try house.work().books == books(300, created: 200, failed: 100))
    }

    @Test("WooCommerce's number identifies where names do not, wherever in the file that shows")
    func numbers() throws {
        let header = "ID,Type,SKU,Name,Published,Visibility in catalog,Regular price\n"
        let rows = (1...299).map { "\($0),simple,,Name \($0),1,visible,1\n" } + ["300,simple,,Name 299,1,visible,1\n"]
        let job = try #require(try upload(header + rows.joined(), "").json?["job"])
        #expect(job["options"]?["identify"] == "ID")
    }
}
