import Database
import Identity
import Jobs
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// A first load builds the key index behind the rows; whoever needs it meanwhile does not find two products of one SKU.
@Suite(.serialized) struct KeyIndexTests {
    /// Works in small batches; the hook is called behind the first 600 rows, the other one a batch later.
    private func work(
        _ fixture: ImportFixture,
        _ job: Job,
        behind rows: Int64 = 600,
        _ hook: @escaping () throws -> Void,
        then next: @escaping () throws -> Void = {}
    ) throws -> Job {
        let gate = try Files.open("\(fixture.connection.path)-gate-prio", 2)
        fixture.clock.makeBatchesSmall(gate)
        defer { fixture.clock.makeBatchesBig() }
        let clock = fixture.clock
        var hooks = [hook, next]
        var failure: (any Error)?
        let ended = try fixture.work(job) { run in
            run.observe = { state in
                clock.rest()
                guard state.books.processed >= rows, !hooks.isEmpty else { return }
                let hook = hooks.removeFirst()
                do { try hook() } catch { failure = error }
            }
        }
        if let failure { throw failure }
        #expect(hooks.count < 2)
        return ended
    }

    private func hasKey(_ fixture: ImportFixture) throws -> Bool { try ProductIndexStore(fixture.connection).hasKey() }

    private func expectOneOfEach(_ fixture: ImportFixture, _ count: Int64) throws {
        let found = try fixture.connection.first("SELECT COUNT(*), COUNT(DISTINCT sku_norm) FROM product") { row in
            [row.int(0), row.int(1)]
        }
        #expect(found == [count, count])
        #expect(try ProductIndexStore(fixture.connection).missing().isEmpty)
    }

    @Test func itIsMissingDuringTheLoadOnly() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        #expect(try hasKey(fixture))
        var during = true
        let job = try work(fixture, try fixture.order(itemTable(1...2000))) { during = try hasKey(fixture) }
        #expect(!during)
        #expect(job.books == books(2000, created: 2000))
        try expectOneOfEach(fixture, 2000)
    }

    @Test func whoCreatesAProductMeanwhileMeetsThoseOfTheLoad() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        let job = try work(fixture, try fixture.order(itemTable(1...2000))) {
            #expect(throws: ProductStore.Refusal.self) {
                try fixture.products.insert(Product(sku: "ITEM-5", name: "Taken"), fixture.context)
            }
            #expect(try hasKey(fixture))
            _ = try fixture.products.insert(Product(sku: "item-1999", name: "By hand"), fixture.context)
            #expect(try hasKey(fixture))
        }
        // The file comes later, so it has the last word.
        #expect(job.books == books(2000, created: 1999, updated: 1))
        #expect(try fixture.table()["item-1999"]?.name == "Name 1999")
        try expectOneOfEach(fixture, 2000)
    }

    @Test func aProductThatIsRenamedMeanwhileKeepsItsSKUApart() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        _ = try work(fixture, try fixture.order(itemTable(1...2000))) {
            let first = try #require(try fixture.products.find(sku: "Item-1"))
            #expect(throws: ProductStore.Refusal.self) {
                try fixture.products.update(first.id, fixture.context) { current in
                    var wanted = current
                    wanted.sku = "ITEM-2"
                    return wanted
                }
            }
            _ = try fixture.products.update(first.id, fixture.context) { current in
                var wanted = current
                wanted.sku = "item-2000"
                return wanted
            }
        }
        #expect(try fixture.table()["item-2000"]?.name == "Name 2000")
        try expectOneOfEach(fixture, 1999)
    }

    @Test func aSecondFirstLoadBesideIt() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        let job = try work(fixture, try fixture.order(itemTable(1...2000))) {
            let other = try fixture.run(itemTable(1500...2500, "Other"))
            #expect(other.status == .completed, "\(other.errorMessage ?? "")")
        }
        #expect(job.status == .completed && job.books.balances)
        try expectOneOfEach(fixture, 2500)
    }

    @Test func aSecondFirstLoadThatBeginsBeforeTheFirstRow() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        let job = try fixture.order(itemTable(1...2000))
        var other: Job?
        let ended = try fixture.work(job) { run in
            run.observe = { state in
                guard state.stage == "importing", state.books.processed == 0, other == nil,
                    (try? !ProductIndexStore(fixture.connection).hasKey()) == true
                else { return }
                other = try? fixture.run(itemTable(1500...2500, "Other"))
            }
        }
        #expect(other?.books == books(1001, created: 1001))
        #expect(ended.books == books(2000, created: 1499, updated: 501))
        try expectOneOfEach(fixture, 2500)
    }

    @Test func aLoadThatBeganBeforeTheKeyWasDroppedGetsItBack() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        let connection = fixture.connection
        // Rows that fail leave nothing that would say that somebody is at work.
        var text = "sku,name\n"
        for number in 1...2000 { text += "Item-\(number),\(number > 1500 ? "Name" : "")\n" }
        fixture.tuning.deferredIndexRows = 10_000
        let job = try work(fixture, try fixture.order(Array(text.utf8))) { () throws in
            #expect(try connection.write { try ProductIndexStore(connection).deferIndexes(for: 999) })
            #expect(try !hasKey(fixture))
        } then: { () throws in
            #expect(try hasKey(fixture), "the next batch has built it")
        }
        #expect(job.books == books(2000, created: 500, failed: 1500))
        try expectOneOfEach(fixture, 500)
    }

    @Test func aLoadThatIsTakenOverBeforeItsFirstRowGoesWithoutItAgain() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        let job = try fixture.order(itemTable(1...2000))
        var next: Job?
        _ = try fixture.work(job) { run in
            run.observe = { state in
                guard state.stage == "importing", state.books.processed == 0, next == nil,
                    (try? !ProductIndexStore(fixture.connection).hasKey()) == true
                else { return }
                next = try? fixture.claimAgain(job)
            }
        }
        var during = true
        let ended = try work(fixture, try #require(next)) { during = try hasKey(fixture) }
        #expect(!during)
        #expect(ended.books == books(2000, created: 2000))
        try expectOneOfEach(fixture, 2000)
    }

    /// - Parameter isShared: as where a request comes with an Idempotency-Key: its error takes back what it wrote.
    @Test(arguments: [false, true])
    func whoNeedsItInAHurryHasTheLoadBuildIt(isShared: Bool) throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        let connection = fixture.connection
        let job = try work(fixture, try fixture.order(itemTable(1...2000))) {
            // As if there were many.
            try connection.write { try connection.execute("UPDATE product SET id = 900000 WHERE id = 1") }
            let insert = {
                _ = try fixture.products.insert(Product(sku: "by-hand", name: "By hand"), fixture.context)
            }
            do {
                try isShared ? connection.inOneCommit(insert) : insert()
                Issue.record("it waited")
            } catch let error as DatabaseError {
                #expect(error.isBusy)
            }
            #expect(try !hasKey(fixture))
        } then: { () throws in
            #expect(try hasKey(fixture), "the next batch has built it")
            _ = try fixture.products.insert(Product(sku: "by-hand", name: "By hand"), fixture.context)
        }
        #expect(job.books == books(2000, created: 2000))
        try expectOneOfEach(fixture, 2001)
    }

    @Test func aRepairLooksForWhatIsThere() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        let connection = fixture.connection
        _ = try work(fixture, try fixture.order(itemTable(1...2000))) {}
        try connection.write {
            try connection.execute("DROP INDEX product_by_sku")
            try connection.execute("INSERT INTO record_load (table_name, job_id) VALUES ('product', 1)")
        }
        #expect(try ProductIndexStore(connection).isWithoutKey(1))
        // Any other job, a repair among them, has the key built before it writes.
        let job = try fixture.run("sku,name\nITEM-7,Again\n")
        #expect(job.books == books(1, updated: 1))
        try expectOneOfEach(fixture, 2000)
    }

    @Test func rowsWithoutANameAreRefusedWithoutLooking() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        var text = "sku,name\n"
        for number in 1...900 { text += "\(number),\(number.isMultiple(of: 3) ? "" : "Name")\n" }
        let job = try fixture.run(text)
        #expect(job.books == books(900, created: 600, failed: 300))
        try expectOneOfEach(fixture, 600)
    }

    @Test func theRunnerBuildsWhatADeadLoadHasLeft() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        let connection = fixture.connection
        var wasBuilt = true
        _ = try work(fixture, try fixture.order(itemTable(1...2000))) {
            wasBuilt = try CatalogChores.buildIndexes(connection, free: nil)
        }
        #expect(!wasBuilt, "the load is under way")
        for index in CatalogSchema.deferredIndexes {
            try connection.write { try connection.execute("DROP INDEX \(ident: index.name)") }
        }
        #expect(try !CatalogChores.buildIndexes(connection, free: 4096), "there is no room for them")
        while try CatalogChores.buildIndexes(connection, free: nil) { continue }
        try expectOneOfEach(fixture, 2000)
    }

    @Test func theTableIsMadeAnewWithItsRowsAndItsMemoryOfIds() throws {
        let folder = try TemporaryFolder()
        let connection = try Connection(path: folder.file("old.db"), role: .importer)
        let all = IdentitySchema.migrations + JobsSchema.migrations + CatalogSchema.migrations
        let migrator = Migrator(all)
        try migrator.up(connection)
        let products = ProductStore(connection)
        let context = WriteContext(actor: .user(1), now: Timestamp(milliseconds: 5))
        var last: Int64 = 0
        for number in 1...50 { last = try products.insert(Product(sku: "A-\(number)", name: "N"), context).id }
        try products.delete(last, context)
        let digest = try CatalogDigest.compute(connection)
        // The table is made anew by the migration of the key.
        let newer = all.filter { $0.id > ProductKeySchema.migration.id }.count
        for steps in newer + 1...newer + 2 {
            #expect(try migrator.down(connection, steps: steps).count == steps)
            let isConstraint = try connection.first(
                "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_autoindex_product_1'"
            ) { _ in true }
            #expect(isConstraint == true)
            try migrator.up(connection)
            #expect(try CatalogDigest.compute(connection) == digest)
            #expect(try ProductIndexStore(connection).missing().isEmpty)
        }
        let next = try products.insert(Product(sku: "A-50", name: "Again"), context)
        #expect(next.id == last + 1, "an id is never given twice")
    }
}
