import AdminKit
import Database
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

/// A field stands in the table once; here is held that all places know it: columns, JSON, schemas, forms, pages, files,
/// digest, history, restore, undo and filters.
@Suite struct ProductFieldsTests {
    /// A value of each field as people write it, and another one.
    static let values: [(name: String, one: String, other: String)] = [
        ("sku", "Tee-M", "Tee-L"), ("name", "Shirt M", "Shirt L"), ("brand", "Acme", "Apex"),
        ("description", "Long\ntext", "Longer"), ("price", "12.50", "13.00"), ("compare_at_price", "15.00", "16.00"),
        ("upc", "4006381333931", "96385074"), ("status", "draft", "archived"),
        ("custom_attributes", #"{"Colour":"red"}"#, #"{"Colour":"blue"}"#), ("short_description", "Short\ntext", "So"),
        ("cost_price", "4.20", "4.30"), ("manufacturer", "Acme Mills", "Apex Mills"),
        ("manufacturer_part_number", "=TS-1", "TS-2"), ("weight", "1.125", "0.000001"), ("weight_unit", "kg", "lb"),
        ("length", "70", "70.5"), ("width", "50.25", "51"), ("height", "2", "2.000001"), ("dimension_unit", "cm", "in"),
        ("inventory_quantity", "-3", "12"), ("inventory_tracked", "true", "false"), ("seo_title", "A shirt", "Shirts"),
        ("seo_description", "Soft", "Softer"), ("seo_handle", "tee-m", "tee-l"),
        ("shopify_product_id", "632910392", "7"),
        ("shopify_variant_id", "808950810", "8"), ("group_key", "tee", "shirts"), ("option_1_name", "Size", "Sizes"),
        ("option_1_value", "M", "L"), ("option_2_name", "Colour", "Colours"), ("option_2_value", "red", "blue"),
        ("option_3_name", "Fit", "Cut"), ("option_3_value", "slim", "wide"),
    ]

    private static func product(_ pick: (String, String) -> String) throws -> Product {
        var draft = ProductDraft()
        for value in values {
            let field = try #require(ProductFields.named(value.name))
            draft.set(field, pick(value.one, value.other), .euro)
        }
        draft.checkUnits()
        #expect(draft.problems == [])
        return draft.product
    }

    /// Those that hold a value of their own; the category names another record (`CategoryImportTests`).
    private static let plain = ProductFields.all.filter { if case .reference = $0.kind { false } else { true } }

    private static func one() throws -> Product { try product { one, _ in one } }
    private static func other() throws -> Product { try product { _, other in other } }

    @Test func everyPlaceHasEveryField() throws {
        let names = ProductFields.all.map(\.name)
        #expect(Self.values.map(\.name) == Self.plain.map(\.name), "a value for each, in the table's order")
        #expect(ProductSection.all.flatMap(\.names).sorted() == names.sorted(), "each in one section")
        let house = try CatalogHouse()
        let form = try ProductForm.fields(Product(), .euro, CategoryNames(house.database))
        #expect(form.map(\.name).sorted() == names.sorted())
        #expect(ProductFields.all.count <= RecordTable.mostFields)
        let (one, other) = (try Self.one(), try Self.other())
        for field in Self.plain {
            #expect(field.read(one) != .none && field.read(one) != field.read(other), "\(field.name)")
            #expect(field.record.rules.storage == field.record.storage)
        }
        let stored = try house.database.all("SELECT name FROM pragma_table_info(\("product"))") { row in row.text(0) }
        let own = ["id", "sku_norm", "version", "created_at", "updated_at", "synced_at"]
        #expect(stored.sorted() == (names + own).sorted())
        for (schema, isWritten) in [("Product", false), ("NewProduct", true), ("ProductChange", true)] {
            let found = try #require(ProductSchemas.all(.euro).first { $0.name == schema })
            let members = try #require(found.schema.json["properties"]?.members?.map(\.name))
            #expect(names.allSatisfy(members.contains), "\(schema)")
            #expect(isWritten || (["synced_at"] + own.filter { $0 != "sku_norm" }).allSatisfy(members.contains))
        }
        let columns = names.map { $0 == "category_id" ? "category" : $0 }
        #expect(ProductCSV.header.dropLast() == columns[...])
        #expect(names.allSatisfy(ImportMapping.Target.names(of: .products).contains))
    }

    @Test func theAPITakesWhatItShows() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        let wanted = try Self.one()
        let sent = JSON.object(
            (wanted.json(.euro).members ?? []).filter { ProductFields.named($0.name) != nil }
        )
        let answer = try client.json(.post, "/api/products", sent)
        #expect(answer.status == 201, "\(answer.text)")
        let shown = try #require(answer.json)
        for field in ProductFields.all { #expect(shown[field.name] == sent[field.name], "\(field.name)") }
        #expect(shown["weight"] == "1.125" && shown["inventory_quantity"] == .int(-3))
        #expect(shown["inventory_tracked"] == true && shown["synced_at"] == .null)
        let schema = try #require(ProductSchemas.all(.euro).first { $0.name == "Product" })
        #expect(mismatch(shown, schema.schema.json) == nil)
        // Each field alone, and back to nothing.
        for value in Self.values where value.name != "custom_attributes" {
            let field = try #require(ProductFields.named(value.name))
            let patched = try client.json(.patch, "/api/products/1", .object([.init(value.name, .string(value.other))]))
            let isFlag = field.kind == .boolean
            #expect(isFlag ? patched.status == 422 : patched.status == 200, "\(value.name): \(patched.text)")
            if !isFlag, !field.isRequired, !["weight_unit", "dimension_unit"].contains(value.name) {
                let cleared = try client.json(.patch, "/api/products/1", .object([.init(value.name, .null)]))
                #expect(cleared.json?[value.name] == .null, "\(value.name): \(cleared.text)")
            }
        }
    }

    @Test(
        "What is no value of its field is refused with the field's name",
        arguments: [
            (["weight": "-1", "weight_unit": "kg"], "weight", "bad_weight"),
            (["weight": "1.1234567", "weight_unit": "kg"], "weight", "bad_weight"),
            (["weight": "1"], "weight_unit", "no_unit"), (["height": "1"], "dimension_unit", "no_unit"),
            (["weight": "1", "weight_unit": "stone"], "weight_unit", "bad_weight_unit"),
            (["seo_handle": "Red Shirt"], "seo_handle", "bad_seo_handle"),
            (["shopify_product_id": "gid://shopify/ProductVariant/1"], "shopify_product_id", "bad_shopify_product_id"),
            (["inventory_quantity": "1.5"], "inventory_quantity", "bad_inventory_quantity"),
            (["inventory_tracked": "yes"], "inventory_tracked", "wrong_type"),
            (["synced_at": "2026-01-01T00:00:00Z"], "synced_at", "read_only"),
        ] as [([String: String], String, String)]
    )
    func refusals(members: [String: String], field: String, code: String) throws {
        let house = try CatalogHouse()
        let client = try house.client()
        let body = members.map { JSON.Member($0.key, .string($0.value)) } + [.init("sku", "A"), .init("name", "A")]
        let answer = try client.json(.post, "/api/products", .object(body))
        #expect(answer.status == 422)
        let errors = answer.json?["errors"]?.arrayValue ?? []
        #expect(errors.map { $0["field"]?.stringValue } == [field], "\(answer.text)")
        #expect(errors.first?["code"]?.stringValue == code)
    }

    @Test func numbersComeAsTheirProgramWritesThem() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        let body: JSON = [
            "sku": "A", "name": "A", "shopify_product_id": "gid://shopify/Product/632910392",
            "shopify_variant_id": 808_950_810, "weight": .number("2.5"), "weight_unit": "lb", "inventory_quantity": 7,
            "seo_handle": "",
        ]
        let answer = try client.json(.post, "/api/products", body)
        #expect(answer.json?["shopify_product_id"] == "632910392", "\(answer.text)")
        #expect(answer.json?["shopify_variant_id"] == "808950810" && answer.json?["weight"] == "2.5")
        #expect(answer.json?["seo_handle"] == .null)
    }

    // MARK: Files

    @Test(arguments: [ProductExport.Format.csv, .xlsx])
    func anExportIsImportedWithoutAChange(format: ProductExport.Format) throws {
        let fixture = try ImportFixture()
        let one = try fixture.products.insert(try Self.one(), fixture.context)
        let other = try fixture.products.insert(try Self.other(), fixture.context)
        _ = try fixture.products.insert(Product(sku: "empty", name: "Empty"), fixture.context)
        var export = try ProductExport(["sort": "sku"], format, fixture.connection)
        var bytes: [UInt8] = []
        while let part = try export.next(fixture.connection) { bytes += part }
        if format == .csv {
            let again = try fixture.run(bytes)
            #expect(try fixture.codes(again) == [])
            #expect(again.books == books(3, unchanged: 3))
        }
        let copy = try ImportFixture()
        let job = try copy.importFile(bytes)
        #expect(try copy.codes(job) == [])
        #expect(job.books == books(3, created: 3))
        #expect(try copy.digest().hash == fixture.digest().hash)
        let table = try copy.table()
        for product in [one, other] {
            let key = Product.skuKey(product.sku)
            for field in ProductFields.all {
                #expect(table[key].map(field.read) == field.read(product), "\(field.name)")
            }
        }
    }

    @Test func aFieldThatNobodyUsesLeavesTheDigestAsItWas() throws {
        let fixture = try ImportFixture()
        _ = try fixture.products.insert(Product(sku: "a", name: "A"), fixture.context)
        let before = try fixture.digest().hash
        var seen: Set<String> = [before]
        for value in Self.values.dropFirst(ProductFields.first.count) {
            let field = try #require(ProductFields.named(value.name))
            _ = try fixture.products.update(1, fixture.context) { current in
                var draft = ProductDraft(current)
                draft.set(field, value.one, .euro)
                return draft.product
            }
            let hash = try fixture.digest().hash
            #expect(seen.insert(hash).inserted, "\(value.name)")
            _ = try fixture.products.update(1, fixture.context) { current in
                var draft = ProductDraft(current)
                draft.set(field, nil, .euro)
                return draft.product
            }
            #expect(try fixture.digest().hash == before)
        }
    }

    // MARK: The way back

    @Test func historyRestoreAndUndoKnowEveryField() throws {
        let fixture = try ImportFixture()
        let one = try fixture.products.insert(try Self.one(), fixture.context)
        var other = try Self.other()
        other.sku = one.sku
        let wanted = other
        _ = try fixture.products.update(one.id, fixture.context) { _ in
            var next = wanted
            (next.id, next.version) = (one.id, one.version)
            (next.createdAt, next.updatedAt) = (one.createdAt, one.updatedAt)
            return next
        }
        let page = try ProductVersions(fixture.connection, one.id).page(before: .max, limit: 10)
        #expect(page.changes.first?.fields.map(\.field.name) == Self.plain.map(\.name).filter { $0 != "sku" })
        let restored = try ProductRestore(fixture.connection, one.id).restore(1, fixture.context) { _ in }
        for field in ProductFields.all { #expect(field.read(restored) == field.read(one), "\(field.name)") }
        let before = try fixture.digest().hash
        var deletion = ImportOptions()
        deletion.mode = .delete
        deletion.isGuarded = false
        let job = try fixture.run("sku\ntee-m\n", deletion)
        #expect(try fixture.digest().products == 0)
        let undo = try fixture.undo(job)
        #expect(undo.status == .completed)
        #expect(try fixture.digest().hash == before)
    }

    // MARK: Handles

    @Test func noTwoProductsHaveOneHandle() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try house.add("A") { $0.seoHandle = "tee" }
        try house.add("B")
        let taken = try client.json(.post, "/api/products", ["sku": "C", "name": "C", "seo_handle": "tee"])
        #expect(taken.status == 409 && taken.json?["code"] == "handle_taken" && taken.json?["existing_id"] == 1)
        #expect(try client.json(.patch, "/api/products/2", ["seo_handle": "tee"]).status == 409)
        let lines: JSON = [
            "items": [
                ["sku": "B", "seo_handle": "tee"], ["sku": "B", "name": "Bee"],
                ["sku": "D", "name": "D", "seo_handle": "d"],
                ["sku": "E", "name": "E", "seo_handle": "d"], ["sku": "A", "seo_handle": nil],
                ["sku": "B", "seo_handle": "tee"],
            ]
        ]
        let bulk = try client.json(.patch, "/api/products", lines)
        let statuses = (bulk.json?["items"]?.arrayValue ?? []).compactMap { $0["status"]?.intValue }
        #expect(statuses == [409, 200, 201, 409, 200, 200], "\(bulk.text)")
        let bee = try house.store.find(sku: "B")
        #expect(bee?.name == "Bee" && bee?.seoHandle == "tee")
    }

    @Test(arguments: [false, true])
    func aRowWithATakenHandleFails(isReviewed: Bool) throws {
        let fixture = try ImportFixture()
        try fixture.run("sku,name,seo_handle\na,A,x\nb,B,y\n")
        var options = ImportOptions()
        options.review = isReviewed
        var job = try fixture.run("sku,name,seo_handle\nc,C,x\nb,B,x\na,A,x\nd,D,Bad One\n", options)
        if isReviewed { job = try fixture.confirm(job) }
        #expect(job.books == books(4, unchanged: 1, failed: 3))
        #expect(
            try fixture.codes(job) == [
                "1 seo_handle_taken seo_handle", "2 seo_handle_taken seo_handle", "4 bad_seo_handle seo_handle",
            ]
        )
    }

    @Test func anUndoKeepsAProductWhoseHandleIsTaken() throws {
        let fixture = try ImportFixture()
        try fixture.run("sku,name,seo_handle\na,A,x\n")
        let job = try fixture.run("sku,seo_handle\na,z\n")
        var thief = Product(sku: "thief", name: "T")
        thief.seoHandle = "x"
        _ = try fixture.products.insert(thief, fixture.context)
        let undo = try fixture.undo(job)
        #expect(undo.status == .completed && undo.result?["keep"] == 1)
        let kept = try UndoStore(fixture.connection, ProductFields.table).kept(by: undo.id, after: 0, limit: 10)
        #expect(kept.map(\.reason) == [.valueTaken])
    }

    // MARK: Lists

    @Test func listsAreFilteredByTheNewFields() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try house.add("A") { ($0.groupKey, $0.inventoryQuantity, $0.price) = ("tee", -1, 100) }
        try house.add("B") { ($0.groupKey, $0.inventoryQuantity, $0.brand) = ("tee", 5, "Acme") }
        try house.add("C") { ($0.inventoryQuantity, $0.upc) = (9, "96385074") }
        try house.database.write {
            try house.database.execute("UPDATE product SET synced_at = updated_at WHERE sku = 'B'")
        }
        func skus(_ query: String) throws -> String {
            let items = try client.get("/api/products?sort=sku&\(query)").json?["items"]?.arrayValue ?? []
            return items.compactMap { $0["sku"]?.stringValue }.joined(separator: " ")
        }
        for (query, wanted) in [
            ("group_key=tee", "A B"), ("group_key=TEE", ""), ("inventory_quantity_min=5", "B C"),
            ("inventory_quantity_max=0", "A"), ("inventory_quantity_min=-1&inventory_quantity_max=5", "A B"),
            ("synced=true", "B"), ("synced=false", "A C"), ("has=price", "A"), ("lacks=price,upc", "B"),
            ("has=group_key&lacks=brand", "A"),
        ] { #expect(try skus(query) == wanted, "\(query)") }
        for query in ["has=sku", "lacks=nothing", "synced=maybe", "inventory_quantity_min=x"] {
            #expect(try client.get("/api/products?\(query)").status == 400, "\(query)")
        }
        var filter = ProductFilter()
        (filter.group, filter.stockMin, filter.stockMax, filter.synced) = ("tee", -4, 9, false)
        (filter.has, filter.lacks) = (["price", "upc"], ["weight"])
        #expect(ProductFilter(json: filter.json) == filter)
        #expect(ProductFilter(json: ["has": ["sku"]]) == nil)
    }

    @Test func aProductsPageShowsItsGroup() throws {
        let house = try CatalogHouse()
        let (client, _) = try house.browser()
        try house.add("A") { ($0.groupKey, $0.option1) = ("tee & co", .init(name: "Size", value: "M")) }
        try house.add("B") { ($0.groupKey, $0.option1) = ("tee & co", .init(name: "Size", value: "L")) }
        try house.add("C")
        let page = try client.get("/products/1").text
        #expect(page.contains("Other variants") && page.contains("/products?group_key=tee%20%26%20co"))
        let alone = try client.get("/products/3").text
        #expect(!alone.contains("Other variants"))
        for section in ProductSection.all { #expect(page.contains("<legend>\(section.title)</legend>")) }
        let plan = try house.database.all(
            "EXPLAIN QUERY PLAN SELECT id FROM product p WHERE p.group_key = 'tee' AND p.id <> 1 ORDER BY p.id"
        ) { row in row.text(3) }
        #expect(plan.allSatisfy { $0.contains("product_by_group") }, "\(plan)")
    }
}
