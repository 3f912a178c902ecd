import Database
import Glibc
import Jobs
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// An import that is taken away from its worker at any batch goes on with the next one and gives the same catalogue.
@Suite(.serialized) struct ImportResumeTests {
    private static let rows = 2600

    private func file(_ seed: Int, isReadable: Bool = false) -> [UInt8] {
        var random = SeededRandom(seed)
        return ImportScenario(&random, rows: Self.rows, skuCount: 2000, isReadable: isReadable).bytes
    }

    /// Batches of 256 records, and what happens after each commit.
    private func work(_ fixture: ImportFixture, _ job: Job, after: @escaping (JobRun.State) -> Void) throws -> Job {
        let gate = try Files.open("\(fixture.connection.path)-gate-prio", O_RDWR)
        fixture.clock.makeBatchesSmall(gate)
        defer { fixture.clock.makeBatchesBig() }
        let clock = fixture.clock
        return try fixture.work(job) { run in
            run.observe = { state in
                clock.rest()
                after(state)
            }
        }
    }

    private func expectSame(_ fixture: ImportFixture, _ job: Job, _ other: ImportFixture, _ expected: Job) throws {
        #expect(job.status == .completed, "\(job.errorMessage ?? "")")
        #expect(job.books == expected.books)
        #expect(try fixture.digest() == other.digest())
        #expect(try fixture.digest().mostRevisionsPerJobAndProduct <= 1)
        #expect(try fixture.codes(job) == other.codes(expected))
        #expect(try ProductIndexStore(fixture.connection).missing().isEmpty)
        #expect(try ProductSearch(fixture.connection, role: .web).lag() == 0)
    }

    @Test(arguments: seeds(3, long: 24))
    func aWorkerThatLosesItsJobAtAnyBatch(seed: Int) throws {
        let bytes = file(seed)
        let whole = try ImportFixture()
        let expected = try whole.run(bytes)
        let fixture = try ImportFixture()
        // With the indexes, the key's too, built as the rows come, and afterwards.
        if seed.isMultiple(of: 2) { fixture.tuning.deferredIndexRows = 1 }
        var random = SeededRandom(seed + 100)
        var job = try fixture.order(bytes)
        var losses = 0
        while true {
            var left = random.below(5) + 1
            var next: Job?
            let ended = try work(fixture, job) { state in
                if state.stage == "importing" { left -= 1 }
                // Somebody else takes the job over: the batch that runs then is rolled back, as by kill -9.
                if left == 0, next == nil, losses < 8 { next = try? fixture.claimAgain(job) }
            }
            guard let taken = next else {
                try expectSame(fixture, ended, whole, expected)
                break
            }
            #expect(ended.attempt == taken.attempt && ended.status == .processing)
            job = taken
            losses += 1
        }
        #expect(losses > 1)
    }

    @Test(arguments: seeds(2, long: 24))
    func cancelledAndRetried(seed: Int) throws {
        let bytes = file(seed + 50)
        let whole = try ImportFixture()
        let expected = try whole.run(bytes)
        let fixture = try ImportFixture()
        var job = try fixture.order(bytes)
        for stop in [2, 3, 1] {
            var batches = 0
            let ended = try work(fixture, job) { state in
                if state.stage == "importing" { batches += 1 }
                let store = JobStore(fixture.connection)
                if batches == stop { _ = try? store.cancel(job, context: fixture.context) }
            }
            #expect(ended.status == .cancelled)
            #expect(ended.books.balances && ended.books.processed <= ended.books.total)
            #expect(try ProductIndexStore(fixture.connection).missing().isEmpty)
            job = try fixture.claimAgain(job)
        }
        try expectSame(fixture, try fixture.work(job), whole, expected)
    }

    @Test func theSizeOfBatchesChangesNothing() throws {
        let bytes = file(77)
        let whole = try ImportFixture()
        let expected = try whole.run(bytes)
        let counts = expected.books
        #expect(counts.created > 400 && counts.failed > 100 && counts.skipped > 100, "\(counts)")
        let fixture = try ImportFixture()
        var batches = 0
        let job = try work(fixture, try fixture.order(bytes)) { _ in batches += 1 }
        #expect(batches > Self.rows / 256)
        try expectSame(fixture, job, whole, expected)
    }

    @Test func aLoadThatDiesWithoutItsIndexesIsMadeUpFor() throws {
        var text = "sku,name\n"
        for number in 1...20_500 { text += "\(number),Name \(number % 97)\n" }
        let fixture = try ImportFixture()
        let job = try fixture.order(Array(text.utf8))
        var next: Job?
        _ = try work(fixture, job) { state in
            if next == nil, state.books.processed > 5000 { next = try? fixture.claimAgain(job) }
        }
        #expect(try !ProductIndexStore(fixture.connection).missing().isEmpty, "they were put off")
        let ended = try fixture.work(try #require(next))
        #expect(ended.books == books(20_500, created: 20_500))
        #expect(try ProductIndexStore(fixture.connection).missing().isEmpty)
    }

    // MARK: With a plan

    /// A catalogue with half of the file's products in it, and options that need a plan.
    private func planned(_ seed: Int, _ review: Bool) throws -> (ImportFixture, ImportOptions, [UInt8]) {
        let fixture = try ImportFixture()
        for number in stride(from: 0, to: 2000, by: 2) {
            _ = try fixture.products.insert(Product(sku: "item \(number)", name: "Old"), fixture.context)
        }
        var options = ImportOptions()
        options.review = review
        // What is missing may go without a question only where each record can be read.
        options.isGuarded = review
        options.missing = .deactivate
        return (fixture, options, file(seed, isReadable: !review))
    }

    @Test(arguments: seeds(3, long: 24))
    func aPlannedImportThatLosesItsJobAnywhere(seed: Int) throws {
        let review = seed % 2 == 0
        let (whole, options, bytes) = try planned(seed, review)
        var expected = try whole.run(bytes, options)
        if review { expected = try whole.confirm(expected) }
        #expect((expected.result?["deactivated"]?.intValue ?? 0) > 0)
        let (fixture, _, _) = try planned(seed, review)
        var random = SeededRandom(seed + 300)
        var job = try fixture.order(bytes, options)
        var losses = 0
        while true {
            var left = random.below(12) + 1
            var next: Job?
            let ended = try work(fixture, job) { state in
                // In any stage, also while nothing but the plan is made.
                left -= 1
                if left == 0, next == nil, losses < 10 { next = try? fixture.claimAgain(job) }
            }
            if let taken = next {
                job = taken
                losses += 1
            } else if ended.status == .awaitingConfirmation {
                guard
                    case .done(let confirmed) = try JobStore(fixture.connection).confirm(
                        ended,
                        context: fixture.context
                    )
                else { throw TestFailure("nothing to confirm") }
                job = try fixture.claimAgain(confirmed)
            } else {
                try expectSame(fixture, ended, whole, expected)
                break
            }
        }
        #expect(losses > 1)
        #expect(Files.names(in: fixture.folder.path).filter { $0.contains(".plan.") }.isEmpty)
    }

    @Test func aWorkerThatHasLostItsJobDoesNotReplaceThePlan() throws {
        let (fixture, options, bytes) = try planned(9, true)
        let job = try fixture.order(bytes, options)
        var path = ""
        let ended = try work(fixture, job) { state in
            guard state.stage == "validating", path.isEmpty, let next = try? fixture.claimAgain(job) else { return }
            // The next attempt makes its plan while this one still works on its own.
            let done = try? fixture.work(next)
            path = done.flatMap { try? fixture.planPath($0) } ?? ""
        }
        #expect(ended.status == .awaitingConfirmation && ended.attempt == 2)
        #expect(!path.isEmpty && Files.exists(path))
        #expect(try PlanReader(path).header.entries > 0 && PlanReader(path).header.attempt == 2)
        #expect(try fixture.confirm(ended).status == .completed)
    }

    @Test func aPlanThatIsGoneIsMadeAgainBeforeItHasBegun() throws {
        let (fixture, options, bytes) = try planned(3, true)
        let waiting = try fixture.run(bytes, options)
        #expect(unlink(try fixture.planPath(waiting)) == 0)
        let again = try fixture.confirm(waiting)
        #expect(again.status == .awaitingConfirmation, "another plan is another question")
        #expect(try fixture.confirm(again).status == .completed)
    }
}
