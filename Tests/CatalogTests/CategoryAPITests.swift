import Catalog
import Database
import Identity
import IdentityTestSupport
import ImportEngine
import ImportKit
import Support
import TestSupport
import Testing
import Web

@Suite("The API and the pages of categories")
struct CategoryAPITests {
    private static let json = Fields.headers(["Content-Type": "application/json"])

    /// Wine > Red wine > Douro, and Beer.
    private static func furnish(_ client: TestClient) throws {
        for (name, parent) in [("Wine", nil), ("Red wine", 1), ("Douro", 2), ("Beer", nil)] as [(String, Int64?)] {
            let body: JSON = ["name": .string(name), "parent_id": parent.map { .int($0) } ?? .null]
            let made = try client.json(.post, "/api/categories", body)
            #expect(made.status == 201, "\(made.text)")
        }
    }

    @Test("A category lives: made, read, changed, moved, restored, merged, deleted")
    func life() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try Self.furnish(client)
        let douro = try client.get("/api/categories/3")
        #expect(douro.headers["ETag"] == "\"3-1\"")
        #expect(douro.json?["full_name"]?.stringValue == "Wine > Red wine > Douro")
        #expect(douro.json?["slug_path"]?.stringValue == "wine/red-wine/douro")
        #expect(douro.json?["path"]?.stringValue == "/1/2/3/" && douro.json?["level"]?.intValue == 3)
        let record = try #require(douro.json)
        let put = try client.json(.put, "/api/categories/3", record)
        #expect(put.status == 200 && put.json == record)

        let renamed = try client.json(.patch, "/api/categories/3", ["name": "Douro valley", "slug": "douro-valley"])
        #expect(renamed.headers["ETag"] == "\"3-2\"")
        let old = try client.get("/api/categories?slug_path=wine/red-wine/douro")
        #expect(old.json?["items"]?.arrayValue?.first?["id"]?.intValue == 3)
        let off = try client.json(.patch, "/api/categories/3", ["is_active": false])
        #expect(off.json?["is_active"]?.boolValue == false)

        let moved = try client.json(.post, "/api/categories/3/move", ["before": 4])
        #expect(moved.json?["parent_id"] == .null && moved.json?["path"]?.stringValue == "/3/")
        let top = try client.get("/api/categories?parent_id=0&counts=1").json?["items"]?.arrayValue ?? []
        #expect(top.compactMap { $0["id"]?.intValue } == [1, 3, 4])
        #expect(top.first?["children"]?.intValue == 1)
        let back = try client.json(.post, "/api/categories/3/restore", ["version": 1])
        #expect(back.json?["full_name"]?.stringValue == "Wine > Red wine > Douro")
        #expect(back.json?["is_active"]?.boolValue == true)
        let history = try client.get("/api/categories/3/history?include=total").json
        #expect(history?["total"]?.intValue == 6)

        try house.add("A-1") { $0.categoryID = 3 }
        #expect(try client.get("/api/categories/1/products").json?["items"]?.arrayValue?.count == 0)
        #expect(try client.get("/api/categories/1/products?descendants=1").json?["items"]?.arrayValue?.count == 1)
        #expect(try client.get("/api/products?category_id=1&descendants=1").json?["items"]?.arrayValue?.count == 1)
        #expect(try client.get("/api/products?category_id=0").json?["items"]?.arrayValue?.count == 0)

        let asked = try client.send(Call(.delete, "/api/categories/2"))
        #expect(asked.status == 428 && asked.json?["count"]?.intValue == 2)
        let gone = try client.send(Call(.delete, "/api/categories/2?children=along&products=4&confirm=3"))
        #expect(gone.status == 204, "\(gone.text)")
        #expect(try client.get("/api/products/1").json?["category_id"]?.intValue == 4)
        let merged = try client.json(.post, "/api/categories/4/merge", ["into": 1])
        #expect(merged.json?["id"]?.intValue == 1)
        #expect(try client.get("/api/products/1").json?["category_id"]?.intValue == 1)
        #expect(try client.get("/api/categories/4").status == 404)
        #expect(
            try house.told().filter { $0.hasPrefix("category") } == [
                "category.created 1", "category.created 2", "category.created 3", "category.created 4",
                "category.updated 3", "category.updated 3", "category.moved 3", "category.moved 3",
                "category.updated 3", "category.deleted 2", "category.merged 4",
            ]
        )
        #expect(try CategoryCheck(house.database).faults() == [])
    }

    @Test("Every refusal has its status, its code and its place")
    func refusals() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try Self.furnish(client)
        func post(_ path: String, _ body: String, _ status: Int, _ code: String) -> Scenario {
            Scenario(
                "\(path) \(body)",
                .post,
                "/api/categories\(path)",
                headers: Self.json,
                body: body,
                status: status,
                contains: ["\"code\":\"\(code)\""]
            )
        }
        func patch(_ path: String, _ body: String, _ status: Int, _ code: String) -> Scenario {
            Scenario(
                body,
                .patch,
                path,
                headers: Self.json,
                body: body,
                status: status,
                contains: ["\"code\":\"\(code)\""]
            )
        }
        func get(_ path: String, _ status: Int, _ code: String) -> Scenario {
            Scenario(path, .get, path, status: status, contains: ["\"code\":\"\(code)\""])
        }
        try house.add("A-1")
        let failures = try house.failures(
            [
                post("", #"{"slug":"x"}"#, 422, "required"), post("", #"{"name":" wine "}"#, 409, "slug_taken"),
                post("", #"{"name":"X","slug":"Not a slug"}"#, 422, "bad_slug"),
                post("", #"{"name":"X","parent_id":99}"#, 422, "no_such_category"),
                post("", #"{"name":"X","parent_id":"top"}"#, 422, "wrong_type"),
                post("", #"{"name":"X","level":2}"#, 422, "read_only"), post("", "[]", 422, "not_an_object"),
                post("/1/move", #"{"parent_id":3}"#, 409, "below_itself"),
                post("/1/move", #"{"before":99}"#, 422, "not_a_sibling"),
                post("/4/move", #"{"parent_id":1,"before":3}"#, 422, "not_a_sibling"),
                post("/4/move", #"{"before":1,"after":1}"#, 422, "contradiction"),
                post("/4/move", #"{"to":1}"#, 422, "unknown_field"), post("/99/move", "{}", 404, "not_found"),
                post("/1/merge", #"{"into":3}"#, 409, "below_itself"),
                post("/1/merge", "{}", 422, "required"), post("/1/merge", #"{"into":99}"#, 422, "no_such_category"),
                post("/1/restore", #"{"version":7}"#, 422, "unknown_version"),
                patch("/api/categories/1", #"{"parent_id":4}"#, 422, "read_only"),
                patch("/api/categories/1", #"{"slug":"beer"}"#, 409, "slug_taken"),
                patch("/api/categories/1", #"{"is_active":"yes"}"#, 422, "wrong_type"),
                patch("/api/categories/1", #"{"name":""}"#, 422, "required"),
                patch("/api/products/1", #"{"category_id":99}"#, 422, "no_such_category"),
                get("/api/categories?parent_id=x", 400, "bad_number"),
                get("/api/categories?colour=1", 400, "unknown_parameter"),
                get("/api/products?descendants=1", 400, "no_category"),
                get("/api/products?category_id=-1", 400, "bad_number"),
            ],
            client
        )
        #expect(failures == [])
        var late = Call(.post, "/api/categories/4/move")
        late.headers = .headers(["Content-Type": "application/json", "If-Match": "\"4-9\""])
        late.body = Array(#"{"parent_id":1}"#.utf8)
        #expect(try client.send(late).status == 412)
        let viewer = try house.client([.readProducts])
        #expect(try viewer.get("/api/categories").status == 200)
        #expect(try viewer.json(.post, "/api/categories", ["name": "X"]).status == 403)
    }

    @Test("The tree is kept with forms alone")
    func pages() throws {
        let house = try CatalogHouse()
        let (client, csrf) = try house.browser()
        func post(_ path: String, _ values: Fields) throws -> Answer {
            var values = values
            values.append("csrf_token", csrf)
            return try client.form(path, values)
        }
        #expect(try client.get("/categories").text.contains("No categories yet"))
        #expect(try post("/categories/new", ["name": "Wine", "is_active": "true"]).status == 303)
        let red = try post("/categories/new", ["name": "<b>Red</b>", "is_active": "true", "parent": "wine"])
        #expect(red.headers["Location"] == "/categories/2?done=created")
        #expect(try post("/categories/new", ["name": "Wine", "is_active": "true"]).text.contains("choose another one"))
        #expect(try post("/categories/new", ["name": "X", "is_active": "true", "parent": "No"]).status == 422)
        let closed = try client.get("/categories").text
        #expect(closed.contains("/categories?open=1#category-1") && !closed.contains("Red"))
        let open = try client.get("/categories?open=1").text
        #expect(open.contains("&lt;b&gt;Red&lt;/b&gt;"))
        #expect(try client.get("/categories?q=RED").text.contains("In the tree"))
        #expect(try client.get("/categories?cut=2&open=1").text.contains("value=\"before:1\""))
        let moved = try post("/categories/2/move", ["place": "before:1", "open": "1"])
        #expect(moved.headers["Location"]?.hasPrefix("/categories?open=1&current=2&done=moved") == true)
        #expect(try CategoryStore(house.database).tree().map(\.id) == [2, 1])
        let refused = try post("/categories/2/move", ["place": "into:2"])
        #expect(refused.status == 409 && refused.text.contains("cannot go into itself"))
        #expect(try post("/categories/2/move", ["to": "Wine"]).status == 303)

        let page = try client.get("/categories/2").text
        #expect(page.contains("Restore version 1") && page.contains("Merge into another"))
        let saved = try post("/categories/2", ["version": "3", "name": "Red", "slug": "red", "is_active": "false"])
        #expect(saved.headers["Location"] == "/categories/2?done=saved")
        let late = try post("/categories/2", ["version": "3", "name": "Rot", "slug": "red", "is_active": "true"])
        #expect(late.status == 409 && late.text.contains("Another user changed this category"))
        #expect(
            try post("/categories/2/restore", ["version": "1", "seen": "4"]).headers["Location"]?.hasSuffix("restored")
                == true
        )

        let made = try post(
            "/products/new",
            ["sku": "A-1", "name": "Lamp", "status": "active", "category_id": "Wine > <b>Red</b>"]
        )
        #expect(made.status == 422, "a name with > is known by its slugs")
        #expect(
            try post(
                "/products/new",
                ["sku": "A-1", "name": "Lamp", "status": "active", "category_id": "/wine/b-red-b"]
            )
            .status == 303
        )
        #expect(try client.get("/products?category_id=1&descendants=1").text.contains("With those below"))
        let ask = try client.get("/categories/2/delete").text
        #expect(ask.contains("1 category will be removed, 1 product get another category, or none"))
        #expect(try post("/categories/2/delete", ["products": "parent", "confirm": "1"]).status == 422)
        #expect(try post("/categories/2/delete", ["products": "parent", "confirm": "2"]).status == 303)
        #expect(try house.store.find(1)?.categoryID == 1)
    }
}
