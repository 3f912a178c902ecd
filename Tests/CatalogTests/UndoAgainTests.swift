import Database
import Jobs
import Support
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// A job whose undo did not take everything back, or does not stand, can be undone again.
@Suite(.serialized) struct UndoAgainTests {
    private static let two = "sku,name,price\nA,Alder,1.00\nB,Birch,1.00\n"

    private func prices(_ fixture: ImportFixture) throws -> [String: Int64] {
        try fixture.table().compactMapValues(\.price)
    }

    private func result(_ job: Job) -> [Int64] {
        ["delete", "restore", "keep"].map { job.result?[$0]?.intValue ?? -1 }
    }

    @Test func whatALaterImportHeldUpIsTakenBackOnceThatIsGone() throws {
        let fixture = try ImportFixture()
        try fixture.run(Self.two)
        let before = try fixture.digest().hash
        let first = try fixture.run("sku,price\nA,2\nB,2\n")
        let second = try fixture.run("sku,price\nB,3\n")
        #expect(result(try fixture.undo(first)) == [0, 1, 1])
        #expect(try fixture.found(first).undone == .partly && fixture.found(first).canUndo)
        #expect(result(try fixture.undo(second)) == [0, 1, 0])
        #expect(try prices(fixture) == ["a": 100, "b": 200])
        let last = try fixture.undo(first)
        #expect(result(last) == [0, 1, 0] && last.books == books(2, updated: 1, unchanged: 1))
        #expect(try fixture.digest().hash == before)
        #expect(try fixture.found(first).isUndone && !fixture.found(first).canUndo)
    }

    @Test func whatSomebodyElseChangedToTheSameStays() throws {
        let fixture = try ImportFixture()
        try fixture.run(Self.two)
        let job = try fixture.run("sku,price\nA,2\nB,2\n")
        // A person, and an import that stands, lead back to what the job left: still theirs.
        try fixture.edit("A") { $0.price = 300 }
        try fixture.edit("A") { $0.price = 200 }
        try fixture.run("sku,price\nB,3\n")
        try fixture.run("sku,price\nB,2\n")
        #expect(result(try fixture.undo(job)) == [0, 0, 2])
        #expect(try fixture.found(job).undone == .inVain && fixture.found(job).effectiveUndo == nil)
    }

    @Test func aDeletionWhoseSKUWasTakenComesBackLater() throws {
        let fixture = try ImportFixture()
        try fixture.run(Self.two)
        let before = try fixture.digest().hash
        let gone = try fixture.deleteMany(sku: "a")
        _ = try fixture.products.insert(Product(sku: "A", name: "By hand"), fixture.context)
        #expect(result(try fixture.undo(gone)) == [0, 0, 1])
        #expect(try fixture.found(gone).canUndo)
        try fixture.delete("A")
        #expect(result(try fixture.undo(gone)) == [0, 1, 0])
        #expect(try fixture.digest().hash == before && fixture.found(gone).isUndone)
    }

    @Test func anUndoThatWasCancelledAndTakenBackLeavesTheWayFree() throws {
        let fixture = try ImportFixture()
        try fixture.run(Self.two)
        let before = try fixture.digest().hash
        let rows = (1...1500).map { "S\($0),New,1\n" }.joined()
        let job = try fixture.run("sku,name,price\n\(rows)A,Alder,7\n")
        let after = try fixture.digest().hash
        let undo = try fixture.undoUntilCancelled(job, batches: 1)
        #expect(undo.status == .cancelled && undo.books.updated > 0 && undo.books.updated < 1501)
        #expect(try fixture.found(job).undone == .stopped && !fixture.found(job).canUndo)
        #expect(try fixture.found(undo).canUndo && fixture.found(undo).canRetry)
        let back = try fixture.undo(undo)
        #expect(try fixture.digest().hash == after)
        #expect(try fixture.found(job).undone == .redone && fixture.found(job).canUndo)
        #expect(try !fixture.found(undo).canRetry)
        let again = try fixture.undo(job)
        #expect(result(again) == [1500, 1, 0] && back.status == .completed)
        #expect(try fixture.digest().hash == before && fixture.found(job).isUndone)
        #expect(try fixture.found(undo).isUndone)
    }

    /// An earlier undo that is itself taken back makes it stand again.
    @Test func whatComesToStandAgainCanBeUndoneAgain() throws {
        let fixture = try ImportFixture()
        try fixture.run(Self.two)
        let before = try fixture.digest().hash
        let job = try fixture.run("sku,price\nA,2\nB,2\n")
        let other = try fixture.run("sku,price\nB,3\n")
        let first = try fixture.undo(job)
        try fixture.undo(other)
        let second = try fixture.undo(job)
        #expect(result(first) == [0, 1, 1] && result(second) == [0, 1, 0])
        #expect(try fixture.found(job).isUndone)
        #expect(result(try fixture.undo(first)) == [0, 1, 0])
        #expect(try prices(fixture) == ["a": 200, "b": 100] && fixture.found(job).canUndo)
        #expect(result(try fixture.undo(job)) == [0, 1, 0])
        #expect(try fixture.digest().hash == before)
    }

    /// Random chains around one job; other imports come and go between. In the end the job is undone, and nothing is
    /// left of it.
    @Test(arguments: seeds(8, long: 200))
    func anyChain(seed: Int) throws {
        var random = SeededRandom(seed)
        let fixture = try ImportFixture()
        let rows = 700
        func file(_ price: Int, share: Int) -> String {
            let lines = (1...rows).filter { _ in random.chance(share, in: 4) }.map { "s\($0),Name,\(price)\n" }
            return "sku,name,price\n\(lines.joined())"
        }
        try fixture.run(file(1, share: 2))
        let before = try fixture.digest().hash
        let job = seed.isMultiple(of: 3) ? try fixture.deleteMany(sku: "s") : try fixture.run(file(2, share: 3))
        var chain = [job]
        var others: [Job] = []
        for step in 1...14 {
            let note = "seed \(seed), step \(step)"
            fixture.clock.advance(seconds: 1)
            let target = try fixture.found(random.pick(chain))
            switch random.below(8) {
            case 0: others.append(try fixture.run(file(10 + step, share: 1)))
            case 1:
                guard let other = others.popLast() else { continue }
                try expectUndone(fixture, other, note)
            case 2 where target.canRetry && target.kind == ImportUndo.kind:
                let outcome = try JobStore(fixture.connection).retry(target, context: fixture.context)
                guard case .done(let waiting) = outcome else { continue }
                #expect(try fixture.perform(try fixture.claim(waiting)).status == .completed, "\(note)")
            default:
                guard target.canUndo else { continue }
                switch random.below(3) {
                case 0: chain.append(try fixture.undoUntilCancelled(target, batches: random.below(3) + 1))
                case 1: chain.append(try fixture.undoWithLosses(target, &random))
                default: chain.append(try fixture.undo(target))
                }
            }
        }
        while let other = others.popLast() { try expectUndone(fixture, other, "seed \(seed), other") }
        try takeBack(fixture, job, "seed \(seed)")
        let history = try chain.map { try fixture.found($0) }.map { "\($0.id) \($0.status) \($0.undone)" }
        #expect(try fixture.digest().hash == before, "seed \(seed): \(history)")
        #expect(try ProductIndexStore(fixture.connection).missing().isEmpty)
    }

    private func expectUndone(_ fixture: ImportFixture, _ other: Job, _ note: String) throws {
        guard try fixture.found(other).canUndo else { return }
        let undo = try fixture.undo(other)
        #expect(undo.status == .completed, "\(note): \(undo.errorMessage ?? "")")
    }

    /// As a person would: retries or undoes what the messages say, until the job is undone.
    private func takeBack(_ fixture: ImportFixture, _ job: Job, _ note: String) throws {
        for _ in 1...4 {
            let present = try fixture.found(job)
            switch present.undone {
            case .wholly: return
            case .stopped:
                guard let id = present.undoneBy?.publicID,
                    let undo = try JobStore(fixture.connection).find(publicID: id),
                    case .done(let waiting) = try JobStore(fixture.connection).retry(undo, context: fixture.context)
                else { throw DatabaseError(.misuse, "\(note): a stopped undo cannot be retried") }
                _ = try fixture.perform(try fixture.claim(waiting))
            default:
                guard present.canUndo else { return }
                let undo = try fixture.undo(present)
                if undo.books.updated + undo.books.skipped == 0 { return }
            }
        }
    }
}
