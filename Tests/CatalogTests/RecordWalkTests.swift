import Database
import Jobs
import Records
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// Walking beside a file finds what searching finds, whatever the file's order.
@Suite struct RecordWalkTests {
    private func walk(_ keys: [String], in fixture: ImportFixture, endEvery: Int = .max) throws -> (
        ids: [Int64?], walked: Int
    ) {
        let walk = try RecordWalkStore(fixture.connection, ProductFields.table, isShared: false)
        let store = try RecordImportStore(fixture.connection, jobID: 1, options: ImportOptions(), expectsNew: false)
        var ids: [Int64?] = []
        var walked = 0
        for (index, key) in keys.enumerated() {
            var key = key
            try key.withUTF8 { key in
                if let next = try walk.next(key) {
                    walked += 1
                    ids.append(next.statement.row().int(0))
                } else if let id = try store.recordID(key) {
                    try walk.note(found: id)
                    ids.append(id)
                } else {
                    ids.append(nil)
                }
            }
            if index % endEvery == endEvery - 1 { walk.end() }
        }
        walk.end()
        return (ids, walked)
    }

    private func fixture(_ count: Int) throws -> ImportFixture {
        let fixture = try ImportFixture()
        #expect(try fixture.run("sku,name\n" + (1...count).map { "p\($0),n\n" }.joined()).books.created == Int64(count))
        return fixture
    }

    @Test func theSameFileAgainIsWalked() throws {
        let fixture = try fixture(500)
        let (ids, walked) = try walk((1...500).map { "p\($0)" }, in: fixture)
        #expect(ids == (1...500).map { Int64($0) })
        #expect(walked == 500 - 16, "all but the first few")
        #expect(try walk((1...500).map { "p\($0)" }, in: fixture, endEvery: 50).walked == 500 - 16, "in pieces too")
    }

    @Test func anotherOrderIsSearched() throws {
        let fixture = try fixture(500)
        let (ids, walked) = try walk((1...500).reversed().map { "p\($0)" }, in: fixture)
        #expect(ids == (1...500).reversed().map { Int64($0) } && walked == 0)
    }

    @Test(arguments: seeds(15, long: 400))
    func itFindsWhatASearchFinds(seed: Int) throws {
        var random = SeededRandom(seed)
        let fixture = try fixture(300)
        try fixture.connection.write {
            for _ in 0..<random.below(40) {
                try fixture.connection.execute("DELETE FROM product WHERE id = \(Int64(1 + random.below(300)))")
            }
        }
        // Runs in order with gaps, new products in between, and jumps.
        var keys: [String] = []
        var place = 1
        while keys.count < 1000 {
            for _ in 0..<random.below(80) {
                keys.append(random.chance(1, in: 15) ? "new\(keys.count)" : "p\(place)")
                place = place % 310 + 1 + (random.chance(1, in: 10) ? random.below(20) : 0)
            }
            if random.chance(1, in: 3) { place = 1 + random.below(300) }
        }
        let present = Set(try fixture.connection.all("SELECT id FROM product") { row in row.int(0) })
        let (ids, walked) = try walk(keys, in: fixture, endEvery: 1 + random.below(200))
        let expected = keys.map { key in
            Int64(key.dropFirst()).flatMap { present.contains($0) && key.hasPrefix("p") ? $0 : nil }
        }
        #expect(ids == expected)
        #expect(walked > 0)
    }
}
