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

@Suite("What identifies a product")
struct ImportIdentityTests {
    /// Options as the header's profile has them.
    private func options(_ text: String, identify: String? = nil) -> ImportOptions {
        var options = ImportOptions()
        let headers = text.split(separator: "\n").first.map { $0.split(separator: ",").map(String.init) } ?? []
        options.mapping = BuiltInProfiles.products.recognised(headers)?.mapping.restricted(to: headers) ?? [:]
        options.identify = identify.flatMap(ImportIdentity.init(text:))
        return options
    }

    private static let shopify =
        "Handle,Title,Body (HTML),Vendor,Option1 Value,Option2 Value,Variant SKU,Variant Price,Status\n"

    @Test(
        "SKUs are made of the cells alone",
        arguments: [
            ("tee,Tee,,,M,,,1,", "handle", "tee-m"),
            ("tee,Tee,,,Extra Large,Navy / Red,,1,", "handle", "tee-extra-large-navy-red"),
            ("tee,Tee,,,Default Title,,,1,", "handle", "tee"), ("Grüße,Tee,,,7.5,,,1,", "handle", "Grüße-7.5"),
            ("tee,Tee,,,Größe M,,,1,", "handle", "tee-grösse-m"), ("tee,Tee,,,+5.00,,,1,", "handle", "tee-+5.00"),
            ("tee,Tee,,,M,,OWN-1,1,", "handle", "OWN-1"), ("tee,Tee,,,赤,,,1,", "handle", "tee-赤"),
            (" tee ,Tee,,, M ,,,1,", "handle", "tee-m"), ("tee,Tee,,,M,,OWN-1,1,", "Handle, Option1 Value", "tee-M"),
            ("tee,Tee,,,M,,OWN-1,1,", "Title", "Tee"), ("tee,Tee,,,M,,OWN-1,1,", "name", "Tee"),
            ("tee,Tee,,,M,,OWN-1,1,", "sku", "OWN-1"),
        ]
    )
    func made(row: String, identify: String, sku: String) throws {
        let fixture = try ImportFixture()
        let text = Self.shopify + row + "\n"
        let job = try fixture.run(text, options(text, identify: identify))
        #expect(job.books == books(1, created: 1))
        #expect(try fixture.table().values.map(\.sku) == [sku])
        #expect(try fixture.run(text, options(text, identify: identify)).books == books(1, unchanged: 1))
    }

    @Test("A SKU that would be too long ends with a hash of what it is made of")
    func long() throws {
        let fixture = try ImportFixture()
        let handle = String(repeating: "long-", count: 40)
        let text = Self.shopify + "\(handle),A,,,S,,,1,\n\(handle),A,,,M,,,1,\n"
        #expect(try fixture.run(text, options(text, identify: "handle")).books == books(2, created: 2))
        #expect(try fixture.table().keys.allSatisfy { $0.unicodeScalars.count == 128 })
        #expect(try fixture.run(text, options(text, identify: "handle")).books == books(2, unchanged: 2))
    }

    @Test("Different products never share a SKU in silence, and who lacks one is told")
    func clashes() throws {
        let fixture = try ImportFixture()
        let text =
            Self.shopify + "tee,Tee,,,M L,,,1,\ntee-m,Tee,,,L,,,1,\ncap,Cap,,,,,,1,\n,Hat,,,,,,1,\ncap,Cap,,,,,,2,\n"
        let job = try fixture.run(text, options(text, identify: "handle"))
        #expect(
            try fixture.codes(job) == [
                "1 ambiguous_identity Handle", "2 ambiguous_identity Handle", "4 no_identity Handle",
            ]
        )
        #expect(job.books == books(5, created: 1, skipped: 1, failed: 3))
        #expect(try fixture.table()["cap"]?.price == 200)
    }

    @Test("Another column identifies, and feeds its own field too; the file's SKUs are left out")
    func otherColumn() throws {
        let fixture = try ImportFixture()
        let text = "sku,name,EAN,price\nX,Vase,4006381333931,1.00\n,Bowl,4006381333948,2.00\n"
        var wanted = ImportOptions()
        wanted.identify = .columns("ean")
        #expect(try fixture.run(text, wanted).books == books(2, created: 2))
        let table = try fixture.table()
        #expect(table["4006381333931"]?.name == "Vase" && table["4006381333948"]?.upc == "4006381333948")
        wanted.mode = .delete
        #expect(try fixture.run(text, wanted).books == books(2, updated: 2))
        wanted.identify = .columns("nothing")
        let failed = try fixture.run(text, wanted)
        #expect(failed.status == .failed && failed.errorMessage?.contains("cannot be identified by 'nothing'") == true)
    }

    // MARK: Several rows for one product

    @Test("A variant has its product's fields from the row with the name, wherever that stands")
    func variants() throws {
        let fixture = try ImportFixture()
        let rows = [
            "late,,,,XL,,L-XL,5,", "tee,Tee,<p>Soft</p>,Acme,S,,TEE-S,19,draft", "tee,,,,M,Red,TEE-M,20,",
            "tee,,,,,,,,", "late,Late,<p>Late</p>,Beta,L,,L-L,6,", "tee,,,Other,L,,TEE-L,21,active",
            "tee,Tee 2,,,XL,,TEE-XL,22,", "tee,,,,XXL,,TEE-XXL,23,", "none,,,,M,,NONE,1,", "none,,,,,,,,",
        ]
        let text = Self.shopify + rows.map { "\($0)\n" }.joined()
        let job = try fixture.run(text, options(text))
        #expect(job.books == books(10, created: 7, skipped: 2, failed: 1))
        #expect(try fixture.codes(job) == ["9 no_name Title"])
        func shown(_ sku: String) throws -> [String?] {
            let product = try fixture.table()[sku]
            return [product?.name, product?.description, product?.brand, product?.status.rawValue]
        }
        #expect(try shown("tee-s") == ["Tee", "<p>Soft</p>", "Acme", "draft"])
        #expect(try shown("tee-m") == ["Tee – M / Red", "<p>Soft</p>", "Acme", "draft"])
        #expect(try shown("tee-l") == ["Tee – L", "<p>Soft</p>", "Other", "active"])
        #expect(try shown("tee-xxl") == ["Tee 2 – XXL", nil, nil, "active"], "the nearest above counts")
        #expect(try shown("l-xl") == ["Late – XL", "<p>Late</p>", "Beta", "active"], "or the first below")
        #expect(try fixture.run(text, options(text)).books == books(10, unchanged: 7, skipped: 2, failed: 1))
    }

    @Test("Rows for a store view only translate")
    func storeViews() throws {
        let fixture = try ImportFixture()
        let text = """
            sku,store_view_code,product_type,name,description,price,product_online
            "C-1",,simple,"Shirt red","Fine shirt",10.00,1
            "C-1",fr,simple,"Chemise rouge",,,
            "C-2",,simple,"Shirt blue","Fine shirt",12.00,2
            """
        let job = try fixture.run(text, options(text))
        #expect(job.books == books(3, created: 2, skipped: 1))
        let table = try fixture.table()
        #expect(table["c-1"]?.name == "Shirt red" && table["c-1"]?.price == 1000 && table["c-2"]?.status == .draft)
    }

    @Test("The last of several rows leaves to those before it what it does not say")
    func groups() throws {
        let text = "sku,name,brand,price,note\nA,Lamp,Acme,12.50,old\nB,Bowl,,1,\na,,,13,\nA,,Wrong,x,\n A ,,,,new\n"
        var wanted = ImportOptions()
        wanted.mapping = ["note": "attribute:Note"]
        for blank in ImportOptions.Blank.allCases {
            let fixture = try ImportFixture()
            wanted.blank = blank
            let job = try fixture.run(text, wanted)
            guard blank != .clear else {
                #expect(try fixture.codes(job) == ["5 no_name name"])
                continue
            }
            #expect(job.books == books(5, created: 2, skipped: 3))
            let lamp = try #require(try fixture.table()["a"])
            #expect(lamp.name == "Lamp" && lamp.brand == "Acme" && lamp.price == 1300)
            #expect(lamp.customAttributes == #"{"Note":"new"}"#)
        }
    }

    @Test("A file as a whole is its rows one by one", arguments: seeds(6, long: 300))
    func oneByOne(seed: Int) throws {
        var random = SeededRandom(seed)
        let header = "sku,name,brand,price,compare_at_price,status,colour\n"
        let rows = (0..<24).map { row in
            let cells = [
                // Each product begins with a row that can be imported alone.
                row < 3 ? ["A", "B", "C"][row] : random.pick(["A", "a", "B", "C"]),
                row < 3 || random.chance(1, in: 3) ? "Name \(row)" : "", random.pick(["", "Acme", "Beta"]),
                random.pick(row < 3 ? ["", "3"] : ["", "1.50", "2", "x"]), random.pick(["", "9"]),
                random.pick(["", "draft", "active"]), random.pick(["", "red", "blue"]),
            ]
            return cells.joined(separator: ",") + "\n"
        }
        var wanted = ImportOptions()
        wanted.mapping = ["colour": "attribute:Colour"]
        wanted.blank = random.pick([.keep, .standard])
        let (whole, single) = (try ImportFixture(), try ImportFixture())
        var planned = wanted
        planned.review = random.chance(1, in: 2)
        let job = try whole.run(header + rows.joined(), planned)
        if planned.review { _ = try whole.confirm(job) }
        for row in rows { try single.run(header + row, wanted) }
        func shown(_ fixture: ImportFixture) throws -> [String: [String?]] {
            try fixture.table().mapValues {
                [$0.name, $0.brand, $0.price.map(String.init), $0.status.rawValue, $0.customAttributes]
            }
        }
        // A SKU whose last row is wrong fails as a whole in the file; alone its rows before have been imported.
        let failed = Set(try whole.errors(job).compactMap { error in rows[Int(error.row) - 1].first?.lowercased() })
        let expected = try shown(single).filter { !failed.contains($0.key) }
        #expect(try shown(whole) == expected)
    }

    @Test("An import that was stopped goes on with the same values", arguments: [false, true])
    func resumed(isReviewed: Bool) throws {
        var random = SeededRandom(11)
        var rows: [String] = []
        for product in 0..<900 {
            rows.append("h\(product),Product \(product),Text \(product),Brand,S,,,1,")
            rows += ["M", "L"].map { "h\(product),,,,\($0),,,2," }
        }
        // Rows of one product lie anywhere.
        for index in rows.indices.reversed() { rows.swapAt(index, random.below(index + 1)) }
        let text = Self.shopify + rows.map { "\($0)\n" }.joined()
        var wanted = options(text, identify: "handle")
        let whole = try ImportFixture()
        try whole.run(text, wanted)
        wanted.review = isReviewed
        let stopped = try ImportFixture()
        var job = try stopped.order(Array(text.utf8), wanted)
        if isReviewed {
            job = try stopped.work(job)
            #expect(try PlanRows(job, stopped.connection)?.page([.create], from: 0, limit: 3000).count == 2700)
            _ = try JobStore(stopped.connection).confirm(job, context: stopped.context)
            job = try stopped.claimAgain(job)
        }
        job = try stopped.work(try stopped.claimAgain(try stopped.workUntilCancelled(job)))
        #expect(job.books == books(2700, created: 2700))
        #expect(try stopped.digest() == whole.digest())
        #expect(try stopped.table()["h7-m"]?.name == "Product 7 – M")
    }

    @Test("Corrected rows compete and are filled as the others")
    func repaired() throws {
        let fixture = try ImportFixture()
        let text =
            Self.shopify
            + ["tee,Tee,<p>Soft</p>,Acme,S,,,19,", "tee,,,,M,,,x,", "tee,,,,S,,,y,", "cap,,,,L,,,5,"]
            .map { "\($0)\n" }.joined()
        let job = try fixture.run(text, options(text, identify: "handle"))
        #expect(job.books == books(4, skipped: 1, failed: 3), "the last row for tee-s is wrong")
        let corrected =
            "bodega_row,bodega_error," + Self.shopify
            + "2,,tee,,,,M,,,20,\n3,,tee,,,,S,,,18,\n4,,cap,Cap,,,L,,,5,\n"
        let repaired = try fixture.repair(job, corrected)
        #expect(repaired.books == books(4, created: 3, skipped: 1))
        let table = try fixture.table()
        #expect(table["tee-m"]?.name == "Tee – M" && table["tee-m"]?.brand == "Acme")
        #expect(table["tee-s"]?.price == 1800 && table["tee-s"]?.description == "<p>Soft</p>")
        #expect(table["cap-l"]?.name == "Cap")
    }

    // MARK: What is proposed

    private static let nameless = shopify + "tee,Tee,,Acme,S,,,1,\ntee,,,,M,,,2,\ntee,,,,,,,,\n"

    @Test("A well-known file without SKUs gets a proposal that waits, and a refusal that names the way")
    func proposed() throws {
        let house = try CatalogHouse()
        let folder = house.folder.file("uploads")
        try Files.makeFolder(folder)
        house.house.settings[UploadFolder.self] = UploadFolder(folder, limit: 1 << 20)
        let client = try house.client()
        func upload(_ query: String, _ text: String = ImportIdentityTests.nameless) throws -> Answer {
            try client.send(.post, "/api/upload-csv?\(query)", "text/csv", Array(text.utf8))
        }
        let refused = try upload("review=0")
        #expect(refused.status == 422 && refused.json?["code"] == "no_skus")
        #expect(refused.json?["detail"]?.stringValue?.contains("identify=handle") == true)
        #expect(refused.json?["examples"] == ["tee-s", "tee-m"])
        #expect(try upload("identify=Farbe").json?["code"] == "no_identity_column")
        #expect(try upload("identify=%20").json?["errors"]?.arrayValue?.first?["code"] == "bad_option")
        let job = try #require(try upload("").json?["job"])
        #expect(job["options"]?["identify"] == "handle" && job["options"]?["review"] == true)
        let waiting = try house.work()
        #expect(waiting.status == .awaitingConfirmation && waiting.waitingReason == "identify")
        let plan = try client.get("/api/jobs/\(waiting.publicID)/plan").json
        #expect(plan?["identify"]?["proposed"] == true && plan?["identify"]?["by"] == "handle")
        #expect(plan?["identify"]?["examples"]?.arrayValue?.first == ["sku": "tee-s", "from": ["tee", "S"]])
        let samples = plan?["samples"]?.arrayValue ?? []
        #expect(samples.compactMap { $0["name"]?.stringValue }.prefix(2) == ["Tee", "Tee – M"])
        let (browser, _) = try house.browser()
        let page = try browser.get("/imports/\(waiting.publicID)").text
        #expect(page.contains("have no SKUs") && page.contains("tee-m"))
        #expect(try client.json(.post, "/api/jobs/\(waiting.publicID)/confirm", [:]).status == 202)
        #expect(try house.work().books == books(3, created: 2, skipped: 1))
        // Said, or remembered, it is not asked.
        #expect(try upload("review=0&identify=handle").json?["job"]?["options"]?["identify"] == "handle")
        #expect(try house.work().books == books(3, unchanged: 2, skipped: 1))
        let headers = Self.nameless.split(separator: "\n")[0].split(separator: ",").map { JSON.string(String($0)) }
        let saved = try client.json(
            .post,
            "/api/import-profiles",
            [
                "name": "Shop", "headers": .array(headers), "identify": "handle",
                "mapping": BuiltInProfiles.products.all[0].profile.mapping.json,
            ]
        )
        #expect(saved.status == 201 && saved.json?["identify"] == "handle", "\(saved.text)")
        #expect(try upload("review=0").json?["job"]?["options"]?["identify"] == "handle")
        #expect(try house.work().books == books(3, unchanged: 2, skipped: 1))
        #expect(try client.json(.patch, "/api/import-profiles/1", ["identify": 7]).status == 422)
        #expect(try upload("review=0&identify=sku").status == 202, "who wants the errors gets them")
        #expect(try house.work().books.failed == 2)
    }
}
