import Database
import Glibc
import Identity
import Jobs
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// What a plan promises: it changes nothing, waits when it must, and what it says is what happens.
@Suite struct ImportPlanTests {
    private func options(_ change: (inout ImportOptions) -> Void) -> ImportOptions {
        var options = ImportOptions()
        change(&options)
        return options
    }

    /// So many products `p1 …` with a price of 10.00.
    private func fixture(_ count: Int) throws -> ImportFixture {
        let fixture = try ImportFixture()
        var text = "sku,name,price\n"
        for number in 1...count { text += "p\(number),Product \(number),10\n" }
        #expect(try fixture.run(text).books.created == Int64(count))
        return fixture
    }

    private func file(_ rows: [(String, String)]) -> String {
        "sku,price\n" + rows.map { "\($0.0),\($0.1)\n" }.joined()
    }

    private func rows(_ fixture: ImportFixture, _ job: Job) throws -> PlanRows {
        try #require(try PlanRows(job, fixture.connection))
    }

    // MARK: Review

    @Test func aReviewWaitsAndTellsEachField() throws {
        let fixture = try fixture(3)
        let text =
            "sku,name,price,Colour\np1,Product 1,12,red\np2,Product 2,10,red\nnew,New,5,red\np3,,x,red\nq,,1,red\n"
        let waiting = try fixture.run(text, options { $0.review = true })
        #expect(waiting.status == .awaitingConfirmation && waiting.stage == "validating")
        #expect(
            waiting.worker == nil
                && waiting.books
                    == {
                        var books = Books(); books.total = 5; return books
                    }()
        )
        let plan = try rows(fixture, waiting)
        let shown = try plan.page(Set(PlanState.allCases), from: 0, limit: 100)
        #expect(shown.map(\.state) == [.update, .unchanged, .create, .reject, .reject])
        #expect(shown.map(\.line) == [2, 3, 4, 5, 6] && shown.map(\.row) == [1, 2, 3, 4, 5])
        #expect(shown[0].changes == [PlanChange(field: "price", label: "Price", before: "10.00", after: "12.00")])
        #expect(shown[0].name == "Product 1" && shown[0].label == "p1")
        #expect(shown[2].changes.map(\.field) == ["name", "price", "status"])
        #expect(shown[3].problems.map(\.code) == ["bad_price"] && shown[4].problems.map(\.code) == ["no_name"])
        #expect(try plan.page([.reject], from: 4, limit: 1).map(\.row) == [5])
        let done = try fixture.confirm(waiting)
        #expect(done.books == books(5, created: 1, updated: 1, unchanged: 1, failed: 2))
        // What was planned can still be read when it has been done.
        #expect(try rows(fixture, done).page([.update], from: 0, limit: 9)[0].changes == shown[0].changes)
        #expect(done.outputLog.contains("Confirmed by user:1."))
    }

    /// A product that gets a SKU of the file while the plan is made was there for no record, and yet the file names it.
    @Test(arguments: ["made", "made first of all", "renamed"])
    func aProductThatComesWhileThePlanIsMadeIsNotDeactivated(how: String) throws {
        let fixture = how == "made first of all" ? try ImportFixture() : try fixture(3)
        var done = false
        let text = "sku,name\np1,Product 1\nlate,Late\n"
        let job = try fixture.order(
            Array(text.utf8),
            options { ($0.missing, $0.isGuarded, $0.review) = (.deactivate, false, false) }
        )
        let ended = try fixture.work(job) { run in
            run.observe = { state in
                // The records were looked at, and now it comes to those that were not named.
                guard state.stage == "validating", state.progress ?? 0 > 0, !done else { return }
                done = true
                fixture.clock.advance(seconds: 1)
                if how == "renamed" {
                    try? fixture.edit("p3") { $0.sku = "late" }
                } else {
                    _ = try? fixture.products.insert(Product(sku: "late", name: "By hand"), fixture.context)
                }
            }
        }
        #expect(done && ended.status == .completed, "\(ended.errorMessage ?? "")")
        let table = try fixture.table()
        #expect(table["late"]?.status == .active && table["late"]?.name == "Late")
        #expect(table["p1"]?.status == .active)
        if how != "made first of all" { #expect(table["p2"]?.status == .draft) }
    }

    @Test func aProductThatChangedIsHeldBackAndListed() throws {
        let fixture = try fixture(5)
        var text = "sku,name,price\n"
        for number in 1...4 { text += "p\(number),Product \(number),11\n" }
        let waiting = try fixture.run(text + "new,New,4\n", options { $0.review = true })
        #expect(waiting.status == .awaitingConfirmation)
        let edited = try #require(try fixture.products.find(sku: "p1"))
        _ = try fixture.products.update(edited.id, fixture.context) { product in
            var product = product
            product.description = "edited meanwhile"
            return product
        }
        let gone = try #require(try fixture.products.find(sku: "p2"))
        try fixture.products.delete(gone.id, fixture.context)
        _ = try fixture.products.insert(Product(sku: "NEW", name: "Somebody was faster"), fixture.context)
        let done = try fixture.confirm(waiting)
        #expect(done.status == .completed, "\(done.errorMessage ?? "")")
        #expect(done.books == books(5, updated: 2, skipped: 3))
        #expect(done.result?["held_back"]?.intValue == 3)
        let held = try rows(fixture, done).heldBack(from: 0, limit: 10)
        #expect(held.map(\.label) == ["p1", "p2", "new"])
        #expect(held.allSatisfy { $0.heldBack?.at == fixture.clock.now.adding(seconds: -60) })
        #expect(held[0].recordID == edited.id && held[1].recordID == gone.id)
        #expect(try fixture.products.find(sku: "p1")?.price == 1000)
        #expect(try fixture.products.find(sku: "new")?.name == "Somebody was faster")
        #expect(try rows(fixture, done).heldBack(from: 1, limit: 1).map(\.label) == ["p2"])
    }

    @Test func withoutAReviewAnEditInBetweenIsOverwrittenAsEver() throws {
        let fixture = try fixture(4)
        let job = try fixture.order(Array(file([("p1", "11"), ("p2", "10")]).utf8))
        let id = try #require(try fixture.products.find(sku: "p1")).id
        let other = try Connection(path: fixture.connection.path, role: .web)
        let context = fixture.context
        let done = try fixture.work(job) { run in
            var isDone = false
            run.observe = { state in
                guard state.stage == "importing", !isDone else { return }
                isDone = true
                _ = try? ProductStore(other).update(id, context) { product in
                    var product = product
                    product.price = 5000
                    return product
                }
            }
        }
        #expect(done.books == books(2, updated: 1, unchanged: 1))
        #expect(try fixture.products.find(id)?.price == 1100 && fixture.products.find(id)?.version == 3)
    }

    @Test func aPlanIsDroppedOrMadeAgain() throws {
        let fixture = try fixture(3)
        let store = JobStore(fixture.connection)
        let waiting = try fixture.run(file([("p1", "12"), ("zz", "x")]), options { $0.review = true })
        #expect(try fixture.errors(waiting).count == 2)
        guard case .done(let again) = try store.replan(waiting, context: fixture.context) else {
            Issue.record("it can be planned again")
            return
        }
        #expect(again.status == .pending && again.checkpoint == nil)
        #expect(try store.confirm(again, context: fixture.context) == .wrongState(again), "there is no plan now")
        let second = try fixture.work(try fixture.claimAgain(again))
        #expect(second.status == .awaitingConfirmation && second.attempt == 2)
        #expect(try fixture.errors(second).count == 2, "not four")
        guard case .done(let dropped) = try store.cancel(second, context: fixture.context) else {
            Issue.record("it can be discarded")
            return
        }
        #expect(dropped.status == .cancelled && !dropped.hasPlan)
        #expect(try store.confirm(dropped, context: fixture.context) == .wrongState(dropped))
        #expect(try fixture.products.find(sku: "p1")?.price == 1000)
        // Whoever takes it up again gets a new plan, and is asked again.
        let third = try fixture.work(try fixture.claimAgain(dropped))
        #expect(third.status == .awaitingConfirmation)
        #expect(try fixture.confirm(third).books == books(2, updated: 1, failed: 1))
    }

    @Test func aRowWithoutASKUHasNone() throws {
        let fixture = try ImportFixture()
        let job = try fixture.run("sku,name\n,Nameless\n  ,Blank\na,A\n", options { $0.review = true })
        #expect(try rows(fixture, job).page([.reject], from: 0, limit: 9).map(\.label) == [nil, nil])
    }

    @Test func aReviewOfNothingAsksNothing() throws {
        let job = try ImportFixture().run("sku,name\n", options { $0.review = true })
        #expect(job.status == .completed && job.books == Books())
    }

    // MARK: The guard

    @Test(arguments: [(30, false), (31, true)])
    func deletionsTripTheGuard(count: Int, trips: Bool) throws {
        let fixture = try fixture(40)
        let known = (1...count).map { ("p\($0)", "") }
        let unknown = (count..<100).map { ("u\($0)", "") }
        let job = try fixture.run(file(known + unknown), options { $0.mode = .delete })
        #expect((job.status == .awaitingConfirmation) == trips)
        #expect(job.waitingReason == (trips ? "guard" : nil))
        let done = trips ? try fixture.confirm(job) : job
        #expect(done.books == books(100, updated: Int64(count), skipped: Int64(100 - count)))
        #expect(done.result?["deleted"]?.intValue == Int64(count))
        #expect(try fixture.table().count == 40 - count)
    }

    @Test(arguments: [(6, "15.01", true), (6, "15", false), (6, "4.99", true), (6, "5", false), (5, "99", false)])
    func pricesTripTheGuard(count: Int, price: String, trips: Bool) throws {
        let fixture = try fixture(20)
        let file = file((1...18).map { ("p\($0)", $0 <= count ? price : "10") })
        let job = try fixture.run(file)
        #expect((job.status == .awaitingConfirmation) == trips)
        let off = try ImportFixture().run("sku,name,price\n1,One,\(price)\n")
        #expect(off.status == .completed, "a first price is no change of one")
        let plain = try fixture.run(file, options { $0.isGuarded = false })
        #expect(plain.status == .completed && plain.books.updated == (trips ? Int64(count) : 0))
    }

    /// A plan keeps what it was made with, whatever is chosen afterwards.
    @Test func theShopChoosesItsLimits() throws {
        let fixture = try fixture(10)
        let store = ConfigurationStore(fixture.connection)
        func choose(_ share: String, _ price: String, _ count: String) throws {
            let changes = [
                (ImportSettings.guardShare.entry, share), (ImportSettings.guardPrice.entry, price),
                (ImportSettings.guardCount.entry, count),
            ]
            try store.set(changes.map { ($0.0, $0.1) }, context: fixture.context)
        }
        let file = file((1...9).map { ("p\($0)", $0 <= 2 ? "11" : "10") })
        #expect(try fixture.run(file, options { $0.review = true }).waitingReason == nil)
        try choose("20", "9", "2")
        let job = try fixture.run(file)
        #expect(job.waitingReason == "guard")
        try choose("90", "90", "100")
        let finding = try #require(ImportGuard.findings(try rows(fixture, job).counts).first)
        #expect(PlanMessages.text(finding).contains("2 prices would change by more than 9 %"))
        #expect(PlanMessages.text(finding).contains("more than 20 % asks first"))
    }

    /// Of three rows one is a third: such files are corrections made by hand.
    @Test func aFewChangesNeverAsk() throws {
        let fixture = try fixture(6)
        let four = file((1...4).map { ("p\($0)", "99") })
        #expect(try fixture.run(four).books == books(4, updated: 4))
        let deletion = try fixture.run(file((1...4).map { ("p\($0)", "") }), options { $0.mode = .delete })
        #expect(deletion.status == .completed && deletion.result?["deleted"]?.intValue == 4)
        try ConfigurationStore(fixture.connection).set(
            [(ImportSettings.guardCount.entry, "1")],
            context: fixture.context
        )
        #expect(try fixture.run(file([("p5", "99"), ("p6", "10"), ("p6", "10")])).waitingReason == "guard")
    }

    @Test(arguments: [(19, false), (18, true)])
    func deactivationsTripTheGuard(named: Int, trips: Bool) throws {
        let fixture = try fixture(24)
        let file = file((1...named).map { ("p\($0)", "10") })
        let job = try fixture.run(file, options { $0.missing = .deactivate })
        #expect((job.status == .awaitingConfirmation) == trips)
        let findings = ImportGuard.findings(try rows(fixture, job).counts)
        #expect(findings.map(\.kind) == (trips ? [.deactivations] : []))
        let done = trips ? try fixture.confirm(job) : job
        #expect(done.status == .completed && done.books == books(Int64(named), unchanged: Int64(named)))
        #expect(done.result?["deactivated"]?.intValue == Int64(24 - named))
        let drafts = try fixture.table().values.filter { $0.status == .draft }
        #expect(drafts.count == 24 - named && drafts.allSatisfy { $0.version == 2 })
    }

    @Test func aFileWithoutRowsDeactivatesOnlyAfterAnAnswer() throws {
        let fixture = try fixture(2)
        let job = try fixture.run("sku,name\n", options { $0.missing = .deactivate })
        #expect(job.status == .awaitingConfirmation && job.waitingReason == "guard")
        #expect(try rows(fixture, job).page([.deactivate], from: 0, limit: 9).map(\.label) == ["p1", "p2"])
        #expect(try fixture.confirm(job).result?["deactivated"]?.intValue == 2)
    }

    // MARK: Stopping

    @Test func oneWrongRowStopsBeforeTheFirstWrite() throws {
        let fixture = try fixture(1)
        let digest = try fixture.digest()
        let stop = options { $0.onError = .stop }
        let job = try fixture.run("sku,name,price\na,A,1\nb,,2\nc,C,x\n", stop)
        #expect(job.status == .failed && job.books.processed == 2 && job.books.failed == 2 && job.books.total == 3)
        #expect(job.errorMessage?.contains("2 rows are wrong") == true && !job.hasPlan)
        #expect(try fixture.codes(job) == ["2 no_name name", "3 bad_price price"])
        #expect(try fixture.digest() == digest)
        #expect(try fixture.work(try fixture.claimAgain(job)).books.failed == 2, "a retry checks anew")
        #expect(try fixture.codes(job).count == 2)
        #expect(try fixture.run("sku,name\na,A\n", stop).books == books(1, created: 1))
        #expect(Files.names(in: fixture.folder.path).filter { $0.contains(".plan.") }.isEmpty)
    }

    @Test func rowsOfOneSKUAreAllRefused() throws {
        let fixture = try ImportFixture()
        let job = try fixture.run("sku,name\na,A\nb,B\nA,AA\n", options { $0.duplicates = .reject })
        #expect(job.books == books(3, created: 1, failed: 2))
        #expect(try fixture.codes(job) == ["1 duplicate_sku sku", "3 duplicate_sku sku"])
    }
}
