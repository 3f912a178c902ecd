import Catalog
import Database
import ImportEngine
import ImportKit
import Support
import TestSupport
import Testing
import Web

@Suite("Bulk changes of products")
struct ProductBulkTests {
    private static func send(_ client: TestClient, _ body: String) throws -> Answer {
        try client.send(.patch, "/api/products", "application/x-ndjson", Array(body.utf8))
    }

    private static func lines(_ answer: Answer) throws -> [JSON] {
        try answer.text.split(separator: "\n").map { try JSON.parse(String($0)) }
    }

    @Test("Each line is answered in order, on its own, and told once")
    func mixed() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try house.add("A-1", "Lamp") { $0.price = 100 }
        _ = try house.told()
        let answer = try Self.send(
            client,
            """
            {"sku":"a-1","price":2.5}
            {"sku":"B-2","name":"Chair","active":false}

            {"sku":"C-3"}
            not json
            ["sku"]
            {"name":"No key"}
            {"sku":"B-2","name":"Chair two"}
            {"sku":"B-2","id":1}
            {"sku":"A-1","price":"2.50"}\r
            """
        )
        #expect(answer.status == 200)
        #expect(answer.headers["Content-Type"] == "application/x-ndjson")
        let lines = try Self.lines(answer)
        #expect(lines.compactMap { $0["line"]?.intValue } == [1, 2, 4, 5, 6, 7, 8, 9, 10])
        #expect(lines.compactMap { $0["status"]?.intValue } == [200, 201, 422, 422, 422, 422, 200, 422, 200])
        #expect(lines.map { $0["id"]?.intValue } == [1, 2, nil, nil, nil, nil, 2, 2, 1])
        // The SKU is found in any case and then written as it was sent, as an import does.
        #expect(lines[0]["sku"]?.stringValue == "a-1" && lines[8]["sku"]?.stringValue == "A-1")
        let codes = lines.map { $0["errors"]?.arrayValue?.first?["code"]?.stringValue }
        let wanted = [nil, nil, "required", "not_json", "not_an_object", "required", nil, "read_only", nil]
        #expect(codes == wanted)
        let told = try house.told()
        #expect(told == ["product.updated 1", "product.created 2", "product.updated 2", "product.updated 1"])
        #expect(try house.store.find(2)?.status == .draft)
    }

    @Test("Ten thousand lines pass, one more is 413, and nothing of it is written")
    func limits() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        let many = (1...10_001).map { "{\"sku\":\"S-\($0)\",\"name\":\"N\"}\n" }
        let refused = try Self.send(client, many.joined())
        #expect(refused.status == 413 && refused.isProblem("too_many_lines"))
        #expect(try house.store.count(ProductFilter()) == 0)
        let answer = try Self.send(client, "\(many.dropLast().joined())\n\n")
        #expect(try Self.lines(answer).allSatisfy { $0["status"]?.intValue == 201 })
        #expect(try house.store.count(ProductFilter()) == 10_000)
        #expect(try house.told().count == 10_000)
        let again = try Self.send(client, many.dropLast().joined())
        #expect(try Self.lines(again).allSatisfy { $0["status"]?.intValue == 200 })
        #expect(try house.told() == [])
        let big = [UInt8](repeating: 0x20, count: 16 << 20 + 1)
        #expect(try client.send(.patch, "/api/products", "application/x-ndjson", big).status == 413)
        #expect(try client.send(.patch, "/api/products", "text/plain", []).status == 415)
        #expect(try Self.send(client, "").text == "")
    }

    @Test("A disk that becomes full in the middle: each line says whether it was written")
    func fullDisk() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        func pages() throws -> Int64 { try house.database.first("PRAGMA page_count") { row in row.int(0) } ?? 0 }
        func body(_ numbers: Range<Int>) -> String {
            numbers.map { "{\"sku\":\"S-\($0)\",\"name\":\"Name\",\"description\":\"\($0) of many words\"}\n" }.joined()
        }
        _ = try Self.send(client, body(0..<500))
        let before = try pages()
        _ = try Self.send(client, body(500..<1000))
        let now = try pages()
        // Room for the first part, which is 500 lines, and for half of the second.
        _ = try house.database.first("PRAGMA max_page_count = \(raw: String(now + (now - before) * 3 / 2))") { row in
            row.int(0)
        }
        let answer = try Self.send(client, body(1000..<2500))
        #expect(answer.status == 200)
        let lines = try Self.lines(answer)
        let statuses = lines.compactMap { $0["status"]?.intValue }
        let written = statuses.prefix { $0 == 201 }.count
        #expect(written > 0 && written < 1500 && statuses.dropFirst(written).allSatisfy { $0 == 507 })
        #expect(lines.count == 1500 && lines.last?["errors"]?.arrayValue?.first?["code"] == "disk_full")
        #expect(try house.store.count(ProductFilter()) == 1000 + written)
    }

    @Test("A list in one JSON text does the same, and is answered as one")
    func list() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try house.add("A-1", "Lamp") { $0.price = 100 }
        _ = try house.told()
        func send(_ body: String) throws -> Answer {
            try client.send(.patch, "/api/products", "application/json; charset=utf-8", Array(body.utf8))
        }
        let answer = try send(
            #"{"items": [{"sku": "a-1", "price": 2.50}, {"sku": "B-2"}, 7, {"sku": "C-3", "name": "Cup"}]}"#
        )
        #expect(answer.status == 200 && answer.headers["Content-Type"] == "application/json")
        let items = try #require(try JSON.parse(answer.text)["items"]?.arrayValue)
        #expect(items.compactMap { $0["line"]?.intValue } == [1, 2, 3, 4])
        #expect(items.compactMap { $0["status"]?.intValue } == [200, 422, 422, 201])
        #expect(try house.store.find(1)?.price == 250)
        #expect(try house.told() == ["product.updated 1", "product.created 2"])

        #expect(try send("{").isProblem("not_json"))
        for body in ["[]", "null", "{}", #"{"items": {}}"#, #"{"items": [], "more": 1}"#] {
            #expect(try send(body).status == 422, "\(body)")
        }
        #expect(try JSON.parse(send(#"{"items": []}"#).text) == ["items": []])
        let many = [String](repeating: "{}", count: 10_001).joined(separator: ",")
        #expect(try send("{\"items\": [\(many)]}").isProblem("too_many_lines"))
        #expect(try send(String(repeating: " ", count: 4 << 20) + "{}").isProblem("too_large"))
    }
}
