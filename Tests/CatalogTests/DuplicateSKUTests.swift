import Database
import Jobs
import Records
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// A catalogue in which products share their SKU, as an old installation may have it: nothing but the key is missing.
@Suite(.serialized) struct DuplicateSKUTests {
    /// `Item-1` to `Item-10` twice, `Item-11` three times, `Item-12` to `Item-20` once; the key could not be built.
    private func fixture() throws -> ImportFixture {
        let fixture = try ImportFixture()
        try fixture.connection.write { try fixture.connection.execute("DROP INDEX product_by_sku") }
        for (name, rows) in [("First", 1...20), ("Second", 1...11), ("Third", 11...11)] {
            for row in rows { try store(fixture, "Item-\(row)", name) }
        }
        return fixture
    }

    /// Stores a product without looking whether its SKU is taken.
    private func store(_ fixture: ImportFixture, _ sku: String, _ name: String) throws {
        let connection = fixture.connection
        let now = fixture.clock.now
        try connection.write {
            let id = try connection.insert(
                """
                INSERT INTO product (sku, sku_norm, name, status, version, created_at, updated_at)
                VALUES (\(sku), \(Product.skuKey(sku)), \(name), 'active', 1, \(now), \(now))
                """
            )
            try connection.execute(
                """
                INSERT INTO product_revision (product_id, version, at, actor, job_id, change, before)
                VALUES (\(id), 1, \(now), 'user:1', NULL, 'create', NULL)
                """
            )
        }
    }

    @Test func productsAreStillCreatedAndKeptApart() throws {
        let fixture = try fixture()
        _ = try fixture.products.insert(Product(sku: "New", name: "New"), fixture.context)
        #expect(throws: ProductStore.Refusal.self) {
            _ = try fixture.products.insert(Product(sku: "ITEM-3", name: "Taken"), fixture.context)
        }
        #expect(throws: ProductStore.Refusal.self) {
            _ = try fixture.products.insert(Product(sku: "new", name: "Taken"), fixture.context)
        }
    }

    @Test func importsGoOn() throws {
        let fixture = try fixture()
        let job = try fixture.run("sku,name\nItem-3,Changed\nItem-30,New\nITEM-30,Twice\nItem-20,First\n")
        #expect(job.errorMessage == nil)
        #expect(job.books == books(4, created: 1, updated: 1, unchanged: 1, skipped: 1))
    }

    @Test func undoGoesOn() throws {
        let fixture = try ImportFixture()
        let job = try fixture.run("sku,name\nItem-1,One\nItem-2,Two\n")
        let change = try fixture.run("sku,name\nItem-1,Uno\n")
        try fixture.connection.write { try fixture.connection.execute("DROP INDEX product_by_sku") }
        try store(fixture, "Item-1", "Double")
        #expect(change.books == books(1, updated: 1))
        let undo = try fixture.undo(change)
        #expect(undo.errorMessage == nil && undo.books == books(1, updated: 1))
        let other = try fixture.undo(job)
        // The other import changed the first one since, but its undo has taken that back.
        #expect(other.errorMessage == nil && other.books == books(2, updated: 2))
    }

    // MARK: What is said

    private func alert(_ fixture: ImportFixture) throws -> String? {
        try AlertStore(fixture.connection).standing(at: .now()).first { $0.name == DuplicateSKUStore.alert }?.detail
    }

    @Test func theirNumberIsToldUntilNoneIsLeft() throws {
        let fixture = try fixture()
        let connection = fixture.connection
        #expect(try alert(fixture) == nil)
        _ = try CatalogChores.buildIndexes(connection, free: nil)
        #expect(try alert(fixture)?.hasPrefix("12 products share their SKU with a newer one.") == true)
        #expect(try alert(fixture)?.contains("Item") == false)
        #expect(try ProductIndexStore(connection).missing().isEmpty)
        #expect(try DuplicateSKUStore(connection).examples() == ["Item-1", "Item-10", "Item-11"])

        // Some are made right by hand.
        for row in 1...10 {
            let product = try #require(try fixture.products.find(sku: "item-\(row)"))
            try fixture.products.delete(product.id, fixture.context)
        }
        _ = try CatalogChores.buildIndexes(connection, free: nil)
        #expect(try alert(fixture)?.hasPrefix("2 products share") == true)
        for _ in 1...2 {
            let product = try #require(try fixture.products.find(sku: "item-11"))
            try fixture.products.delete(product.id, fixture.context)
        }
        _ = try CatalogChores.buildIndexes(connection, free: nil)
        #expect(try alert(fixture) == nil)
        #expect(try ProductIndexStore(connection).keepsApart() && !DuplicateSKUStore(connection).isInForce())
        #expect(try fixture.table().count == 20)
    }

    @Test func whatCannotTellWhichIsMeantIsRefused() throws {
        let fixture = try fixture()
        for (mode, missing) in [(ImportOptions.Mode.delete, .keep), (.upsert, ImportOptions.Missing.deactivate)] {
            var options = ImportOptions()
            (options.mode, options.missing, options.isGuarded) = (mode, missing, false)
            let job = try fixture.run("sku,name\nItem-1,One\n", options)
            #expect(job.status == .failed && job.books.processed == 0)
            let message = job.errorMessage ?? ""
            #expect(message.contains("12 products share their SKU") && message.contains("Nothing was imported"))
        }
    }

    @Test(arguments: [true, false])
    func aPlanMeetsTheSameProductAsTheRun(matched: Bool) throws {
        let fixture = try fixture()
        if matched { (fixture.tuning.matching.sample, fixture.tuning.matching.leastRows) = (1, 0) }
        var options = ImportOptions()
        (options.review, options.isGuarded) = (true, false)
        let rows = (1...20).map { row in
            let present = row == 11 ? "Third" : row < 11 ? "Second" : "First"
            return "Item-\(row),\(row.isMultiple(of: 2) ? "Changed" : present)\n"
        }
        let planned = try fixture.run(Array("sku,name\n\(rows.joined())".utf8), options)
        let job = try fixture.confirm(planned)
        #expect(job.books == books(20, updated: 10, unchanged: 10), "\(job.errorMessage ?? "")")
    }

    // MARK: The job

    private func order(_ fixture: ImportFixture, _ count: Int64) throws -> Job {
        try ProductIndexStore(fixture.connection).ensure()
        let order = JobStore.Order(
            kind: DuplicateRemoval.kind,
            displayName: "Deletion of \(count) duplicates",
            parameters: ["count": .int(count)],
            options: [:],
            undo: .possible
        )
        return try JobStore(fixture.connection).addClaimed(
            order,
            publicID: Environment.live.makeUUID(),
            now: fixture.clock.now
        )
    }

    @discardableResult
    private func work(
        _ fixture: ImportFixture,
        _ job: Job,
        after: @escaping (JobRun.State) -> Void = { _ in }
    ) throws -> Job {
        let run = JobRun(
            job,
            connection: fixture.connection,
            environment: Environment(now: { [clock = fixture.clock] in clock.now }, random: randomBytes),
            scratch: fixture.folder.path,
            failpoints: Failpoints(nil)
        )
        run.observe = after
        let kind = JobKind(DuplicateRemoval.kind) { try DuplicateRemovalRun($0, batchNanoseconds: 0).run() }
        _ = try JobWork.perform(run, kinds: [kind], log: Log(component: "test", threshold: .error, sink: { _ in }))
        return try fixture.found(job)
    }

    @Test func theOneThatWasChangedLastStays() throws {
        let fixture = try fixture()
        // The oldest of Item-2 is edited, and so is the middle one of Item-11.
        for (id, name) in [(Int64(2), "Edited"), (31, "Edited")] {
            _ = try fixture.products.update(id, fixture.context) { current in
                var wanted = current
                wanted.name = name
                return wanted
            }
        }
        let ended = try work(fixture, try order(fixture, 12))
        #expect(ended.status == .completed, "\(ended.errorMessage ?? "")")
        #expect(ended.books == books(12, updated: 12) && ended.result?["deleted"]?.intValue == 12)
        let table = try fixture.table()
        #expect(table.count == 20 && table["item-2"]?.name == "Edited" && table["item-11"]?.id == 31)
        #expect(table["item-3"]?.name == "Second" && table["item-12"]?.name == "First")
        let indexes = ProductIndexStore(fixture.connection)
        #expect(try indexes.keepsApart() && indexes.missing().isEmpty)
        #expect(try !DuplicateSKUStore(fixture.connection).isInForce() && alert(fixture) == nil)
        // What went keeps its history.
        let last = try #require(try RevisionStore(fixture.connection).newest(3))
        #expect(last.change == .delete && last.before?["name"]?.stringValue == "First" && last.jobID == ended.id)

        // Its SKU is another's, so it comes back only when that one has given it up.
        _ = try fixture.products.update(23, fixture.context) { current in
            var wanted = current
            wanted.sku = "Item-3b"
            return wanted
        }
        let undo = try fixture.undo(ended)
        #expect(undo.books == books(12, updated: 1, skipped: 11), "\(undo.errorMessage ?? "")")
        #expect(try fixture.products.find(sku: "Item-3")?.id == 3)
        let kept = try UndoStore(fixture.connection, ProductFields.table).kept(by: undo.id, after: 0, limit: 100)
        #expect(kept.allSatisfy { $0.reason == .keyTaken } && kept.count == 11)
    }

    @Test func aWorkerThatLosesItsJobAtAnyBatch() throws {
        let fixture = try fixture()
        for row in 12...400 { for name in ["Third", "Fourth"] { try store(fixture, "Item-\(row)", name) } }
        let count: Int64 = 12 + 9 * 2 + 380
        var job = try order(fixture, count)
        var losses = 0
        while true {
            var left = losses == 0 ? 1 : 2
            var next: Job?
            let ended = try work(fixture, job) { state in
                if state.stage == "deleting" { left -= 1 }
                if left == 0, next == nil, losses < 3 { next = try? fixture.claimAgain(job) }
            }
            guard let taken = next else {
                #expect(ended.status == .completed, "\(ended.errorMessage ?? "")")
                #expect(ended.books == books(count, updated: count))
                break
            }
            job = taken
            losses += 1
        }
        #expect(losses > 0)
        let found = try fixture.connection.first("SELECT COUNT(*), COUNT(DISTINCT sku_norm) FROM product") { row in
            [row.int(0), row.int(1)]
        }
        #expect(found == [400, 400])
        #expect(try fixture.digest().mostRevisionsPerJobAndProduct <= 1)
    }

    @Test func anotherNumberThanTheConfirmedOneDeletesNothing() throws {
        let fixture = try fixture()
        let ended = try work(fixture, try order(fixture, 11))
        #expect(ended.status == .failed && ended.errorMessage?.hasPrefix("Nothing was deleted: 11 products") == true)
        #expect(try DuplicateSKUStore(fixture.connection).count() == 12)
    }

    @Test func oneThatIsRenamedMeanwhileIsLeftAlone() throws {
        let fixture = try fixture()
        let job = try order(fixture, 12)
        var isDone = false
        let ended = try work(fixture, job) { state in
            guard state.stage == "deleting", !isDone else { return }
            isDone = true
            _ = try? fixture.products.update(9, fixture.context) { current in
                var wanted = current
                wanted.sku = "Of its own"
                return wanted
            }
        }
        #expect(ended.books == books(12, updated: 11, skipped: 1), "\(ended.errorMessage ?? "")")
        #expect(try fixture.table().count == 21)
    }

    @Test func aLoadIntoAnEmptiedCatalogueHealsItToo() throws {
        let fixture = try fixture()
        try ProductIndexStore(fixture.connection).ensure()
        let ids = try fixture.connection.all("SELECT id FROM product") { row in row.int(0) }
        for id in ids { try fixture.products.delete(id, fixture.context) }
        let job = try fixture.run("sku,name\nItem-1,One\nItem-2,Two\n")
        #expect(job.books == books(2, created: 2))
        #expect(try ProductIndexStore(fixture.connection).keepsApart() && alert(fixture) == nil)
    }
}
