import AdminKitTestSupport
import Identity
import IdentityTestSupport
import Jobs
import Markup
import Support
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite("The mapping page")
struct MappingPagesTests {
    private let house: CatalogHouse
    private let client: TestClient
    private let csrf: String
    private let folder: String

    init() throws {
        house = try CatalogHouse()
        folder = house.folder.file("uploads")
        try Files.makeFolder(folder)
        house.house.settings[UploadFolder.self] = UploadFolder(folder, limit: 1 << 20)
        (client, csrf) = try house.browser()
    }

    private func upload(_ content: String, _ query: String = "unmapped=ask") throws -> Answer {
        try client.send(
            .post,
            "/api/upload-csv?\(query)",
            "text/csv",
            Array(content.utf8),
            headers: .headers(["X-CSRF-Token": csrf])
        )
    }

    private func form(_ path: String, _ values: [(String, String)]) throws -> Answer {
        var fields: Fields = ["csrf_token": csrf]
        for (name, value) in values { fields.append(name, value) }
        return try client.form(path, fields)
    }

    private func pageFaults(_ text: String) -> [String] { faults(in: "\(raw: text)") }

    @Test("Columns are said, checked, saved as a profile, and remembered")
    func life() throws {
        let content = "Ref,Was,VK,Farbe\nA-1,Lampe,12.50,rot\nA-2,Stuhl,free,\n"
        #expect(try upload(content, "").json?["code"] == "no_sku_column")
        let job = try #require(try upload(content).json?["job"])
        #expect(job["status"] == "awaiting_confirmation" && job["waiting_reason"] == "mapping")
        let page = "/imports/\(try #require(job["id"]?.stringValue))/mapping"
        let shown = try client.get(page).text
        #expect(shown.contains("each code stands once") && shown.contains("Lampe"), "a guess, with its reason")
        #expect(pageFaults(shown) == [])
        var choices = [("target-0", "sku"), ("target-1", "name"), ("target-2", "price"), ("target-3", "attribute")]
        let unnamed = try form(page, choices + [("do", "apply")])
        #expect(unnamed.status == 422 && unnamed.text.contains("Enter the name of the custom attribute"))
        choices.append(("attribute-3", "Colour"))
        let checked = try form(page, choices + [("do", "check")])
        #expect(checked.status == 200 && checked.text.contains("1 of 2 rows cannot be imported like this"))
        #expect(checked.text.contains("line 3: <span class=\"code\">free</span>"))
        #expect(pageFaults(checked.text) == [])
        let twice = try form(page, [("target-0", "sku"), ("target-1", "sku"), ("do", "apply")])
        #expect(twice.status == 422 && twice.text.contains("both mean sku"))
        choices += [("blank-2", "default"), ("default-2", "x"), ("profile_name", "Warehouse")]
        #expect(try form(page, choices + [("do", "apply")]).text.contains("The default of"))
        choices[6].1 = "9.90"
        let applied = try form(page, choices + [("do", "apply")])
        #expect(applied.status == 303, "\(applied.text)")
        #expect(applied.headers["Location"] == String(page.dropLast("/mapping".count)))
        let ended = try house.work()
        #expect(ended.books.created == 1 && ended.books.failed == 1)
        #expect(try house.store.find(sku: "A-1")?.customAttributes == #"{"Colour":"rot"}"#)
        #expect(try client.get(page).status == 303, "what is decided is not asked again")
        // The next file with this header needs nobody.
        let next = try #require(try upload("ref,was,vk,farbe\nA-3,Tisch,,blau\n").json?["job"])
        #expect(next["status"] == "pending")
        #expect(try house.work().books.created == 1)
        #expect(try house.store.find(sku: "a-3")?.price == 990)
        let about = try client.get("/imports/\(next["id"]?.stringValue ?? "")").text
        #expect(about.contains("Read with the profile Warehouse, as the last file with this header."))
        let profiles = try client.get("/imports/profiles").text
        #expect(profiles.contains("Warehouse") && pageFaults(profiles) == [])
        #expect(try pageFaults(client.get("/imports/profiles/1").text) == [])
        #expect(try form("/imports/profiles/1", [("name", "Shopify")]).status == 422)
        #expect(try form("/imports/profiles/1", [("name", "Depot")]).status == 303)
        #expect(try form("/imports/profiles/1/delete", [("confirm", "1")]).status == 303)
        #expect(try client.get("/imports/profiles/1").status == 404)
    }

    @Test("Values stand beside what will be stored of them, and the first rows as a whole")
    func stored() throws {
        let content = """
            Art,Was,VK,Da,EAN,Farbe
            A-1,Lampe,"€ 1.234,50",ja,4006381333931,rot
            A-2,Stuhl,free,nein,"4,00638E+12",blau
            A-3,Tisch,12.50,ja,N/A,rot
            """
        let id = try #require(try upload(content).json?["job_id"]?.stringValue)
        let targets = ["sku", "name", "price", "active", "upc", "attribute"].enumerated()
            .map { ("target-\($0.offset)", $0.element) }
        let shown = try form("/imports/\(id)/mapping", targets + [("attribute-5", "Colour"), ("do", "check")]).text
        #expect(pageFaults(shown) == [])
        func sample(_ text: String, _ stored: String) -> Bool {
            shown.contains("<span class=\"code\">\(text)</span> <span aria-hidden=\"true\">→</span>")
                && shown.contains("becomes </span> \(stored)")
        }
        #expect(sample("€ 1.234,50", "<ins class=\"code\">1234.50</ins>"))
        #expect(sample("ja", "<ins class=\"code\">active</ins>") && sample("nein", "<ins class=\"code\">draft</ins>"))
        #expect(sample("free", "<span class=\"quiet\">not stored</span>") && sample("N/A", "<span class=\"quiet\">"))
        #expect(shown.contains("<li class=\"code\">Lampe</li>"), "what stays as it is stands once")
        // The row with the wrong price is no example.
        let whole = try #require(shown.split(separator: "So it will be stored").last)
        #expect(whole.contains("Tisch") && !whole.contains("Stuhl") && whole.contains("1234.50"))
    }

    @Test("A job that waits for its columns can be cancelled, and does nothing by itself")
    func waiting() throws {
        let job = try #require(try upload("Ref,Was\nA-1,Lampe\n").json)
        let id = try #require(job["job_id"]?.stringValue)
        #expect(try house.claim() == nil)
        #expect(try client.get("/imports/\(id)").text.contains("cannot tell which column holds the SKU"))
        let cancelled = try form("/imports/\(id)/cancel", [])
        #expect(cancelled.status == 303)
        #expect(try JobStore(house.database).find(publicID: id)?.status == .cancelled)
    }
}
