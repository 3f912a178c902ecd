import Database
import Glibc
import Jobs
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// What a repair has brought is taken back with its import, wherever either of them was interrupted.
@Suite(.serialized) struct UndoRepairTests {
    private let rows = 900

    /// A catalogue of 300 products, a file that changes 200 of them and brings the others, of which every third row
    /// fails, and its correction.
    private func prepare() throws -> (fixture: ImportFixture, job: Job, corrected: String) {
        let fixture = try ImportFixture()
        var (stock, file, corrected) = ("sku,name,price\n", "sku,name,price\n", "bodega_row,sku,name,price\n")
        for number in 1...300 { stock += "s\(number),Name \(number),5\n" }
        #expect(try fixture.run(stock).books.created == 300)
        for row in 1...rows {
            let number = row + 100
            file += "s\(number),New name \(number),\(row % 3 == 0 ? "x" : "6")\n"
            if row % 3 == 0 { corrected += "\(row),s\(number),Mended \(number),7\n" }
        }
        var options = ImportOptions()
        options.isGuarded = false
        let job = try fixture.run(Array(file.utf8), options)
        #expect(job.books.failed == 300 && job.books.updated > 0 && job.books.created > 0)
        return (fixture, job, corrected)
    }

    private func hash(_ fixture: ImportFixture) throws -> String { try fixture.digest().hash }

    @Test func theSameCatalogueAsBefore() throws {
        let (fixture, job, corrected) = try prepare()
        let stock = try ImportFixture()
        var text = "sku,name,price\n"
        for number in 1...300 { text += "s\(number),Name \(number),5\n" }
        _ = try stock.run(text)
        let repaired = try fixture.repair(job, corrected)
        #expect(repaired.books == books(900, created: 700, updated: 200))
        let after = try hash(fixture)
        let undo = try fixture.undo(repaired)
        #expect(undo.status == .completed && undo.result?["delete"]?.intValue == 700)
        #expect(undo.result?["restore"]?.intValue == 200 && undo.result?["keep"]?.intValue == 0)
        #expect(try hash(fixture) == hash(stock))
        // And back again.
        #expect(try fixture.undo(undo).status == .completed)
        #expect(try hash(fixture) == after)
    }

    /// What the catalogue was before the import.
    private func before() throws -> String {
        let (fixture, job, _) = try prepare()
        _ = try fixture.undo(job)
        return try hash(fixture)
    }

    @Test(arguments: seeds(2, long: 24))
    func anUndoThatIsKilledAgainAndAgain(seed: Int) throws {
        var random = SeededRandom(seed)
        let (fixture, job, corrected) = try prepare()
        let repaired = try fixture.repair(job, corrected)
        #expect(repaired.books.failed == 0)
        let undo = try fixture.undoWithLosses(repaired, &random)
        #expect(undo.status == .completed, "\(undo.errorMessage ?? "")")
        #expect(try hash(fixture) == before())
        #expect(try fixture.digest().mostRevisionsPerJobAndProduct <= 1)
        #expect(try !fixture.found(job).canRepair, "what was taken back cannot be repaired")
    }

    @Test(arguments: seeds(2, long: 24))
    func aRepairThatIsCancelledHalfWay(seed: Int) throws {
        var random = SeededRandom(seed)
        let (fixture, job, corrected) = try prepare()
        let claimed = try #require(try fixture.orderRepair(job, Array(corrected.utf8)))
        let gate = try Files.open("\(fixture.connection.path)-gate-prio", O_RDWR)
        fixture.clock.makeBatchesSmall(gate)
        let store = JobStore(fixture.connection)
        var left = random.below(3) + 1
        let ended = try fixture.work(claimed) { run in
            run.observe = { state in
                fixture.clock.rest()
                guard state.stage == "repairing" else { return }
                left -= 1
                if left == 0 { _ = try? store.cancel(claimed, context: fixture.context) }
            }
        }
        fixture.clock.makeBatchesBig()
        #expect(ended.status.isFinal && ended.books.balances && ended.books.failed < 300)
        let undo = try fixture.undoWithLosses(ended, &random)
        #expect(undo.status == .completed)
        #expect(try hash(fixture) == before())
    }

    /// An import that was cancelled, repaired as far as it came, and taken back.
    @Test func whatWasCancelledIsTakenBackToo() throws {
        let fixture = try ImportFixture()
        var (stock, file, corrected) = ("sku,name,price\n", "sku,name,price\n", "bodega_row,sku,name,price\n")
        for number in 1...200 { stock += "s\(number),Name \(number),5\n" }
        _ = try fixture.run(stock)
        let before = try hash(fixture)
        for row in 1...1500 {
            file += "s\(row),New \(row),\(row % 3 == 0 ? "x" : "6")\n"
            if row % 3 == 0 { corrected += "\(row),s\(row),Mended \(row),7\n" }
        }
        var options = ImportOptions()
        options.isGuarded = false
        let job = try fixture.order(Array(file.utf8), options)
        let cancelled = try fixture.workUntilCancelled(job)
        let repaired = try fixture.repair(cancelled, corrected)
        #expect(repaired.status == .cancelled && repaired.books.failed == 0)
        #expect(try fixture.undo(repaired).status == .completed)
        #expect(try hash(fixture) == before)
    }
}
