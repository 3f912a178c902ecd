import Database
import Jobs
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// How the text index gets to the present after much was deleted.
@Suite(.serialized) struct SearchBacklogTests {
    private func text(_ rows: ClosedRange<Int>) -> [UInt8] {
        Array(("sku,name\n" + rows.map { "Item-\($0),Name number\($0)\n" }.joined()).utf8)
    }

    private func search(_ fixture: ImportFixture, least: Int64) throws -> ProductSearch {
        try ProductSearch(fixture.connection, role: .web, backlog: SearchBacklog(least: least))
    }

    @Test func itIsBuiltAnewOnceMostIsDeleted() throws {
        let fixture = try ImportFixture()
        try fixture.run(text(1...1000))
        _ = try fixture.deleteMany(sku: "item-1")
        #expect(try fixture.table().count == 888)
        _ = try fixture.deleteMany(sku: "item-2")
        _ = try fixture.deleteMany(sku: "item-3")
        _ = try fixture.deleteMany(sku: "item-4")
        _ = try fixture.deleteMany(sku: "item-5")
        let search = try search(fixture, least: 100)
        #expect(try search.lag() > 500)
        // Past all of them in one step, although a step takes one revision; then the products that are left.
        #expect(try search.step(limit: 1) == 1)
        #expect(try search.knownUpTo() == ProductSearchStore(fixture.connection).lastRevisionID())
        #expect(try search.lag() > 0)
        try search.tell()
        #expect(try AlertStore(fixture.connection).standing(at: .now()).map(\.name) == ["text_index"])
        try search.step()
        #expect(try search.lag() == 0)
        try search.tell()
        #expect(try AlertStore(fixture.connection).standing(at: .now()).isEmpty)
        let left = try fixture.table()
        #expect(try fixture.search("name") == left.values.map(\.id).sorted())
        #expect(try fixture.search("number7") == left.values.filter { $0.name.contains("number7") }.map(\.id).sorted())
        // What comes later is followed, also by the products that were deleted before.
        let undo = try fixture.undo(try #require(try JobStore(fixture.connection).list(limit: 1).first))
        #expect(undo.status == .completed, "\(undo.errorMessage ?? "")")
        #expect(try fixture.search("name").count == left.count + 111)
        #expect(try fixture.search("number55").count == 11)
    }

    @Test func aFewDeletionsAreFollowed() throws {
        let fixture = try ImportFixture()
        try fixture.run(text(1...1000))
        _ = try fixture.deleteMany(sku: "item-9")
        let search = try search(fixture, least: 100)
        #expect(try search.step(limit: 1) == 1)
        while try search.step() > 0 { continue }
        #expect(try fixture.search("name").count == 889 && fixture.search("number9").isEmpty)
    }

    @Test func itWaitsWhileAJobDeletesMost() throws {
        let fixture = try ImportFixture()
        try fixture.run(text(1...1000))
        let store = ProductSearchStore(fixture.connection)
        let position = try store.lastRevisionID()
        let job = try fixture.deleteMany(sku: "item-")
        let second: UInt64 = 1_000_000_000
        var backlog = SearchBacklog(least: 100)
        #expect(try backlog.way(store, after: position, at: second) == .rebuild, "no job is at it")
        try fixture.connection.write {
            try fixture.connection.execute(
                """
                UPDATE job SET status = 'processing', stage = 'deleting', total_rows = 3000, processed_rows = 1000
                WHERE id = \(job.id)
                """
            )
        }
        #expect(try backlog.way(store, after: position, at: second) == .wait)
        #expect(try backlog.way(store, after: position, at: second + 1) == .wait)
        // The job has done nothing for a whole second: it hangs, or is nobody's.
        #expect(try backlog.way(store, after: position, at: 5 * second) == .wait, "a slow job is one too")
        #expect(try backlog.way(store, after: position, at: 6 * second) == .rebuild)
        #expect(try backlog.way(store, after: position + 950, at: 7 * second) == .follow)
        // A load beside it is followed.
        let end = try store.lastRevisionID()
        try fixture.run(text(1...200))
        #expect(try backlog.way(store, after: end, at: 8 * second) == .follow)
    }
}
