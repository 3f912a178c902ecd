import Database
import Identity
import IdentityTestSupport
import Jobs
import Money
import Support
import TestSupport
import Testing
import Web

@testable import Catalog

@Suite("Metafields of products")
struct ProductMetafieldTests {
    private static func define(_ client: TestClient, _ key: String, _ type: String, _ rules: JSON = [:]) throws {
        let body: JSON = [
            "namespace": "custom", "key": .string(key), "name": .string("My \(key)"), "type": .string(type),
            "validations": rules,
        ]
        let made = try client.json(.post, "/api/metafield-definitions", body)
        #expect(made.status == 201, "\(made.text)")
    }

    @Test("A definition lives: made, read, changed, refused, removed")
    func definitions() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try Self.define(client, "net", "weight", ["max": "50 kg"])
        let record = try #require(try client.get("/api/metafield-definitions/1").json)
        #expect(record["validations"] == ["max": "50 kg"])
        let put = try client.json(.put, "/api/metafield-definitions/1", record)
        #expect(put.status == 200 && put.json == record, "\(put.text)")
        let patched = try client.json(
            .patch,
            "/api/metafield-definitions/1",
            ["validations": ["min": "1 g", "max": nil]]
        )
        #expect(patched.json?["validations"] == ["min": "1 g"] && patched.headers["ETag"] == "\"1-2\"")
        let taken = try client.json(
            .post,
            "/api/metafield-definitions",
            [
                "namespace": "custom", "key": "net", "name": "Again", "type": "weight",
            ]
        )
        #expect(taken.status == 409 && taken.json?["existing_id"]?.intValue == 1)
        let other = try client.json(.patch, "/api/metafield-definitions/1", ["type": "volume", "colour": 1])
        #expect(other.status == 422)
        #expect(
            other.json?["errors"]?.arrayValue?.compactMap { $0["code"]?.stringValue } == ["read_only", "unknown_field"]
        )
        #expect(try client.get("/api/metafield-definitions?include=total").json?["total"]?.intValue == 1)
        #expect(try client.send(Call(.delete, "/api/metafield-definitions/1")).status == 204)
        #expect(try client.get("/api/metafield-definitions/1").status == 404)
    }

    @Test("Values are changes of their product: version, history, restore, audit, event")
    func values() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try house.add("A-1")
        try Self.define(client, "net", "weight", ["max": "50 kg"])
        let path = "/api/products/1/metafields/custom/net"
        let made = try client.json(.put, path, ["value": "2.5 kg"])
        #expect(made.status == 201 && made.json?["product_version"]?.intValue == 2, "\(made.text)")
        #expect(made.json?["value"] == ["value": "2.5", "unit": "kg"])
        let record = try #require(made.json)
        let same = try client.json(.put, path, record)
        #expect(same.status == 200 && same.json?["product_version"]?.intValue == 2)
        let heavy = try client.json(.put, path, ["value": "51000 g"])
        #expect(heavy.status == 422 && heavy.json?["errors"]?.arrayValue?.first?["code"]?.stringValue == "too_large")
        let wrong = try client.json(.put, path, ["value": "1 l", "type": "volume"])
        #expect(wrong.json?["errors"]?.arrayValue?.first?["code"]?.stringValue == "other_type")
        let untyped = try client.json(.put, "/api/products/1/metafields/free/note", ["value": "x"])
        #expect(untyped.status == 422)
        let free = try client.json(
            .put,
            "/api/products/1/metafields/free/note",
            [
                "value": "x", "type": "single_line_text_field",
            ]
        )
        #expect(free.status == 201 && free.json?["name"] == .null)
        #expect(try client.json(.put, path, ["value": "3 kg"]).status == 200)
        let listed = try client.get("/api/products/1/metafields?include=total").json
        #expect(listed?["items"]?.arrayValue?.compactMap { $0["key"]?.stringValue } == ["net", "note"])
        #expect(listed?["total"]?.intValue == 2)

        let history = try #require(try client.get("/api/products/1/history").json?["items"]?.arrayValue)
        #expect(history.count == 4)
        #expect(
            history[0]["changes"] == [
                [
                    "field": "metafield:custom.net", "before": ["value": "2.5", "unit": "kg"],
                    "after": ["value": "3", "unit": "kg"],
                ]
            ]
        )
        #expect(history[2]["changes"]?.arrayValue?.first?["before"] == .null)
        let restored = try client.json(.post, "/api/products/1/restore", ["version": 2])
        #expect(restored.status == 200 && restored.json?["version"]?.intValue == 5)
        #expect(try client.get(path).json?["value"] == ["value": "2.5", "unit": "kg"])
        #expect(try client.get("/api/products/1/metafields/free/note").status == 404)

        let compared = try client.get("/api/products/1/compare?from=2&to=4").json?["changes"]?.arrayValue ?? []
        #expect(compared.compactMap { $0["field"]?.stringValue } == ["metafield:custom.net", "metafield:free.note"])
        #expect(try client.get("/api/products/1/compare?from=2").json?["changes"] == [])
        #expect(try client.get("/api/products/1/compare?from=9").status == 422)
        let stale = try client.send(Call(.delete, path, headers: .headers(["If-Match": "\"1-4\""])))
        #expect(stale.status == 412)
        #expect(try client.send(Call(.delete, path)).status == 204)
        #expect(try client.send(Call(.delete, path)).status == 404)
        let events = try house.database.all("SELECT type FROM outbox WHERE type = 'product.updated'") { $0.text(0) }
        #expect(events.count == 5)
        let audited = try house.database.first(
            "SELECT after FROM audit_log WHERE action = 'product.update' ORDER BY id LIMIT 1"
        ) { row in row.text(0) }
        #expect(audited?.contains("metafield:custom.net") == true)
    }

    @Test("A deleted product comes back with its metafields; a page that was opened before is refused")
    func comingBack() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try house.add("A-1")
        try Self.define(client, "note", "single_line_text_field")
        #expect(try client.json(.put, "/api/products/1/metafields/custom/note", ["value": "x"]).status == 201)
        let before = try CatalogDigest.compute(house.database)
        #expect(try client.send(Call(.delete, "/api/products/1")).status == 204)
        #expect(try client.get("/api/products/1/metafields").status == 404)
        #expect(try CatalogDigest.compute(house.database).hash != before.hash)
        #expect(try client.json(.post, "/api/products/1/restore", ["version": 2]).status == 200)
        #expect(try CatalogDigest.compute(house.database).hash == before.hash)
        #expect(try client.get("/api/products/1/metafields/custom/note").json?["value"] == "x")
    }

    @Test("Filters find equal quantities in any unit, ranges, and who has one at all")
    func filters() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try Self.define(client, "net", "weight")
        try Self.define(client, "note_min", "single_line_text_field")
        for (sku, weight) in [("A", "1 kg"), ("B", "1000 g"), ("C", "2 lb"), ("D", "")] {
            try house.add(sku)
            guard !weight.isEmpty else { continue }
            let id = try #require(try ProductStore(house.database).find(sku: sku)).id
            let answer = try client.json(.put, "/api/products/\(id)/metafields/custom/net", ["value": .string(weight)])
            #expect(answer.status == 201)
        }
        func found(_ query: String) throws -> [String] {
            let answer = try client.get("/api/products?sort=id&\(query)")
            return answer.json?["items"]?.arrayValue?.compactMap { $0["sku"]?.stringValue } ?? [answer.text]
        }
        #expect(try found("metafield:custom.net=1000%20g") == ["A", "B"])
        #expect(try found("metafield:custom.net_max=950%20g") == ["C"])
        #expect(try found("metafield:custom.net_min=950%20g&metafield:custom.net_max=2%20kg") == ["A", "B"])
        #expect(try found("has=metafield:custom.net") == ["A", "B", "C"])
        #expect(try found("lacks=metafield:custom.net") == ["D"])
        #expect(try found("sort=id&metafield:custom.note_min=x").isEmpty == false)
        #expect(
            try client.get("/api/products?metafield:custom.none=1").json?["code"]?.stringValue == "unknown_metafield"
        )
        #expect(try client.get("/api/products?metafield:custom.net=heavy").status == 400)
        #expect(try client.send(Call(.delete, "/api/products?metafield:custom.net=1%20kg&confirm=2")).status == 400)
    }

    @Test("Exports have a column for each, and importing them changes nothing")
    func export() throws {
        let fixture = try ImportFixture()
        try fixture.run("sku,name\na,Lamp\nb,Chair\n")
        let id = try #require(try fixture.products.find(sku: "a")).id
        let name = MetafieldName(namespace: "custom", key: "net")
        let type = try #require(MetafieldType("list.weight"))
        let reader = try MetafieldReader(type, .none, .euro, MetafieldReferences(fixture.connection))
        let value = StoredMetafield(type, try reader.read(text: "1 kg\n2.5 lb").get())
        _ = try fixture.products.changeMetafields(id, .euro, fixture.context) { _, _ in [name: value] }
        func file(_ format: ProductExport.Format) throws -> [UInt8] {
            var export = try ProductExport([:], format, fixture.connection)
            var bytes: [UInt8] = []
            while let part = try export.next(fixture.connection) { bytes += part }
            return bytes
        }
        let csv = try file(.csv)
        let text = String(decoding: csv, as: UTF8.self)
        #expect(
            text.contains("metafield:custom.net,bodega_escaped") && text.contains("\"[\"\"1 kg\"\",\"\"2.5 lb\"\"]\"")
        )
        let lines = String(decoding: try file(.ndjson), as: UTF8.self)
        #expect(lines.contains("\"metafield:custom.net\":[{\"value\":\"1\",\"unit\":\"kg\"},"))
        let before = try fixture.digest()
        #expect(try fixture.run(csv).books.unchanged == 2)
        #expect(try fixture.importFile(try file(.xlsx)).books.unchanged == 2)
        #expect(try fixture.digest() == before)
    }

    @Test("The page of a product has a control for each, and keeps what is wrong")
    func page() throws {
        let house = try CatalogHouse()
        let api = try house.client()
        let (client, csrf) = try house.browser()
        try house.add("A-1")
        try Self.define(api, "net", "weight")
        try Self.define(api, "care", "list.single_line_text_field")
        let page = try client.get("/products/1")
        #expect(page.text.contains("name=\"metafield:custom.net.unit\"") && page.text.contains("My care"))
        func post(version: Int, net: String, care: String = "cold\r\ndry") throws -> Answer {
            try client.form(
                "/products/1/metafields",
                [
                    "csrf_token": csrf, "version": "\(version)", "metafield:custom.net": net,
                    "metafield:custom.net.unit": "kg", "metafield:custom.care": care,
                ]
            )
        }
        let refused = try post(version: 1, net: "2,5")
        #expect(refused.status == 422 && refused.text.contains("value=\"2,5\"") && refused.text.contains("cold\r\ndry"))
        let saved = try post(version: 1, net: "2.5")
        #expect(saved.status == 303, "\(saved.text)")
        #expect(try api.get("/api/products/1/metafields/custom/care").json?["value"] == ["cold", "dry"])
        let stale = try post(version: 1, net: "4")
        #expect(stale.status == 409 && stale.text.contains("value=\"4\""))
        #expect(try post(version: 2, net: "").status == 303)
        #expect(try api.get("/api/products/1/metafields").json?["items"]?.arrayValue?.count == 1)
        #expect(try client.get("/products/1").text.contains("My net:"))
        #expect(try house.told() == ["product.created 1", "product.updated 1", "product.updated 1"])
    }

    @Test("The pages of definitions ask for what the type needs, and keep what is wrong")
    func definitionPages() throws {
        let house = try CatalogHouse()
        let (client, csrf) = try house.browser()
        #expect(try client.get("/metafields").text.contains("No metafields yet"))
        #expect(try client.get("/metafields/new").text.contains("list.color"))
        #expect(try client.get("/metafields/new?type=rating").text.contains("name=\"scale_min\""))
        var form: Fields = [
            "csrf_token": csrf, "type": "rating", "name": "Stars", "namespace": "custom", "key": "stars",
            "scale_min": "5", "scale_max": "1", "display_order": "0", "is_visible": "1",
        ]
        let refused = try client.form("/metafields/new", form)
        #expect(refused.status == 422 && refused.text.contains("A rating needs a scale"))
        form.set("scale_min", "1")
        form.set("scale_max", "5")
        #expect(try client.form("/metafields/new", form).headers["Location"] == "/metafields?done=created")
        let taken = try client.form("/metafields/new", form)
        #expect(taken.status == 422 && taken.text.contains("Another definition has this namespace and key"))
        form.set("name", "Our stars")
        form.set("version", "1")
        #expect(try client.form("/metafields/1", form).status == 303)
        #expect(try client.form("/metafields/1", form).status == 409)
        #expect(try client.get("/metafields?done=saved").text.contains("Our stars"))
        #expect(try client.get("/metafields/1/delete").text.contains("No product has a value of it"))
        #expect(try client.form("/metafields/1/delete", ["csrf_token": csrf, "confirm": "1"]).status == 303)
        #expect(try MetafieldDefinitionStore(house.database).all().isEmpty)
    }

    @Test("A view is saved, seen, changed and removed, by whom it belongs to")
    func views() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        let made = try client.json(.post, "/api/views", ["name": "Drafts", "query": "status=draft&sort=-price"])
        #expect(made.status == 201 && made.json?["query"]?.stringValue == "status=draft&sort=-price", "\(made.text)")
        let again = try client.json(.post, "/api/views", ["name": " DRAFTS ", "query": ""])
        #expect(again.status == 409 && again.json?["existing_id"]?.intValue == 1)
        #expect(try client.json(.post, "/api/views", ["name": "Odd", "query": "colour=red"]).status == 422)
        let record = try #require(made.json)
        #expect(try client.json(.put, "/api/views/1", record).json == record)
        let reader = try house.client([.readProducts])
        #expect(try reader.json(.patch, "/api/views/1", ["is_shared": true]).status == 403)
        let shared = try client.json(.patch, "/api/views/1", ["is_shared": true])
        #expect(shared.headers["ETag"] == "\"1-2\"")
        let (browser, csrf) = try house.browser()
        try house.add("A-1")
        #expect(try browser.get("/products").text.contains("/products?status=draft&amp;sort=-price"))
        let form: Fields = ["csrf_token": csrf, "name": "Mine", "query": "status=active"]
        #expect(try browser.form("/products/views", form).status == 303)
        #expect(try browser.form("/products/views", form).text.contains("You have a view with this name"))
        #expect(try browser.form("/products/views/2/delete", ["csrf_token": csrf]).status == 303)
        #expect(try client.send(Call(.delete, "/api/views/1")).status == 204)
        #expect(try client.get("/api/views?include=total").json?["total"]?.intValue == 0)
    }
}
