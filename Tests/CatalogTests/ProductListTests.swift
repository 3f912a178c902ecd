import Database
import IdentityTestSupport
import Support
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite("Lists of products")
struct ProductListTests {
    /// 500 products with many equal names, prices and times, and many without a price.
    private static func filled(_ count: Int = 500) throws -> (CatalogHouse, [Product]) {
        let house = try CatalogHouse()
        var random = SeededRandom(7)
        var products: [Product] = []
        for number in 0..<count {
            if random.chance(1, in: 3) { house.house.clock.advance(seconds: 1) }
            let name = random.pick(["Chair", "chair", "Älv", "Lamp", "Zebra", "\u{10FFFD}", "😀", "a\"b"])
            let price: Int64? = random.chance(1, in: 4) ? nil : Int64(random.below(8))
            let status = random.pick(Product.Status.allCases)
            let sku = "\(random.pick(["a", "B", "é", "😀"]))-\(number * 7919 % 1000)"
            products.append(
                try house.add(sku, name) { product in
                    product.price = price
                    product.status = status
                    product.description = number.isMultiple(of: 5) ? "good wooden thing" : nil
                }
            )
        }
        return (house, products)
    }

    /// The order as anybody would write it down: by bytes, null last, ties by id.
    private static func sorted(_ products: [Product], _ key: String, _ descends: Bool) -> [Product] {
        func text(_ product: Product) -> [UInt8]? {
            switch key {
            case "sku": Array(product.sku.lowercased().utf8)
            case "name": Array(product.name.utf8)
            case "price": product.price.map { Array(String(10_000 + $0).utf8) }
            case "updated_at": Array(String(product.updatedAt.milliseconds).utf8)
            default: []
            }
        }
        return products.sorted { left, right in
            switch (text(left), text(right)) {
            case (nil, nil): break
            case (nil, _): return false
            case (_, nil): return true
            case (let one?, let other?) where one != other:
                return one.lexicographicallyPrecedes(other) != descends
            default: break
            }
            return descends ? left.id > right.id : left.id < right.id
        }
    }

    private static func walk(_ client: TestClient, _ first: String) throws -> [Int64] {
        var ids: [Int64] = []
        var next: String? = first
        var pages = 0
        while let path = next, pages < 400 {
            let answer = try client.get(path)
            guard answer.status == 200, let items = answer.json?["items"]?.arrayValue else {
                throw TestFailure("\(path): \(answer.text)")
            }
            ids += items.compactMap { $0["id"]?.intValue }
            next = answer.json?["next"]?.stringValue
            pages += 1
        }
        return ids
    }

    @Test("Every sort, walked page by page, is the naive order: nothing twice, nothing left out")
    func sorts() throws {
        let (house, products) = try Self.filled()
        let client = try house.client()
        for key in ["id", "sku", "name", "price", "updated_at"] {
            for descends in [false, true] {
                let expected = Self.sorted(products, key, descends).map(\.id)
                for limit in [7, 100, 1000] {
                    let found = try Self.walk(client, "/api/products?sort=\(descends ? "-" : "")\(key)&limit=\(limit)")
                    #expect(found == expected, "\(key), descends \(descends), limit \(limit)")
                }
            }
        }
        #expect(try Self.walk(client, "/api/products?limit=499") == products.map(\.id).reversed())
    }

    @Test("A text that is too much to look for is refused wherever products are listed, saved or deleted")
    func tooMuchText() throws {
        let (house, _) = try Self.filled(10)
        try house.index()
        let client = try house.client()
        func words(_ count: Int) -> String { (0..<count).map { "w\(100 + $0)" }.joined(separator: "+") }
        func expect(_ query: String, _ status: Int, _ code: String? = nil) throws {
            let calls: [Call] = ["", ".csv", ".ndjson"].map { Call(.get, "/api/products\($0)?\(query)") }
            for call in calls + [Call(.delete, "/api/products?\(query)")] {
                let answer = try client.send(call)
                #expect(answer.status == (status == 200 && call.method == .delete ? 428 : status), "\(call)")
                guard let code else { continue }
                let problem = answer.json?["errors"]?.arrayValue?.first
                #expect(answer.json?["code"]?.stringValue == code, "\(call)")
                #expect(problem?["field"]?.stringValue == query.split(separator: "=").first.map(String.init))
                #expect(answer.json?["detail"]?.stringValue?.contains("rite at most") == true)
            }
        }
        for name in ["q", "name", "brand", "description"] {
            try expect("\(name)=\(words(32))", 200)
            try expect("\(name)=\(words(33))", 400, "too_many_words")
            try expect("\(name)=\(String(repeating: "cha+", count: 250))", 200)
            try expect("\(name)=\(String(repeating: "a+", count: 7500))", 400, "too_long")
        }
        try expect("sku=\(String(repeating: "%C3%A9", count: 1000))", 200)
        try expect("sku=\(String(repeating: "a", count: 1001))", 400, "too_long")
    }

    @Test("Every filter with every sort gives what a loop over all gives, and the exact total")
    func filters() throws {
        let (house, products) = try Self.filled(300)
        try house.index()
        let client = try house.client()
        let middle = products[150].updatedAt
        let cases: [(query: String, matches: (Product) -> Bool)] = [
            ("status=draft", { $0.status == .draft }),
            ("status=archived,draft", { $0.status != .active }),
            ("status=active,draft,archived", { _ in true }),
            ("active=true", { $0.status == .active }), ("active=false", { $0.status != .active }),
            ("active=false&status=active", { _ in false }),
            ("active=false&status=active,draft", { $0.status == .draft }),
            ("price_min=0.03", { ($0.price ?? -1) >= 3 }), ("price_max=0.02", { ($0.price ?? 99) <= 2 }),
            ("price_min=0.02&price_max=0.04&status=active", { (2...4).contains($0.price ?? 99) && $0.isActive }),
            ("updated_since=\(middle.rfc3339)", { $0.updatedAt >= middle }),
            ("sku=A-", { $0.sku.hasPrefix("a-") }), ("sku=%C3%89-1", { $0.sku.hasPrefix("é-1") }),
            ("name=cha", { $0.name.lowercased() == "chair" }), ("name=alv", { $0.name == "Älv" }),
            ("description=wood%20good", { $0.description != nil }), ("name=---", { _ in false }),
            (
                "name=lamp&description=thing&status=active",
                {
                    $0.name == "Lamp" && $0.description != nil && $0.isActive
                }
            ),
        ]
        for (query, matches) in cases {
            let expected = products.filter(matches)
            let total = try client.get("/api/products?\(query)&include=total&limit=1").json?["total"]?.intValue
            #expect(total == Int64(expected.count), "\(query)")
            for sort in ["id", "sku", "name", "price", "updated_at"] {
                for descends in [false, true] {
                    let found = try Self.walk(
                        client,
                        "/api/products?\(query)&limit=40&sort=\(descends ? "-" : "")\(sort)"
                    )
                    #expect(found == Self.sorted(expected, sort, descends).map(\.id), "\(query) by \(sort)")
                }
            }
        }
        let search = products.filter { $0.name.lowercased() == "chair" && $0.status == .draft }
        #expect(try Self.walk(client, "/api/products?q=CHAI&status=draft&limit=9") == search.map(\.id).reversed())
        #expect(try Self.walk(client, "/api/products?q=chai&status=draft&sort=id&limit=9") == search.map(\.id))
        #expect(try Self.walk(client, "/api/products?q=chair%20-%20OR%20%22lamp%22") == [])
    }

    @Test("Sorting the few and reading past the many show the same")
    func fewOrMany() throws {
        let (house, _) = try Self.filled(300)
        try house.index()
        var filters = [ProductFilter(), ProductFilter(), ProductFilter(), ProductFilter(), ProductFilter()]
        filters[0].statuses = [.draft]
        (filters[1].active, filters[1].priceMax) = (false, 4)
        (filters[2].sku, filters[2].priceMin) = ("B", 2)
        filters[3].updatedSince = house.house.clock.now.adding(seconds: -30)
        (filters[4].name, filters[4].statuses) = ("lamp", [.active, .archived])
        for filter in filters {
            for key in ProductSort.Key.allCases {
                for descends in [false, true] {
                    let sort = ProductSort(key, descends: descends)
                    let few = try house.store.list(filter, sort, limit: 300)
                    var many: [Product] = []
                    var page: [Product] = []
                    repeat {
                        let cursor = many.last.map { ProductCursor($0, sort) }
                        page = try house.store.list(filter, sort, after: cursor, limit: 13, fewRows: -1)
                        many += page
                    } while page.count == 13 && many.count < 400
                    #expect(many == few && !few.isEmpty, "\(filter.json.text) by \(key)")
                }
            }
        }
    }

    @Test("What cannot be read is 400 and says which parameter")
    func refusals() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        try house.add("A-1")
        try house.add("A-2")
        let cursor = try #require(try client.get("/api/products?sort=name&limit=1").json?["next"]?.stringValue)
        let text = String(cursor.split(separator: "cursor=")[1])
        let forged = [#"["name",5,1]"#, #"["name","a"]"#, #"["name","a","1"]"#, #"["name"]"#, #"["name","a",1,2]"#]
        var queries: [(String, String)] = [
            ("colour=1", "unknown_parameter"), ("Status=x", "unknown_parameter"),
            ("status=gone", "bad_status"), ("status=", "bad_status"), ("status=active,", "bad_status"),
            ("active=yes", "bad_boolean"), ("price_min=abc", "bad_price"), ("price_max=1.234", "bad_price"),
            ("updated_since=yesterday", "bad_time"), ("limit=0", "bad_limit"), ("limit=1001", "bad_limit"),
            ("sort=brand", "bad_sort"), ("q=x&sort=name", "bad_sort"), ("include=all", "bad_include"),
            ("cursor=%00x", "bad_cursor"), ("cursor=\(text)", "bad_cursor"), ("sku=a&sku=b", "duplicate_parameter"),
        ]
        for values in forged { queries.append(("sort=name&cursor=\(Array(values.utf8).base64URL)", "bad_cursor")) }
        for (query, code) in queries where query != "cursor=%00x" {
            let answer = try client.get("/api/products?\(query)")
            #expect(answer.status == 400 && answer.text.contains("\"\(code)\""), "\(query): \(answer.text)")
        }
        #expect(try client.get("/api/products?q=").json?["items"]?.arrayValue?.count == 2)
    }

    @Test("A change is found at once, and what is gone is not")
    func search() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        func found(_ query: String) throws -> Int? {
            try client.get("/api/products?q=\(query)").json?["items"]?.arrayValue?.count
        }
        try client.json(.post, "/api/products", ["sku": "A-1", "name": "Chaiselongue"])
        #expect(try found("chaise") == 1)
        try client.json(.patch, "/api/products/1", ["name": "Sofa"])
        #expect(try found("chaise") == 0)
        #expect(try found("sofa%20a") == 1)
        try client.send(Call(.delete, "/api/products/1"))
        #expect(try found("sofa") == 0)
    }

    @Test("An edit does not wait for whoever writes the text index")
    func busyIndex() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        let index = try Connection(path: ProductSearch.path(besides: house.database.path), role: .web)
        try index.write {
            let made = try client.json(.post, "/api/products", ["sku": "A-1", "name": "Lamp"])
            #expect(made.status == 201, "\(made.text)")
            #expect(try client.get("/api/products?q=lamp").json?["items"]?.arrayValue?.count == 0)
        }
        try client.json(.patch, "/api/products/1", ["price": "1"])
        #expect(try client.get("/api/products?q=lamp").json?["items"]?.arrayValue?.count == 1)
    }
}
