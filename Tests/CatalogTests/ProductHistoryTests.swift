import Database
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite(.serialized) struct ProductHistoryTests {
    private let house: CatalogHouse
    private let client: TestClient

    init() throws {
        house = try CatalogHouse()
        client = try house.client()
    }

    private func patch(_ id: Int64, _ change: JSON) throws {
        let answer = try client.json(.patch, "/api/products/\(id)", change)
        guard answer.status == 200 else { throw TestFailure(answer.text) }
    }

    private func restore(_ id: Int64, _ version: JSON, match: String? = nil) throws -> Answer {
        let headers: Fields = match.map { .headers(["If-Match": $0]) } ?? .headers()
        return try client.json(.post, "/api/products/\(id)/restore", ["version": version], headers: headers)
    }

    @Test func versionsWithWhatTheyChanged() throws {
        let product = try house.add("A", "Alder") { $0.price = 100 }
        try patch(product.id, ["name": "Aspen", "price": "2.00"])
        try patch(product.id, ["price": nil])
        let path = "/api/products/\(product.id)/history"
        let all = try client.get("\(path)?include=total").json
        let items = all?["items"]?.arrayValue ?? []
        #expect(items.map { $0["version"]?.intValue } == [3, 2, 1] && all?["total"] == 3 && all?["next"] == .null)
        #expect(items.first?["changes"] == [["field": "price", "before": "2.00", "after": nil]])
        #expect(
            items.dropFirst().first?["changes"] == [
                ["field": "name", "before": "Alder", "after": "Aspen"],
                ["field": "price", "before": "1.00", "after": "2.00"],
            ]
        )
        #expect(items.last?["change"] == "create")
        // Page by page it is the same.
        var paged: [JSON] = []
        var next: String? = "\(path)?limit=1"
        while let page = next {
            let answer = try client.get(page).json
            paged += answer?["items"]?.arrayValue ?? []
            next = answer?["next"]?.stringValue
        }
        #expect(paged == items)
        #expect(try client.get("/api/products/999/history").status == 404)
        #expect(try client.get("\(path)?sort=version").status == 400)
    }

    @Test func anyVersionComesBackAsANewOne() throws {
        let product = try house.add("A", "Alder") { $0.price = 100 }
        try patch(product.id, ["name": "Aspen"])
        try patch(product.id, ["price": "9.00", "sku": "A2"])
        let stale = try restore(product.id, 1, match: "\"\(product.id)-1\"")
        #expect(stale.status == 412)
        let answer = try restore(product.id, 1, match: "\"\(product.id)-3\"")
        #expect(answer.status == 200 && answer.headers["ETag"] == "\"\(product.id)-4\"", "\(answer.text)")
        #expect(answer.json?["name"] == "Alder" && answer.json?["price"] == "1.00" && answer.json?["sku"] == "A")
        #expect(try client.get("/api/products?q=alder").json?["items"]?.arrayValue?.count == 1)
        #expect(try restore(product.id, 3).json?["sku"] == "A2")
        _ = try house.add("A", "Another")
        let taken = try restore(product.id, 1)
        #expect(taken.status == 409 && taken.json?["code"] == "sku_taken")
        for bad in [JSON.int(0), .int(99), .string("1"), .null, .number("1.5")] {
            #expect(try restore(product.id, bad).status == 422, "\(bad.text)")
        }
        #expect(try client.json(.post, "/api/products/\(product.id)/restore", ["version": 1, "x": 1]).status == 422)
        #expect(try restore(12_345, 1).status == 404)
    }

    @Test func aDeletedProductComesBack() throws {
        let product = try house.add("A", "Alder")
        try patch(product.id, ["name": "Aspen"])
        #expect(try client.send(Call(.delete, "/api/products/\(product.id)")).status == 204)
        #expect(try client.get("/api/products/\(product.id)/history").json?["items"]?.arrayValue?.count == 3)
        #expect(try restore(product.id, 3).status == 422, "there is nothing in a deletion")
        let answer = try restore(product.id, 1)
        #expect(answer.json?["id"]?.intValue == product.id && answer.json?["version"] == 4, "\(answer.text)")
        #expect(answer.json?["name"] == "Alder" && answer.json?["created_at"]?.stringValue == product.createdAt.rfc3339)
        #expect(try client.get("/api/products/\(product.id)").status == 200)
        try house.database.write {
            try house.database.execute("DELETE FROM product_revision WHERE version = 2")
        }
        #expect(try restore(product.id, 1).json?["code"] == "history_expired")
    }

    @Test func thePageHasAWayBack() throws {
        let product = try house.add("A", "Alder")
        try patch(product.id, ["name": "Aspen"])
        let (browser, csrf) = try house.browser()
        let page = try browser.get("/products/\(product.id)").text
        #expect(page.contains("Restore version 1") && !page.contains("Restore version 2"))
        func press(_ version: String, _ seen: String) throws -> String? {
            let fields: Fields = ["csrf_token": csrf, "version": version, "seen": seen]
            return try browser.form("/products/\(product.id)/restore", fields).headers["Location"]
        }
        #expect(try press("1", "1") == "/products/\(product.id)?done=stale")
        #expect(try press("1", "2") == "/products/\(product.id)?done=restored")
        #expect(try house.store.find(product.id)?.name == "Alder")
        #expect(try browser.get("/products/\(product.id)?done=restored").text.contains("Restored"))
    }
}
