import Catalog
import Database
import Identity
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

    @Test("A bulk change is one entry however many lines it has")
    func bulk() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        let start = try last(house)
        let lines = (1...450).map { "{\"sku\":\"S-\($0)\",\"name\":\"N\"}\n" }.joined()
        let answer = try client.send(.patch, "/api/products", "application/x-ndjson", Array(lines.utf8))
        #expect(answer.status == 200)
        let rows = try trail(house, after: start)
        #expect(rows.map(\.action) == ["product.bulk"] && rows[0].after == "{\"lines\":450}")
    }

    @Test("An order is one entry, however many products it changes")
    func orders() throws {
        let house = try CatalogHouse()
        let client = try house.client()
        for number in 1...5 { try house.add("S-\(number)") }
        let start = try last(house)
        let asked = try client.send(Call(.delete, "/api/products?confirm=5"))
        #expect(asked.status == 202)
        let job = try house.work()
        #expect(try client.send(Call(.post, "/api/jobs/\(job.publicID)/undo")).status == 202)
        _ = try house.work()
        let rows = try trail(house, after: start)
        #expect(rows.map(\.action) == ["job.create", "job.create"])
        #expect(rows[0].entityID == job.publicID && rows[0].after?.contains("product_delete") == true)
        #expect(rows[1].after?.contains("import_undo") == true)
    }
}
