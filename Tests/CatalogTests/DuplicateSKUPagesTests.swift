import AdminKit
import Database
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

@Suite("Products that share a SKU, for people and programs")
struct DuplicateSKUPagesTests {
    /// `S-1` to `S-3` twice.
    private static func shared() throws -> CatalogHouse {
        let house = try CatalogHouse()
        for number in 1...5 { try house.add("S-\(number)", "First") }
        try house.database.write {
            try house.database.execute("DROP INDEX product_by_sku")
            for number in 1...3 {
                try house.database.execute(
                    """
                    INSERT INTO product (sku, sku_norm, name, status, version, created_at, updated_at)
                    VALUES (\("s-\(number)"), \("s-\(number)"), 'Second <b>', 'active', 1, 1, 1)
                    """
                )
            }
        }
        try ProductIndexStore(house.database).ensure()
        _ = try house.told()
        return house
    }

    @Test("The page of products says so, the next shows them, and the number confirms")
    func pages() throws {
        let house = try Self.shared()
        // The first of each has a revision, so it was changed last.
        let (client, csrf) = try house.browser()
        let list = try client.get("/products").text
        #expect(list.contains("Several products share one SKU, among others: S-1, S-2, S-3."))
        #expect(list.contains("href=\"/products/duplicates\""))
        let page = try client.get("/products/duplicates")
        #expect(page.status == 200 && page.text.contains("Type 3 to confirm"))
        #expect(page.text.contains("Second &lt;b&gt;") && page.text.contains("Stays"))
        for typed in ["", "4"] {
            #expect(try client.form("/products/duplicates", ["csrf_token": csrf, "confirm": typed]).status == 422)
        }
        let answer = try client.form("/products/duplicates", ["csrf_token": csrf, "confirm": "3"])
        #expect(answer.status == 303 && answer.headers["Location"]?.hasPrefix("/jobs/") == true)
        let ended = try house.work()
        #expect(ended.status == .completed && ended.books.updated == 3, "\(ended.errorMessage ?? "")")
        #expect(try house.told() == ["products.deleted \(ended.publicID)"])
        #expect(try client.get("/products/duplicates").status == 303)
        #expect(try !client.get("/products").text.contains("share one SKU"))
    }

    @Test("Who may not delete is told but has no link")
    func viewer() throws {
        let house = try Self.shared()
        try house.house.addUser("viewer@example.com", .viewer)
        let (cookie, _) = try house.house.logIn("viewer@example.com")
        let client = try house.house.client(CatalogHouse.features.routes)
        client.headers.set("Cookie", cookie)
        let list = try client.get("/products").text
        #expect(list.contains("share one SKU") && !list.contains("/products/duplicates"))
        #expect(try client.get("/products/duplicates").status == 403)
    }

    @Test("Programs list them page by page and ask for the job with the number")
    func programs() throws {
        let house = try Self.shared()
        let client = try house.client()
        let first = try client.get("/api/products/duplicates?limit=2")
        #expect(first.status == 200 && first.json?["count"]?.intValue == 3)
        let items = first.json?["items"]?.arrayValue ?? []
        #expect(items.count == 2 && items[0]["sku"]?.stringValue == "S-1" && items[0]["count"]?.intValue == 2)
        #expect(items[0]["products"]?.arrayValue?.map { $0["name"]?.stringValue } == ["First", "Second <b>"])
        let next = try client.get(try #require(first.json?["next"]?.stringValue))
        #expect(next.json?["items"]?.arrayValue?.count == 1 && next.json?["next"] == .null)

        let refused = try client.send(Call(.delete, "/api/products/duplicates"))
        #expect(refused.status == 428 && refused.json?["count"]?.intValue == 3)
        #expect(try client.send(Call(.delete, "/api/products/duplicates?confirm=2")).status == 428)
        #expect(try client.send(Call(.delete, "/api/products/duplicates?confirm=x")).status == 400)
        #expect(try client.send(Call(.delete, "/api/products/duplicates?confirm=3")).status == 202)
        #expect(try house.work().books.updated == 3)
        let nothing = try client.send(Call(.delete, "/api/products/duplicates?confirm=0"))
        #expect(nothing.status == 409 && nothing.json?["code"]?.stringValue == "no_duplicates")
        #expect(try client.get("/api/products/duplicates").json?["items"]?.arrayValue?.isEmpty == true)
    }

    /// Changes the product that would go, so that it would stay.
    private func touch(_ house: CatalogHouse, _ name: String) throws {
        let found = try house.database.first("SELECT id FROM product WHERE sku_norm = 's-2' AND name = \(name)") {
            row in
            row.int(0)
        }
        _ = try house.store.update(try #require(found), house.house.context) { current in
            var wanted = current
            wanted.description = "Touched"
            return wanted
        }
    }

    private func names(_ house: CatalogHouse) throws -> [String] {
        try house.database.all("SELECT name FROM product WHERE sku_norm = 's-2' ORDER BY name") { row in row.text(0) }
    }

    @Test("What the page shows as staying stays, or nothing is deleted")
    func changedBeforeItIsConfirmed() throws {
        let house = try Self.shared()
        let client = try house.client()
        let (browser, csrf) = try house.browser()
        let seen = try #require(try client.get("/api/products/duplicates").json?["seen"]?.stringValue)
        #expect(try browser.get("/products/duplicates").text.contains("name=\"seen\" value=\"\(seen)\""))
        try touch(house, "Second <b>")
        let form: Fields = ["csrf_token": csrf, "confirm": "3", "seen": seen]
        let answer = try browser.form("/products/duplicates", form)
        #expect(answer.status == 422 && answer.text.contains("not the products that the page showed"))
        let refused = try client.send(Call(.delete, "/api/products/duplicates?confirm=3&seen=\(seen)"))
        #expect(refused.status == 428 && refused.json?["count"] == 3 && refused.json?["seen"]?.stringValue != seen)
        #expect(try house.claim() == nil && names(house) == ["First", "Second <b>"])
    }

    @Test("A SKU that is changed after it was confirmed is left alone and counted")
    func changedAfterItIsConfirmed() throws {
        let house = try Self.shared()
        let client = try house.client()
        let seen = try #require(try client.get("/api/products/duplicates").json?["seen"]?.stringValue)
        let answer = try client.send(Call(.delete, "/api/products/duplicates?confirm=3&seen=\(seen)"))
        #expect(answer.status == 202, "\(answer.text)")
        try touch(house, "Second <b>")
        let ended = try house.work()
        #expect(ended.status == .completed && ended.books.updated == 2 && ended.books.skipped == 1)
        #expect(try names(house) == ["First", "Second <b>"])
        #expect(try DuplicateSKUStore(house.database).count() == 1)
        let (browser, _) = try house.browser()

        // The SKUs are those of the products that stayed, and so the page before the undo says.
        let page = try browser.get("/jobs/\(ended.publicID)/undo").text
        #expect(page.contains("their SKU or handle is taken by the one that stayed"))
        #expect(!page.contains("were changed since."))
    }

    @Test("Who may delete but not read sees no SKUs")
    func scopes() throws {
        let house = try Self.shared()
        let paths = ["/products/duplicates", "/products/delete?sku=s", "/products/1/delete"]
        let deleter = try house.client([.deleteProducts, .writeProducts])
        for path in paths { #expect(try deleter.get(path).status == 403, "\(path)") }
        let both = try house.client([.deleteProducts, .writeProducts, .readProducts])
        for path in paths { #expect(try both.get(path).status == 200, "\(path)") }
    }
}
