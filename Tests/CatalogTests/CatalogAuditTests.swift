import Catalog
import Database
import Identity
import ImportEngine
import ImportKit
import Jobs
import Support
import TestSupport
import Testing
import Web

@Suite("What people do to the catalogue leaves a trail")
struct CatalogAuditTests {
    private func trail(_ house: CatalogHouse, after id: Int64) throws -> [AuditRecord] {
        try AuditTrailStore(house.database).list(AuditTrailStore.Filter(), after: id, descends: false, limit: 100)
    }

    private func last(_ house: CatalogHouse) throws -> Int64 {
        try AuditStore(house.database).head()?.id ?? 0
    }

    @Test("Every change of a product is one entry, with what changed; nothing changed is none")
    func products() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        let start = try last(house)
        let created = try client.json(.post, "/api/products", ["sku": "A", "name": "Lamp", "price": "1.50"])
        #expect(created.status == 201)
        for price in ["2.50", "2.50"] {
            #expect(try client.json(.patch, "/api/products/1", ["price": .string(price)]).status == 200)
        }
        #expect(try client.send(Call(.delete, "/api/products/1")).status == 204)
        #expect(try client.json(.post, "/api/products/1/restore", ["version": 1]).status == 200)
        let rows = try trail(house, after: start)
        #expect(rows.map(\.action) == ["product.create", "product.update", "product.delete", "product.restore"])
        #expect(rows.allSatisfy { $0.entityID == "1" && $0.actor.hasPrefix("token:") && $0.ip == "192.0.2.1" })
        #expect(rows[1].before == "{\"price\":150}" && rows[1].after == "{\"price\":250}")
        #expect(rows[2].after == nil && rows[2].before?.contains("\"sku\":\"A\"") == true)
        #expect(try AuditStore(house.database).verify().isIntact)
    }

    @Test("Each transaction of a bulk change names the first products that it changed, and how many these are")
    func bulk() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        let start = try last(house)
        let lines = (1...450).map { "{\"sku\":\"S-\($0)\",\"name\":\"N\"}\n" }.joined()
        let answer = try client.send(.patch, "/api/products", "application/x-ndjson", Array(lines.utf8))
        #expect(answer.status == 200)
        let rows = try trail(house, after: start)
        // How many transactions there are is a matter of time.
        #expect(!rows.isEmpty && rows.allSatisfy { $0.action == "product.bulk" })
        let entries = try rows.map { try JSON.parse($0.after ?? "") }
        let changed = entries.map { Int($0["changed"]?.intValue ?? 0) }
        #expect(changed.reduce(0, +) == 450 && entries[0]["lines"] == 450)
        var first = 1
        for (entry, count) in zip(entries, changed) {
            #expect(skus(entry) == (first..<first + min(count, 100)).map { "S-\($0)" })
            first += count
        }
        // The same line changes nothing, a new price changes one product.
        let known = Array("{\"sku\":\"S-1\",\"name\":\"N\"}\n".utf8)
        let same = try client.send(.patch, "/api/products", "application/x-ndjson", known)
        #expect(same.status == 200)
        let priced = Array("{\"sku\":\"S-7\",\"price\":\"2.00\"}\n{\"sku\":\"\"}\n".utf8)
        #expect(try client.send(.patch, "/api/products", "application/x-ndjson", priced).status == 200)
        let later = try trail(house, after: try #require(rows.last).id).map { try JSON.parse($0.after ?? "") }
        #expect(later.map { $0["changed"]?.intValue } == [0, 1])
        #expect(skus(later[0]) == [] && skus(later[1]) == ["S-7"])
        #expect(later[1]["updated"] == 1 && later[1]["created"] == 0 && later[1]["lines"] == 2)
    }

    private func skus(_ entry: JSON) -> [String] {
        entry["skus"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    @Test("An order is one entry and what came of it another, however many products it changes")
    func orders() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        for number in 1...120 { try house.add("S-\(number)") }
        let start = try last(house)
        let asked = try client.send(Call(.delete, "/api/products?confirm=120"))
        #expect(asked.status == 202)
        let job = try house.work()
        #expect(try client.send(Call(.post, "/api/jobs/\(job.publicID)/undo")).status == 202)
        _ = try house.work()
        let rows = try trail(house, after: start)
        #expect(rows.map(\.action) == ["job.create", "job.end", "job.create", "job.end"])
        #expect(rows[0].entityID == job.publicID && rows[0].after?.contains("product_delete") == true)
        #expect(rows[2].after?.contains("import_undo") == true)
        for (row, kind) in [(rows[1], "product_delete"), (rows[3], "import_undo")] {
            let end = try JSON.parse(row.after ?? "")
            #expect(end["kind"]?.stringValue == kind && end["status"] == "completed")
            #expect(end["changed"] == 120 && skus(end).count == 100 && Set(skus(end)).isSubset(of: all))
            #expect(row.actor.hasPrefix("job:") && row.entity == "job")
        }
        #expect(rows[1].entityID == job.publicID)
        #expect(try AuditStore(house.database).verify().isIntact)
    }

    private let all = Set((1...120).map { "S-\($0)" })

    @Test("An import that stops half-way says what it has changed")
    func stopped() throws {
        let fixture = try ImportFixture()
        var options = ImportOptions()
        options.onError = .stop
        let job = try fixture.run(Array("sku,name\nA,One\nB,Two\nC,\n".utf8), options)
        let filter = AuditTrailStore.Filter()
        let rows = try AuditTrailStore(fixture.connection).list(filter, descends: false, limit: 100)
        let end = try JSON.parse(try #require(rows.last { $0.action == "job.end" }).after ?? "")
        #expect(end["status"]?.stringValue == job.status.rawValue && job.status == .failed)
        #expect(
            end["changed"]?.intValue == job.books.created
                && skus(end) == ["A", "B"].prefix(Int(job.books.created)).map { $0 }
        )
    }
}
