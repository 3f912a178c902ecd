import Database
import Glibc
import Jobs
import Records
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// Records that say themselves which import has brought them: taken out by an undo, and brought back by a redo.
@Suite("Undo of imports that keep no creations", .serialized) struct ScanUndoTests {
    private typealias Lines = ScanImportTests

    @Test(arguments: seeds(6, long: 60))
    func undoRedoAndUndoAgain(seed: Int) throws {
        var random = SeededRandom(seed)
        let fixture = try ImportFixture.ofScans()
        let lines = Lines.lines(&random, 90, isWrong: true)
        _ = try fixture.run(Lines.file(lines.prefix(40)), Lines.options())
        let before = try fixture.scanDigest()
        fixture.clock.advance(seconds: 100)
        let mode = random.pick([ImportOptions.Mode.upsert, .create, .update, .delete])
        let job = try fixture.run(
            Lines.file(lines.map { random.below(4) == 0 ? "\($0)new" : $0 }),
            Lines.options { ($0.mode, $0.isGuarded) = (mode, false) }
        )
        #expect(job.status == .completed, "\(job.errorMessage ?? "")")
        let after = try fixture.scanDigest()
        guard job.hasChanges else { return }
        var last = job
        for round in 0..<4 {
            fixture.clock.advance(seconds: 100)
            last = try fixture.undoWithLosses(last, &random)
            #expect(last.status == .completed && last.books.skipped == 0, "\(last.errorMessage ?? "")")
            #expect(try fixture.scanDigest() == (round.isMultiple(of: 2) ? before : after))
        }
        // What was redone can be taken back by its own undo or, told anew, by that of the import.
        let preview = try UndoPreview.make(fixture.connection, Scan.table, UndoScope(job), after: nil, limit: 10)
        #expect(preview.keep == 0)
    }

    @Test func aLineThatWasEditedInBetweenIsKeptAndListed() throws {
        let fixture = try ImportFixture.ofScans()
        let line = "P,Berlin,1,,,R,"
        let job = try fixture.run(Lines.file([line, line, "Q,Berlin,1,,,R,"]), Lines.options())
        _ = try fixture.run(Lines.file([line, "\(line)other"]), Lines.options())
        let preview = try UndoPreview.make(fixture.connection, Scan.table, UndoScope(job), after: nil, limit: 10)
        #expect(preview.delete == 2 && preview.keep == 1 && preview.kept.map(\.recordID) == [2])
        let undo = try fixture.undo(job)
        #expect(undo.books == books(3, updated: 2, skipped: 1), "\(undo.errorMessage ?? "")")
        let kept = try UndoStore(fixture.connection, Scan.table).kept(by: undo.id, after: 0, limit: 10)
        #expect(kept.map(\.reason) == [.edited])
        #expect(try fixture.scans().count == 1)
        // A record's history begins with the import that has brought it.
        let history = try RevisionStore(fixture.connection, Scan.table).history(2)
        #expect(history.map(\.change) == [.update, .create])
        #expect(history.last?.jobID == job.id)
    }

    /// What an import brings and another one takes away counts in the books of both.
    @Test func theBooksHoldWhereLinesGoWhileTheyCome() throws {
        let fixture = try ImportFixture.ofScans()
        var isGone = false
        let job = try fixture.order(Array(Lines.file((0..<900).map { "P-\($0),Berlin,,,,R," }).utf8), Lines.options())
        let gate = try Files.open("\(fixture.connection.path)-gate-prio", O_RDWR)
        fixture.clock.makeBatchesSmall(gate)
        defer { fixture.clock.makeBatchesBig() }
        let removal = try RecordRemovalStore(fixture.connection, Scan.table, jobID: 1)
        let ended = try fixture.work(job) { run in
            run.observe = { state in
                fixture.clock.rest()
                guard state.books.processed > 300, !isGone else { return }
                isGone = true
                _ = try? fixture.connection.write { try removal.remove(5, at: fixture.clock.now) }
            }
        }
        #expect(isGone)
        #expect(ended.books == books(900, created: 900), "\(ended.errorMessage ?? "")")
        let undo = try fixture.undo(ended)
        #expect(undo.books == books(899, updated: 899), "\(undo.errorMessage ?? "")")
    }

    /// Taken away from its worker at any batch, as by kill -9, an import counts its lines as if it were whole.
    @Test(arguments: seeds(2, long: 30), [false, true])
    func aWorkerThatLosesItsJobAtAnyBatch(seed: Int, isPlanned: Bool) throws {
        var random = SeededRandom(seed)
        let lines = Lines.lines(&random, 1800, isWrong: true)
        let options = Lines.options { $0.review = isPlanned }
        let whole = try ImportFixture.ofScans()
        var expected = try whole.run(Array(Lines.file(lines).utf8), options)
        if isPlanned { expected = try whole.confirm(expected) }
        #expect(expected.status == .completed, "\(expected.errorMessage ?? "")")
        let fixture = try ImportFixture.ofScans()
        let gate = try Files.open("\(fixture.connection.path)-gate-prio", O_RDWR)
        fixture.clock.makeBatchesSmall(gate)
        defer { fixture.clock.makeBatchesBig() }
        var job = try fixture.order(Array(Lines.file(lines).utf8), options)
        if isPlanned {
            let planned = try fixture.work(job) { run in run.observe = { _ in fixture.clock.rest() } }
            guard
                case .done(let confirmed) = try JobStore(fixture.connection).confirm(planned, context: fixture.context)
            else { throw TestFailure("nothing to confirm") }
            job = try fixture.claimAgain(confirmed)
        }
        var losses = 0
        while true {
            var left = random.below(3) + 1
            var next: Job?
            let ended = try fixture.work(job) { run in
                run.observe = { state in
                    fixture.clock.rest()
                    if state.stage == "importing" { left -= 1 }
                    if left == 0, next == nil, losses < 8 { next = try? fixture.claimAgain(job) }
                }
            }
            guard let taken = next else {
                #expect(ended.books == expected.books, "\(ended.errorMessage ?? "")")
                #expect(try fixture.codes(ended) == whole.codes(expected))
                #expect(try fixture.scans() == whole.scans())
                break
            }
            job = taken
            losses += 1
        }
        #expect(losses > 1)
        let good = Int64(expected.books.created)
        let wrong = Set(try fixture.errors(job).map(\.row))
        let once = lines.indices.filter { !wrong.contains(Int64($0 + 1)) }
        let again = try fixture.run(Lines.file(once.map { lines[$0] }), Lines.options())
        #expect(again.books == books(good, unchanged: good))
    }
}
