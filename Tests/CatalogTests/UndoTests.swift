import Database
import Jobs
import Records
import Support
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite(.serialized) struct UndoTests {
    private static let first = "sku,name,price\nA,Alder,1.00\nB,Birch,2.00\nC,Cedar,3.00\n"
    private static let second = "sku,name,price\na,Alder,1.50\nB,Birch,2.00\nD,Damson,4.00\nE,Elm,5.00\n"

    private func kept(_ fixture: ImportFixture, _ undo: Job) throws -> [Kept] {
        try UndoStore(fixture.connection, ProductFields.table).kept(by: undo.id, after: 0, limit: 100)
    }

    @Test func anImportIsTakenBack() throws {
        let fixture = try ImportFixture()
        try fixture.run(Self.first)
        let before = try fixture.digest()
        let old = try #require(try fixture.table()["a"])
        fixture.clock.advance(seconds: 5)
        let job = try fixture.run(Self.second)
        #expect(job.books == books(4, created: 2, updated: 1, unchanged: 1) && job.canUndo)
        let undo = try fixture.undo(job)
        #expect(undo.status == .completed, "\(undo.errorMessage ?? "")")
        #expect(undo.books == books(3, updated: 3))
        #expect(undo.result == ["delete": 2, "restore": 1, "keep": 0])
        #expect(try fixture.digest().hash == before.hash)
        let new = try #require(try fixture.table()["a"])
        #expect(new.id == old.id && new.sku == "A" && new.version == old.version + 2)
        #expect(undo.undoOf?.publicID == job.publicID)
        let undone = try fixture.found(job)
        #expect(undone.isUndone && !undone.canUndo && undone.undoneBy?.publicID == undo.publicID)
        #expect(try fixture.search("damson") == [] && fixture.search("alder") == [old.id])
    }

    @Test func whatWasEditedSinceIsKeptAndListed() throws {
        let fixture = try ImportFixture()
        try fixture.run(Self.first)
        let job = try fixture.run(Self.second)
        fixture.clock.advance(seconds: 9)
        try fixture.edit("A") { $0.name = "Alder, black" }
        try fixture.edit("D") { $0.price = 1 }
        let preview = try UndoPreview.make(
            fixture.connection,
            ProductFields.table,
            UndoScope(job),
            after: nil,
            limit: 1
        )
        #expect(preview.delete == 1 && preview.restore == 0 && preview.keep == 2)
        #expect(preview.kept.map(\.label) == ["D"])
        let rest = try UndoPreview.make(
            fixture.connection,
            ProductFields.table,
            UndoScope(job),
            after: preview.next,
            limit: 1
        )
        #expect(rest.kept.map(\.label) == ["a"] && rest.next == nil && rest.keep == 2)
        let undo = try fixture.undo(job)
        #expect(undo.books == books(3, updated: 1, skipped: 2), "\(undo.errorMessage ?? "")")
        #expect(undo.result == ["delete": 1, "restore": 0, "keep": 2])
        #expect(try fixture.table().keys.sorted() == ["a", "b", "c", "d"])
        let listed = try kept(fixture, undo)
        #expect(
            listed.map(\.label) == ["a", "D"] && listed.allSatisfy { $0.reason == .edited && $0.actor == "user:1" }
        )
        #expect(listed.first?.at == fixture.clock.now)
        #expect(try fixture.found(job).undone == .partly && fixture.found(job).canUndo)
    }

    @Test func anUndoCanBeUndone() throws {
        let fixture = try ImportFixture()
        try fixture.run(Self.first)
        let without = try fixture.digest().hash
        let job = try fixture.run(Self.second)
        let with = try fixture.digest().hash
        let ids = try fixture.table().mapValues(\.id)
        var last = job
        for round in 1...5 {
            last = try fixture.undo(last)
            #expect(last.status == .completed, "\(last.errorMessage ?? "")")
            #expect(try fixture.digest().hash == (round.isMultiple(of: 2) ? with : without), "round \(round)")
            for (sku, product) in try fixture.table() { #expect(ids[sku] == product.id) }
        }
        #expect(try fixture.digest().mostRevisionsPerJobAndProduct == 1)
        #expect(last.displayName.hasPrefix("Undo of "))
        let damson = try #require(ids["d"])
        #expect(try fixture.search("damson") == [])
        try fixture.undo(last)
        #expect(try fixture.search("damson") == [damson])
        #expect(try fixture.table()["d"]?.version == 7)
    }

    @Test func aDeletionIsTakenBackUnlessTheSKUIsTaken() throws {
        let fixture = try ImportFixture()
        try fixture.run(Self.first)
        let before = try fixture.digest().hash
        let ids = try fixture.table().mapValues(\.id)
        let gone = try fixture.deleteMany(sku: "")
        #expect(try fixture.table().isEmpty && gone.books.updated == 3)
        let undo = try fixture.undo(gone)
        #expect(undo.result == ["delete": 0, "restore": 3, "keep": 0])
        #expect(try fixture.digest().hash == before)
        #expect(try fixture.table().mapValues(\.id) == ids)
        let again = try fixture.undo(undo)
        #expect(try fixture.table().isEmpty)
        fixture.clock.advance(seconds: 3)
        _ = try fixture.products.insert(Product(sku: "b", name: "Beech"), fixture.context)
        let last = try fixture.undo(again)
        #expect(last.result == ["delete": 0, "restore": 2, "keep": 1], "\(last.errorMessage ?? "")")
        let listed = try kept(fixture, last)
        #expect(listed.map(\.reason) == [.keyTaken] && listed.map(\.label) == ["B"])
        #expect(listed.first?.actor == "user:1" && listed.first?.at == fixture.clock.now)
        #expect(try fixture.table()["b"]?.name == "Beech")
    }

    @Test func anImportThatAnEarlierVersionBeganAnewIsTakenBackAsAWhole() throws {
        let fixture = try ImportFixture()
        try fixture.run(Self.first)
        let before = try fixture.digest().hash
        let job = try fixture.run(Self.second)
        try fixture.edit("D") { $0.price = 1 }
        let again = try fixture.beginAnew(job)
        #expect(again.status == .completed, "\(again.errorMessage ?? "")")
        #expect(again.books == books(4, updated: 1, unchanged: 3) && again.id == job.id)
        #expect(again.hasChanges && again.canUndo && again.earlierChanges == 3)
        // The edit lies between the two runs: what the second did to D goes, the rest of D stays.
        let undo = try fixture.undo(again)
        #expect(undo.status == .completed, "\(undo.errorMessage ?? "")")
        #expect(undo.books == books(3, updated: 3))
        #expect(try fixture.table()["d"]?.price == 1 && fixture.table()["e"] == nil)
        // Undone and run once more: only the new run is taken back, and nothing is in its way.
        try fixture.delete("D")
        #expect(try fixture.digest().hash == before)
        let third = try fixture.beginAnew(job)
        #expect(third.books == books(4, created: 2, updated: 1, unchanged: 1) && !third.isUndone)
        let last = try fixture.undo(third)
        #expect(last.result == ["delete": 2, "restore": 1, "keep": 0], "\(last.errorMessage ?? "")")
        #expect(try fixture.digest().hash == before)
    }

    @Test func onlyWhatIsOverAndStandsCanBeUndone() throws {
        let fixture = try ImportFixture()
        let claimed = try fixture.order(Array(Self.first.utf8))
        func refusal(_ job: Job) throws -> String? {
            do {
                _ = try fixture.orderUndo(try fixture.found(job))
                return nil
            } catch let error as WebError {
                return error.code
            }
        }
        #expect(try refusal(claimed) == "wrong_state")
        let job = try fixture.work(claimed)
        let same = try fixture.run(Self.first)
        #expect(try refusal(same) == "wrong_state", "it changed nothing")
        // An undo that was stopped before it did anything leaves the way free; it cannot go on beside another.
        let undo = try fixture.orderUndo(job)
        #expect(try refusal(job) == "wrong_state")
        let jobs = JobStore(fixture.connection)
        try fixture.connection.write {
            try fixture.connection.execute("UPDATE job SET lease_until = 0 WHERE id = \(undo.id)")
        }
        _ = try jobs.cancel(undo, context: fixture.context)
        #expect(try fixture.found(job).canUndo && fixture.found(undo).canRetry)
        let second = try fixture.undo(job)
        #expect(second.status == .completed)
        guard case .wrongState = try jobs.retry(try fixture.found(undo), context: fixture.context) else {
            Issue.record("two undos of one job")
            return
        }
        #expect(try refusal(job) == "wrong_state")
        #expect(try fixture.table().isEmpty)
    }

    /// Many batches, each of which another worker may have to go on from.
    @Test(arguments: seeds(2, long: 24))
    func anUndoThatLosesItsWorkerAtAnyBatch(seed: Int) throws {
        var random = SeededRandom(seed)
        let fixture = try ImportFixture()
        try fixture.run(ImportScenario(&random, rows: 900, skuCount: 1200).bytes)
        let before = try fixture.digest().hash
        var scenario = ImportScenario(&random, rows: 2600, skuCount: 2600)
        // Without names nothing is created.
        while !scenario.fields.contains("name") { scenario = ImportScenario(&random, rows: 2600, skuCount: 2600) }
        let job = try fixture.run(scenario.bytes)
        #expect(job.books.created > 300 && job.status == .completed, "\(job.books)")
        let undo = try fixture.undoWithLosses(job, &random)
        #expect(undo.status == .completed && undo.attempt > 2, "\(undo.errorMessage ?? "")")
        #expect(try fixture.digest().hash == before)
        #expect(try fixture.digest().mostRevisionsPerJobAndProduct == 1)
        #expect(try ProductSearch(fixture.connection, role: .web).lag() == 0)
    }
}
