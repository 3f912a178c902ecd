import Database
import Glibc
import Jobs
import Records
import Support
import Tables
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

extension ImportFixture {
    /// Takes an import up once more with corrected rows; nil when it cannot be.
    func orderRepair(_ job: Job, _ bytes: [UInt8]) throws -> Job? {
        let path = try folder.write("\(randomBytes(8).hex).repair", bytes)
        let notes = RepairNotes(
            .init(upload: path, range: 0..<Int64(bytes.count), in: folder.path),
            filename: "errors.csv"
        )
        let store = JobStore(connection)
        let outcome = try store.begin(RepairNotes.errand, notes: notes.json, job, context: context) { $0.canRepair }
        guard case .done(let pending) = outcome else { return nil }
        clock.advance(seconds: 60)
        return try store.claim(pending, now: clock.now)
    }

    func repair(_ job: Job, _ text: String) throws -> Job {
        guard let claimed = try orderRepair(job, Array(text.utf8)) else { throw TestFailure("it cannot be repaired") }
        return try work(claimed)
    }
}

@Suite(.serialized) struct ProductRepairTests {
    private let head = "bodega_row,bodega_error,sku,name,price\n"

    @Test func correctedRowsCountWhereTheyBelong() throws {
        let fixture = try ImportFixture()
        _ = try fixture.run("sku,name,price\nb,Birch,1\n")
        let job = try fixture.run("sku,name,price\na,Apple,x\nb,Birch,x\nc,Copper,x\nd,Dune,4\n,Ember,5\n")
        #expect(job.books == books(5, created: 1, failed: 4))
        let completed = try #require(job.completedAt)
        fixture.clock.advance(seconds: 10)
        let repaired = try fixture.repair(job, "\(head)1,x,a,Apple,1\n2,x,b,Birch,1.00\n3,x,c,Copper,still x\n")
        #expect(repaired.status == .completed, "\(repaired.errorMessage ?? "")")
        #expect(repaired.books == books(5, created: 2, unchanged: 1, failed: 2))
        #expect(try #require(repaired.completedAt) > completed)
        #expect(try fixture.codes(repaired) == ["3 bad_price price", "5 no_sku sku"])
        #expect(try fixture.errors(repaired).map(\.value) == ["still x", ""])
        #expect(try fixture.errors(repaired).map(\.line) == [4, 6])
        let outcome = try #require(repaired.result?["repair"])
        #expect(outcome["repaired"]?.intValue == 2 && outcome["created"]?.intValue == 1)
        #expect(outcome["unchanged"]?.intValue == 1 && outcome["still_failed"]?.intValue == 1)
        #expect(outcome["ignored"]?["total"]?.intValue == 0)
        #expect(repaired.result?["ignored_columns"] != nil, "what the import said stays")
        #expect(repaired.checkpoint == job.checkpoint)
        let revisions = try RevisionStore(fixture.connection).counts(jobID: job.id)
        #expect(revisions.created == 2 && revisions.updated == 0)
        #expect(try ProductSearch(fixture.connection, role: .web).lag() == 0)
        // The rest in a second one, with what was repaired in it once more.
        let again = try fixture.repair(repaired, "\(head)1,x,a,Apple,9\n3,x,c,Copper,3\n5,x,e,Ember,5\n")
        #expect(again.books == books(5, created: 4, unchanged: 1))
        #expect(again.result?["repair"]?["ignored"]?["not_failing"]?.intValue == 1)
        #expect(try fixture.table()["a"]?.price == 100)
        #expect(try fixture.orderRepair(again, Array(head.utf8)) == nil, "nothing fails any more")
    }

    @Test func recordsThatChangeNothingAreNamed() throws {
        let fixture = try ImportFixture()
        let job = try fixture.run("sku,name,price\na,Apple,x\nb,Birch,2\nc,Copper,x\n")
        let file = "\(head)1,x,a,First,1\n,x,q,No row,1\n2,x,b,Not failing,9\n99,x,z,Never there,1\n1,x,a,Last,1\n3,x\n"
        let repaired = try fixture.repair(job, file)
        #expect(repaired.books == books(3, created: 2, failed: 1))
        #expect(try fixture.table()["a"]?.name == "Last")
        #expect(try fixture.table().count == 2)
        let ignored = try #require(repaired.result?["repair"]?["ignored"])
        #expect(ignored["total"]?.intValue == 5 && ignored["no_row"]?.intValue == 1)
        #expect(ignored["not_failing"]?.intValue == 2 && ignored["repeated"]?.intValue == 1)
        #expect(ignored["empty"]?.intValue == 1)
    }

    /// The options and the mapping of the import, and columns by their names, wherever they stand.
    @Test func rowsAreReadAsTheImportReadsThem() throws {
        let fixture = try ImportFixture()
        var options = ImportOptions()
        options.mapping = ["Artikel": "sku", "Titel": "name"]
        options.mode = .create
        _ = try fixture.run("sku,name\nold,Old\n")
        let job = try fixture.run(Array("Artikel,Titel,price\na,Apple,x\nold,New,x\n".utf8), options)
        #expect(job.books == books(2, failed: 2))
        let repaired = try fixture.repair(job, "price,Titel,Artikel,bodega_row\n1,Apple,a,1\n2,New,old,2\n")
        #expect(repaired.books == books(2, created: 1, skipped: 1))
        #expect(try fixture.table()["old"]?.name == "Old")
        // A column that the mapping names may be left out.
        let other = try fixture.run(Array("Artikel,Titel,price\nq,Quince,x\n".utf8), options)
        let named = try fixture.repair(other, "bodega_row,Artikel,name\n1,q,Quince\n")
        #expect(named.books == books(1, created: 1))
    }

    /// A repaired row competes for its SKU from where it stood.
    @Test(arguments: ImportOptions.Duplicates.allCases)
    func theSameSKUTwice(_ rule: ImportOptions.Duplicates) throws {
        let fixture = try ImportFixture()
        var options = ImportOptions()
        options.duplicates = rule
        // Rows 1 and 4 have no SKU that can be read; rows 2 and 3 are fine.
        let text = "sku,name\na,One,too many\na,Two\nb,Three\nb,Four,too many\n"
        let job = try fixture.run(Array(text.utf8), options)
        #expect(job.books == books(4, created: 2, failed: 2))
        let repaired = try fixture.repair(job, "bodega_row,sku,name\n1,a,One\n4,b,Four\n")
        let names = try fixture.table().mapValues(\.name)
        switch rule {
        case .last:
            #expect(repaired.books == books(4, created: 2, updated: 1, skipped: 1))
            #expect(names == ["a": "Two", "b": "Four"])
        case .first:
            #expect(repaired.books == books(4, created: 2, updated: 1, skipped: 1))
            #expect(names == ["a": "One", "b": "Three"])
        case .reject:
            #expect(repaired.books == books(4, created: 2, failed: 2))
            #expect(try fixture.codes(repaired) == ["1 duplicate_sku sku", "4 duplicate_sku sku"])
        }
    }

    // MARK: Killed, cancelled, given up

    /// A file of which every third row fails, and its correction.
    private func failing(_ rows: Int) -> (file: [UInt8], corrected: [UInt8], whole: [UInt8]) {
        var (file, corrected, whole) = ("sku,name,price\n", head, "sku,name,price\n")
        for row in 1...rows {
            file += "s\(row),Name \(row),\(row % 3 == 0 ? "x" : "1")\n"
            whole += "s\(row),Name \(row),1\n"
        }
        // In any order.
        for row in stride(from: rows - rows % 3, to: 0, by: -3) { corrected += "\(row),x,s\(row),Name \(row),1\n" }
        return (Array(file.utf8), Array(corrected.utf8), Array(whole.utf8))
    }

    private func work(_ fixture: ImportFixture, _ job: Job, after: @escaping (JobRun.State) -> Void) throws -> Job {
        let gate = try Files.open("\(fixture.connection.path)-gate-prio", O_RDWR)
        fixture.clock.makeBatchesSmall(gate)
        defer { fixture.clock.makeBatchesBig() }
        let clock = fixture.clock
        return try fixture.work(job) { run in
            run.observe = { state in
                clock.rest()
                #expect(state.books.balances && state.books.processed == state.books.total)
                after(state)
            }
        }
    }

    @Test(arguments: seeds(2, long: 24))
    func aWorkerThatLosesItsRepairAtAnyBatch(seed: Int) throws {
        let (file, corrected, whole) = failing(1500)
        let expected = try ImportFixture()
        _ = try expected.run(whole)
        let fixture = try ImportFixture()
        let job = try fixture.run(file)
        #expect(job.books == books(1500, created: 1000, failed: 500))
        var random = SeededRandom(seed)
        var present = try #require(try fixture.orderRepair(job, corrected))
        var losses = 0
        while true {
            var left = random.below(4) + 1
            var next: Job?
            let ended = try work(fixture, present) { state in
                if state.stage == "repairing" { left -= 1 }
                if left == 0, next == nil, losses < 6 { next = try? fixture.claimAgain(present) }
            }
            guard let taken = next else {
                #expect(ended.status == .completed, "\(ended.errorMessage ?? "")")
                #expect(ended.books == books(1500, created: 1500))
                #expect(ended.result?["repair"]?["repaired"]?.intValue == 500)
                #expect(ended.result?["repair"]?["ignored"]?["total"]?.intValue == 0)
                #expect(ended.checkpoint == job.checkpoint)
                break
            }
            present = taken
            losses += 1
        }
        #expect(losses > 1)
        #expect(try fixture.digest().hash == expected.digest().hash)
        #expect(try fixture.digest().mostRevisionsPerJobAndProduct == 1)
        #expect(try fixture.errors(job).isEmpty)
    }

    @Test func cancelledInTheMiddle() throws {
        let (file, corrected, _) = failing(1500)
        let fixture = try ImportFixture()
        let job = try fixture.run(file)
        let claimed = try #require(try fixture.orderRepair(job, corrected))
        let store = JobStore(fixture.connection)
        let ended = try work(fixture, claimed) { state in
            if state.books.failed < 450 { _ = try? store.cancel(claimed, context: fixture.context) }
        }
        #expect(ended.status == .completed && ended.completedAt == job.completedAt)
        #expect(ended.books.failed > 0 && ended.books.failed < 450 && ended.books.balances)
        #expect(ended.checkpoint == job.checkpoint && ended.former == nil)
        #expect(ended.result?["repair"]?["error"]?.stringValue != nil)
        #expect(try RowErrorStore(fixture.connection).count(jobID: job.id).rows == ended.books.failed)
        let again = try #require(try fixture.orderRepair(ended, corrected))
        #expect(try fixture.work(again).books == books(1500, created: 1500))
    }

    @Test func cancelledBeforeItBegins() throws {
        let fixture = try ImportFixture()
        let job = try fixture.run("sku,name,price\na,Apple,x\n")
        let store = JobStore(fixture.connection)
        let notes = RepairNotes(.init(upload: "/data/nowhere", range: 0..<1, in: "/data"), filename: "x.csv")
        guard
            case .done(let pending) = try store.begin(
                "repair",
                notes: notes.json,
                job,
                context: fixture.context,
                if: { _ in true }
            )
        else { throw TestFailure("not begun") }
        #expect(pending.status == .pending && pending.former?.status == .completed)
        guard case .done(let ended) = try store.cancel(pending, context: fixture.context) else {
            throw TestFailure("not cancelled")
        }
        #expect(ended.status == .completed && ended.completedAt == job.completedAt && ended.books == job.books)
    }

    @Test func whatCannotBeDoneLeavesTheImportAsItWas() throws {
        let fixture = try ImportFixture()
        let job = try fixture.run("sku,name,price\na,Apple,x\n")
        let ended = try fixture.repair(job, "sku,name,price\na,Apple,1\n")
        #expect(ended.status == .completed && ended.books == job.books && ended.errorMessage == nil)
        #expect(ended.result?["repair"]?["error"]?.stringValue?.contains("bodega_row") == true)
    }

    @Test func workersThatDieAgainAndAgain() throws {
        let fixture = try ImportFixture()
        let job = try fixture.run("sku,name,price\na,Apple,x\n")
        var claimed = try #require(try fixture.orderRepair(job, Array("\(head)1,x,a,Apple,1\n".utf8)))
        let store = JobStore(fixture.connection)
        for death in 1...3 {
            let left = try store.workerDied(claimed.id, attempt: claimed.attempt, how: "killed", now: fixture.clock.now)
            guard death < 3 else {
                #expect(left?.status == .completed && left?.books == job.books)
                #expect(left?.result?["repair"]?["error"] != nil)
                break
            }
            claimed = try fixture.claimAgain(claimed)
        }
    }

    /// An import that was cancelled half-way: what it has come to can be repaired, and it goes on behind that.
    @Test func anImportThatIsNotWhole() throws {
        let (file, corrected, whole) = failing(1500)
        let expected = try ImportFixture()
        _ = try expected.run(whole)
        let fixture = try ImportFixture()
        let job = try fixture.order(file)
        let cancelled = try fixture.workUntilCancelled(job)
        let failed = cancelled.books.failed
        let repaired = try fixture.work(try #require(try fixture.orderRepair(cancelled, corrected)))
        #expect(repaired.status == .cancelled && repaired.books.failed == 0)
        #expect(repaired.result?["repair"]?["repaired"]?.intValue == failed)
        #expect(repaired.result?["repair"]?["ignored"]?["not_failing"]?.intValue == 500 - failed)
        let whole2 = try fixture.work(try fixture.claimAgain(repaired))
        #expect(whole2.books == books(1500, created: 1000 + failed, failed: 500 - failed))
        let ended = try fixture.work(try #require(try fixture.orderRepair(whole2, corrected)))
        #expect(ended.books == books(1500, created: 1500))
        #expect(try fixture.digest().hash == expected.digest().hash)
    }
}
