import AdminKit
import IdentityTestSupport
import Jobs
import Money
import Records
import Support
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// What was stored under other limits stays readable, and can be made smaller step by step.
@Suite("Custom attributes beyond the limits") struct AttributeLimitsTests {
    private static func object(_ count: Int, _ value: String = "v") -> JSON {
        .object((0..<count).map { JSON.Member("n\(10_000 + $0)", .string(value)) })
    }

    private func code(_ answer: Answer) throws -> String? {
        try JSON.parse(answer.text)["errors"]?.arrayValue?.first?["code"]?.stringValue
    }

    @Test("Over the API: read, sent back as it is, made smaller, but not greater")
    func api() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        let stored = Self.object(1500)
        try house.add("A-1") { $0.customAttributes = stored.text }
        let shown = try client.get("/api/products/1")
        let record = try JSON.parse(shown.text)
        #expect(record["custom_attributes"] == stored)
        #expect(try client.json(.put, "/api/products/1", record).status == 200)
        #expect(try client.json(.patch, "/api/products/1", ["name": "Lamp"]).status == 200)
        let more = try client.json(.patch, "/api/products/1", ["custom_attributes": ["x": "1"]])
        #expect(more.status == 422)
        #expect(try code(more) == "too_many_attributes")
        #expect(more.text.contains("at most 1000") && more.text.contains("these are 1501"))
        let exchange: JSON = ["custom_attributes": ["x": "1", "n10000": nil, "n10001": nil]]
        #expect(try client.json(.patch, "/api/products/1", exchange).status == 200)
        let line: JSON = ["sku": "A-1", "custom_attributes": ["n10002": nil]]
        let bulk = try client.send(.patch, "/api/products", "application/x-ndjson", line.bytes)
        #expect(bulk.text.contains("\"status\":200"))
        #expect(try CustomAttributes(stored: house.store.find(1)?.customAttributes ?? "").all.count == 1498)
        let long = try client.json(
            .post,
            "/api/products",
            ["sku": "B", "name": "B", "custom_attributes": Self.object(2, String(repeating: "x", count: 140_000))]
        )
        #expect(try code(long) == "attributes_too_long" && long.text.contains("256 KiB"))
        let many = try client.json(
            .post,
            "/api/products",
            ["sku": "B", "name": "B", "custom_attributes": Self.object(1001)]
        )
        #expect(try code(many) == "too_many_attributes")
        let most: JSON = ["sku": "B", "name": "B", "custom_attributes": Self.object(1000)]
        #expect(try client.json(.post, "/api/products", most).status == 201)
    }

    @Test("In the form: shown, kept when something else is changed, and made smaller")
    func form() throws {
        let house = try CatalogHouse()
        let (client, csrf) = try house.browser()
        let product = try house.add("A-1") { $0.customAttributes = Self.object(1200).text }
        #expect(try client.get("/products/1").text.contains("n11199: v"))
        var fields = Fields()
        for field in try ProductForm.fields(product, .euro, CategoryNames(house.database)) {
            fields.append(field.name, field.value)
        }
        fields.set("csrf_token", csrf)
        fields.set("version", "1")
        fields.set("name", "Lamp")
        #expect(try client.form("/products/1", fields).status == 303)
        fields.set("version", "2")
        fields.set("custom_attributes", (fields["custom_attributes"] ?? "") + "\nx: 1")
        let refused = try client.form("/products/1", fields)
        #expect(refused.status == 422 && refused.text.contains("at most 1000 custom attributes"))
        fields.set("custom_attributes", "x: 1")
        #expect(try client.form("/products/1", fields).status == 303)
        #expect(try house.store.find(1)?.customAttributes == #"{"x":"1"}"#)
    }

    @Test("In an import: a column takes one away from too many; none is added")
    func columns() throws {
        let fixture = try ImportFixture()
        try fixture.run("sku,name\na,A\n")
        let id = try #require(try fixture.table()["a"]).id
        _ = try fixture.products.update(id, fixture.context) { product in
            var product = product
            product.customAttributes = Self.object(1200).text
            return product
        }
        var options = ImportOptions()
        options.mapping = ["n10000": "attribute:n10000"]
        options.blank = .clear
        let taken = try fixture.run("sku,n10000\na,\n", options)
        #expect(taken.books.updated == 1)
        options.mapping = ["More": "attribute:More"]
        #expect(try fixture.codes(try fixture.run("sku,More\na,x\n", options)) == ["1 too_many_attributes -"])
        let whole = Self.object(1001).text.replacing("\"", with: "\"\"")
        let wrong = try fixture.run("sku,name,custom_attributes\nb,B,\"\(whole)\"\n")
        #expect(try fixture.codes(wrong) == ["1 too_many_attributes custom_attributes"])
    }

    @Test("Two spellings of a name are two attributes")
    func spellings() throws {
        let stored = try CustomAttributes(parsing: "{\"\u{E9}\":\"1\"}")
        let both = try stored.merging(["e\u{301}": "2"])
        #expect(both.all.map(\.value) == ["2", "1"])
        #expect(try both.merging(["\u{E9}": nil]).all.map(\.value) == ["2"])
    }
}
