import Database
import Jobs
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// Random files, catalogues and options, and random edits between the plan and its confirmation: the run does what the
/// plan says, less what was edited, and counts that as skipped.
@Suite struct HeldBackPropertyTests {
    @Test(arguments: seeds(25, long: 600))
    func theRunIsThePlanWithoutWhatWasEdited(seed: Int) throws {
        var random = SeededRandom(seed)
        let fixture = try ImportFixture()
        if seed.isMultiple(of: 2) { fixture.tuning.matching = .eager }
        for number in 0..<12 where random.chance(1, in: 2) {
            var product = Product(sku: "item \(number)", name: random.pick(["Pinot Noir", "Old name"]))
            product.price = random.pick([nil, 1250, 700, 99])
            _ = try fixture.products.insert(product, fixture.context)
        }
        var options = ImportOptions()
        options.review = true
        options.mode = random.pick(ImportOptions.Mode.allCases)
        options.blank = random.pick(ImportOptions.Blank.allCases)
        options.duplicates = random.pick(ImportOptions.Duplicates.allCases)
        if options.mode != .delete { options.missing = random.pick([.keep, .deactivate]) }
        let job = try fixture.run(ImportScenario(&random, rows: 5 + random.below(40)).bytes, options)
        try #require(job.status == .awaitingConfirmation, "seed \(seed)")
        let rows = try #require(try PlanRows(job, fixture.connection))
        let counts = rows.counts
        var held: [PlanState: Int64] = [:]
        var expected: [String: Product?] = [:]
        for row in try rows.page(Set(PlanState.allCases.filter(\.isChange)), from: 0, limit: 1000)
        where random.chance(1, in: 3) {
            let sku = try #require(row.label)
            // Another edit may have taken the product's name or place already.
            guard expected[Product.skuKey(sku)] == nil else { continue }
            let present = try row.recordID.flatMap { try fixture.products.find($0) }
            if let present {
                if random.chance(1, in: 3) {
                    try fixture.products.delete(present.id, fixture.context)
                    expected[Product.skuKey(sku)] = .some(nil)
                } else {
                    try fixture.edit(present.sku) { $0.description = "edited meanwhile" }
                    expected[Product.skuKey(sku)] = try fixture.products.find(present.id)
                }
            } else {
                expected[Product.skuKey(sku)] = try fixture.products.insert(
                    Product(sku: sku, name: "Somebody was faster"),
                    fixture.context
                )
            }
            held[row.state, default: 0] += 1
        }
        let done = try fixture.confirm(job)
        let note: Comment = "seed \(seed): \(done.errorMessage ?? "")"
        #expect(done.status == .completed, note)
        func carriedOut(_ state: PlanState) -> Int64 { counts[state] - (held[state] ?? 0) }
        let rowsHeld = held.filter { $0.key != .deactivate }.values.reduce(0, +)
        #expect(done.books.created == carriedOut(.create), note)
        #expect(done.books.updated == carriedOut(.update) + carriedOut(.delete), note)
        #expect(done.books.unchanged == counts[.unchanged] && done.books.failed == counts[.reject], note)
        #expect(done.books.skipped == counts[.skip] + rowsHeld, note)
        #expect(done.result?["held_back"]?.intValue == held.values.reduce(0, +), note)
        #expect(try rows.countHeldBack() == held.values.reduce(0, +), note)
        let table = try fixture.table()
        for (key, product) in expected { #expect(table[key] == product, note) }
        // What was planned is undone to what people have left.
        #expect(try fixture.digest().mostRevisionsPerJobAndProduct <= 1)
    }
}
