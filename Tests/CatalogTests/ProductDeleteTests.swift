import Database
import IdentityTestSupport
import Jobs
import Records
import Support
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite("Deleting many products")
struct ProductDeleteTests {
    private static func filled(_ count: Int) throws -> CatalogHouse {
        let house = try CatalogHouse()
        let context = house.house.context
        try house.database.write {
            for number in 1...count {
                var product = Product(sku: "S-\(number)", name: number.isMultiple(of: 2) ? "Lamp" : "Chair")
                product.status = Product.Status.allCases[number % 3]
                product.price = Int64(number)
                _ = try house.store.add(ProductChange(from: nil, to: product), context)
            }
        }
        try house.index()
        _ = try house.told()
        return house
    }

    @Test("Without the right number nothing happens but that it is told")
    func confirmation() throws {
        let house = try Self.filled(30)
        let client = try house.client()
        func refusal(_ query: String) throws -> (Int, String?, Int64?) {
            let answer = try client.send(Call(.delete, "/api/products\(query)"))
            return (answer.status, answer.json?["code"]?.stringValue, answer.json?["count"]?.intValue)
        }
        #expect(try refusal("") == (428, "confirmation_required", 30))
        #expect(try refusal("?confirm=29") == (428, "confirmation_required", 30))
        #expect(try refusal("?confirm=30&status=draft") == (428, "confirmation_required", 10))
        #expect(try refusal("?confirm=all") == (400, "bad_number", nil))
        #expect(try refusal("?confirm=30&stats=draft") == (400, "unknown_parameter", nil))
        #expect(try refusal("?confirm=30&q=") == (400, "empty_parameter", nil))
        #expect(try refusal("?confirm=30&limit=5") == (400, "unknown_parameter", nil))
        #expect(try house.claim() == nil)
        #expect(try house.store.count(ProductFilter()) == 30)
    }

    @Test("What matched is deleted, with revisions, balanced books and one message")
    func deletes() throws {
        let house = try Self.filled(90)
        let client = try house.client()
        for (query, count) in [("q=lamp&status=draft", 15), ("status=active,archived&price_min=0.50", 28)] {
            let before = try house.store.count(ProductFilter())
            let answer = try client.send(Call(.delete, "/api/products?confirm=\(count)&\(query)"))
            #expect(answer.status == 202, "\(answer.text)")
            let id = try #require(answer.json?["job_id"]?.stringValue)
            #expect(answer.headers["Location"] == "/api/jobs/\(id)")
            #expect(answer.json?["job"]?["kind"]?.stringValue == "product_delete")
            try house.add("LATE-\(count)", "Lamp") { ($0.status, $0.price) = (.draft, 900) }
            try house.add("LATER-\(count)", "Lamp") { $0.price = 900 }
            try house.index()
            _ = try house.told()
            let ended = try house.work()
            #expect(ended.status == .completed, "\(ended.errorMessage ?? "")")
            #expect(ended.books.updated == Int64(count) && ended.books.total == Int64(count))
            #expect(ended.result?["deleted"]?.intValue == Int64(count))
            #expect(try house.told() == ["products.deleted \(id)"])
            #expect(try house.store.count(ProductFilter()) == before - Int64(count) + 2)
            #expect(try RevisionStore(house.database).counts(jobID: ended.id).deleted == Int64(count))
        }
        #expect(try house.database.first("SELECT COUNT(*) FROM product_delete_range") { row in row.int(0) } == 0)
    }

    @Test("When the number no longer fits the job fails and has touched nothing")
    func changed() throws {
        let house = try Self.filled(30)
        #expect(try house.client().send(Call(.delete, "/api/products?confirm=10&status=draft")).status == 202)
        _ = try house.store.update(3, house.house.context) { current in
            var wanted = current
            wanted.status = .archived
            return wanted
        }
        _ = try house.told()
        let ended = try house.work()
        #expect(ended.status == .failed)
        #expect(ended.errorMessage?.hasPrefix("Nothing was deleted: 10 products were confirmed, but 9 match") == true)
        #expect(try house.store.count(ProductFilter()) == 30)
        #expect(try house.told() == [])
    }

    @Test("Other products of the same number are not what was confirmed", arguments: [true, false])
    func exchanged(before: Bool) throws {
        let house = try Self.filled(30)
        func exchange() throws {
            for (id, status) in [(3, Product.Status.archived), (4, .draft)] as [(Int64, Product.Status)] {
                _ = try house.store.update(id, house.house.context) { current in
                    var wanted = current
                    wanted.status = status
                    return wanted
                }
            }
        }
        let client = try house.client()
        let told = try client.send(Call(.delete, "/api/products?status=draft"))
        let seen = try #require(told.json?["seen"]?.stringValue)
        let path = "/api/products?confirm=10&status=draft&seen=\(seen)"
        #expect(try client.send(Call(.delete, "/api/products?confirm=9&status=draft&seen=\(seen)")).status == 428)
        if before {
            let (browser, csrf) = try house.browser()
            let page = try browser.get("/products/delete?status=draft").text
            #expect(page.contains("name=\"seen\" value=\"\(seen)\""))
            try exchange()
            let again = try client.send(Call(.delete, path))
            #expect(again.status == 428 && again.json?["count"] == 10 && again.json?["seen"]?.stringValue != seen)
            let form: Fields = ["csrf_token": csrf, "confirm": "10", "seen": seen]
            let answer = try browser.form("/products/delete?status=draft", form)
            #expect(answer.status == 422 && answer.text.contains("not the products that the page showed"))
            #expect(try house.claim() == nil)
        } else {
            #expect(try client.send(Call(.delete, path)).status == 202)
            try exchange()
            let ended = try house.work()
            #expect(ended.status == .failed, "\(ended.errorMessage ?? "")")
            #expect(ended.errorMessage?.contains("as many products match now as were confirmed, but not the") == true)
        }
        #expect(try house.store.count(ProductFilter()) == 30)
    }

    @Test("A job that is stopped between two batches goes on where it stood, each product once")
    func resumed() throws {
        let house = try Self.filled(2000)
        let client = try house.client()
        #expect(try client.send(Call(.delete, "/api/products?confirm=2000")).status == 202)
        let first = try #require(try house.claim())
        let run = house.run(first)
        run.observe = { state in
            guard state.books.processed > 0, state.books.processed < 600 else { return }
            _ = try? JobStore(house.database).cancel(first, context: house.house.context)
        }
        #expect(throws: JobError.cancelled) { try ProductDeleteRun(run, .init(batchNanoseconds: 0)).run() }
        try run.finish(.cancelled)
        let left = try house.store.count(ProductFilter())
        #expect(left > 0 && left < 2000)
        // Somebody deletes one that the job was to delete.
        try house.store.delete(2000, house.house.context)
        let jobs = JobStore(house.database)
        let stopped = try #require(try jobs.find(first.id))
        _ = try jobs.retry(stopped, context: house.house.context)
        let ended = try house.work()
        #expect(ended.status == .completed, "\(ended.errorMessage ?? "")")
        #expect(ended.books.updated == 1999 && ended.books.skipped == 1 && ended.books.processed == 2000)
        #expect(try house.store.count(ProductFilter()) == 0)
        let most = try CatalogDigest.compute(house.database).mostRevisionsPerJobAndProduct
        #expect(most == 1)
        try house.index()
        #expect(
            try house.store.count(
                {
                    var filter = ProductFilter(); filter.q = "lamp"; return filter
                }()
            ) == 0
        )
    }

    @Test("Nobody who writes waits while a text is looked for")
    func looksOutsideTheGate() throws {
        let house = try CatalogHouse()
        let context = house.house.context
        try house.database.write {
            for number in 0..<3000 {
                var product = Product(sku: "S-\(number)", name: "Lamp")
                product.description = (10..<90).map { "a\($0)b\(number % 7)" }.joined(separator: " ")
                _ = try house.store.add(ProductChange(from: nil, to: product), context)
            }
        }
        try house.index()
        // Much to read, and nothing that has all of them.
        let text = (10..<40).map { "a\($0)" }.joined(separator: "+") + "+zebra"
        var filter = ProductFilter()
        filter.q = text.split(separator: "+").joined(separator: " ")
        let gate = try #require(house.database.gate)
        var isBelow = false
        for _ in 0..<10 where !isBelow {
            let path = "/api/products?confirm=0&q=\(text)"
            #expect(try house.client().send(Call(.delete, path)).status == 202)
            let start = monotonicNanoseconds()
            #expect(try house.store.count(filter) == 0)
            let search = monotonicNanoseconds() - start
            gate.forgetHolds()
            #expect(try house.work().status == .completed)
            isBelow = gate.longestHold < search / 2
        }
        #expect(isBelow)
    }

    @Test("Products that go while the others are looked for are skipped, and those that no longer match are too few")
    func changedWhileCollecting() throws {
        for deletes in [true, false] {
            let house = try Self.filled(30)
            #expect(try house.client().send(Call(.delete, "/api/products?confirm=15&q=lamp")).status == 202)
            let run = house.run(try #require(try house.claim()))
            var isDone = false
            run.observe = { state in
                // Noted so far: 2, 4, 6 and 8.
                guard !isDone, state.checkpoint?["after"]?.intValue == 8 else { return }
                isDone = true
                if deletes {
                    try? house.store.delete(4, house.house.context)
                } else {
                    try? house.store.delete(20, house.house.context)
                }
            }
            let deletion = try ProductDeleteRun(run, .init(part: 4))
            if deletes {
                try deletion.run()
                #expect(run.state.books.updated == 14 && run.state.books.skipped == 1)
                #expect(try house.store.count(ProductFilter()) == 15)
            } else {
                #expect(throws: JobError.self) { try deletion.run() }
                #expect(try house.store.count(ProductFilter()) == 29)
            }
            #expect(isDone)
        }
    }

    @Test("A counter that slips makes the job fail")
    func slipped() throws {
        let house = try Self.filled(20)
        #expect(try house.client().send(Call(.delete, "/api/products?confirm=20")).status == 202)
        let job = try #require(try house.claim())
        let run = house.run(job)
        run.failpoints = Failpoints("break-counter:2")
        do {
            try ProductDeleteRun(run).run()
            Issue.record("the books were closed")
        } catch JobError.failed(let reason) {
            #expect(reason.hasPrefix("The books do not balance"), "\(reason)")
        }
    }

    @Test("A filter survives being kept by a job, and nothing else is taken for one")
    func filterJSON() {
        var filter = ProductFilter()
        filter.q = "a"
        filter.sku = "\"'"
        filter.statuses = [.draft, .archived]
        filter.active = false
        filter.priceMin = 1
        filter.priceMax = .max
        filter.updatedSince = Timestamp(milliseconds: 5)
        filter.idMax = 9
        #expect(ProductFilter(json: filter.json) == filter)
        #expect(ProductFilter(json: ProductFilter().json) == ProductFilter())
        for bad: JSON in [[], ["q": nil], ["colour": "red"], ["status": ["gone"]], ["status": []]] {
            #expect(ProductFilter(json: bad) == nil, "\(bad.text)")
        }
    }
}
