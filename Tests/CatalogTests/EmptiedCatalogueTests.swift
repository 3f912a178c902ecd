import Database
import Identity
import Jobs
import Support
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// Jobs that take most of the catalogue away, bring it back, or fill it again do without indexes meanwhile, and leave
/// all of them behind.
@Suite(.serialized) struct EmptiedCatalogueTests {
    private func missing(_ fixture: ImportFixture) throws -> Set<String> {
        Set(try ProductIndexStore(fixture.connection).missing().map(\.name))
    }

    private let lists: Set = [
        "product_by_status", "product_by_name", "product_by_update", "product_by_price", "product_by_brand",
        "product_by_category", "product_by_group", "product_by_stock",
    ]

    private func deletion(_ fixture: ImportFixture, of sku: String) throws -> Job {
        var filter = ProductFilter()
        filter.sku = sku
        let order = JobStore.Order(
            kind: ProductDeleteJob.kind,
            displayName: "Deletion",
            parameters: ["filter": filter.json, "count": .int(try fixture.products.count(filter))],
            undo: .possible
        )
        let id = Environment.live.makeUUID()
        return try JobStore(fixture.connection).addClaimed(order, publicID: id, now: fixture.clock.now)
    }

    @Test func mostIsDeletedAndPutBackWithoutTheIndexesOfLists() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        try fixture.run(itemTable(1...2000))
        let before = try fixture.digest().hash
        var during: Set<String> = []
        let gone = try fixture.perform(try deletion(fixture, of: "item-")) { state in
            if state.stage == "deleting", state.books.processed > 0 { during = (try? missing(fixture)) ?? [] }
        }
        #expect(gone.status == .completed && gone.books.updated == 2000, "\(gone.errorMessage ?? "")")
        #expect(during == lists, "SKUs stay looked up")
        #expect(try missing(fixture).isEmpty && fixture.table().isEmpty)
        during = []
        let undo = try fixture.perform(try fixture.orderUndo(gone)) { state in
            if state.stage == "undoing", state.books.processed > 0 { during = (try? missing(fixture)) ?? [] }
        }
        #expect(undo.status == .completed && undo.books.updated == 2000, "\(undo.errorMessage ?? "")")
        #expect(during == lists)
        #expect(try missing(fixture).isEmpty && fixture.digest().hash == before)
    }

    @Test func theIndexesStayWhereLittleGoes() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        try fixture.run(itemTable(1...2000))
        var during: Set<String>?
        _ = try fixture.perform(try deletion(fixture, of: "item-9")) { state in
            if state.stage == "deleting", state.books.processed > 0 { during = try? missing(fixture) }
        }
        #expect(during?.isEmpty == true)
    }

    @Test func aDeletionThatIsCancelledBuildsThem() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        try fixture.run(itemTable(1...2000))
        let job = try deletion(fixture, of: "item-")
        let ended = try fixture.perform(job) { state in
            if state.books.processed > 0 { _ = try? JobStore(fixture.connection).cancel(job, context: fixture.context) }
        }
        #expect(ended.status == .cancelled && ended.books.processed < 2000)
        #expect(try missing(fixture).isEmpty)
    }

    @Test func aWorkerThatDiesLeavesThemToTheNextOneAndTheRunner() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        try fixture.run(itemTable(1...2000))
        let job = try deletion(fixture, of: "item-")
        var next: Job?
        _ = try fixture.perform(job) { state in
            if state.books.processed > 0, next == nil { next = try? fixture.claimAgain(job) }
        }
        #expect(try missing(fixture) == lists)
        #expect(try !CatalogChores.buildIndexes(fixture.connection, free: nil), "the deletion is under way")
        let ended = try fixture.perform(try #require(next))
        #expect(ended.books == books(2000, updated: 2000), "\(ended.errorMessage ?? "")")
        #expect(try missing(fixture).isEmpty)
    }

    @Test func aLoadIntoItIsAsAFirstOne() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        try fixture.run(itemTable(1...2000))
        _ = try fixture.deleteMany(sku: "item-")
        var during: Set<String> = []
        let job = try fixture.work(try fixture.order(itemTable(500...3000, "Again"))) { run in
            run.observe = { state in
                if state.stage == "importing", state.books.processed > 0 { during = (try? missing(fixture)) ?? [] }
            }
        }
        #expect(job.books == books(2501, created: 2501), "\(job.errorMessage ?? "")")
        #expect(during == lists.union(["product_by_sku"]), "the indexes of the histories stay")
        #expect(try missing(fixture).isEmpty && fixture.table().count == 2501)
    }

    @Test func whoRestoresAProductMeanwhileMeetsThoseOfTheLoad() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        try fixture.run(itemTable(1...100))
        let ids = try fixture.table().mapValues(\.id)
        _ = try fixture.deleteMany(sku: "item-")
        let gate = try Files.open("\(fixture.connection.path)-gate-prio", 2)
        fixture.clock.makeBatchesSmall(gate)
        let clock = fixture.clock
        var refusal: String?
        var isDone = false
        let job = try fixture.work(try fixture.order(itemTable(50...2000, "Again"))) { run in
            run.observe = { state in
                clock.rest()
                guard state.stage == "importing", state.books.processed > 200, !isDone else { return }
                isDone = true
                do {
                    _ = try ProductRestore(fixture.connection, ids["item-60"] ?? 0).restore(1, fixture.context) { _ in }
                } catch {
                    refusal = (error as? WebError)?.code
                }
                _ = try? ProductRestore(fixture.connection, ids["item-7"] ?? 0).restore(1, fixture.context) { _ in }
            }
        }
        fixture.clock.makeBatchesBig()
        #expect(refusal == "sku_taken" && job.books == books(1951, created: 1951), "\(job.errorMessage ?? "")")
        let table = try fixture.table()
        #expect(table.count == 1952 && table["item-7"]?.name == "Name 7" && table["item-60"]?.name == "Again 60")
        #expect(try missing(fixture).isEmpty)
    }

    @Test func whatADeletionHasStillToDoGoesThroughTheMigration() throws {
        let fixture = try ImportFixture.puttingIndexesOff()
        let connection = fixture.connection
        let store = ProductDeleteStore(connection, jobID: 7)
        let ids: [Int64] = [2, 5, 6, 7, 9]
        try connection.write { try store.note(ids) }
        #expect(try store.left() == 5 && store.next() == [2...2, 5...7, 9...9])
        let all = IdentitySchema.migrations + JobsSchema.migrations + CatalogSchema.migrations
        let migrator = Migrator(all)
        let steps = all.filter { $0.id >= "2026-11-30-40" }.count
        try migrator.down(connection, steps: steps)
        let items = try connection.all("SELECT product_id FROM product_delete_item ORDER BY product_id") { $0.int(0) }
        #expect(items == ids)
        try migrator.up(connection)
        #expect(try store.left() == 5)
        try connection.write { try store.workOff(upTo: 6) }
        #expect(try store.next() == [7...7, 9...9])
    }
}
