import Database
import Glibc
import Jobs
import Support
import TestSupport
import Testing

@testable import Catalog

/// A plan whose records were matched with the whole catalogue is the plan that looking each of them up makes.
@Suite struct PlanMatchingTests {
    /// What is left to a person of a planned import.
    private struct Planned: Equatable {
        var plan: [UInt8]
        var errors: [RowError]
        var warnings: [RowWarningStore.Count]
        var examples: [String: [RowError]]
    }

    private func plan(_ bytes: [UInt8], _ options: ImportOptions, in fixture: ImportFixture) throws -> Planned? {
        let job = try fixture.run(bytes, options)
        guard job.status == .awaitingConfirmation, let checkpoint = PlanCheckpoint(json: job.checkpoint) else {
            return nil
        }
        let warnings = RowWarningStore(fixture.connection)
        return Planned(
            plan: try Files.read(checkpoint.path),
            errors: try fixture.errors(job),
            warnings: try warnings.counts(jobID: job.id),
            // Each kind stands in the order of the file.
            examples: Dictionary(
                grouping: try warnings.examples(jobID: job.id, limit: 1000).map(\.warning),
                by: { $0.code }
            )
        )
    }

    @Test(arguments: 1...120)
    func bothWaysMakeTheSamePlan(seed: Int) throws {
        var random = SeededRandom(seed)
        let fixture = try ImportFixture()
        for number in 0..<40 where random.chance(2, in: 3) {
            var product = Product(sku: "item \(number)", name: random.pick(["Pinot Noir", "Old name"]))
            product.description = random.pick([nil, "dry", " kept "])
            product.price = random.pick([nil, 1250, 700, 99])
            product.brand = random.pick([nil, "Acme", "Old"])
            product.status = random.pick(Product.Status.allCases)
            _ = try fixture.products.insert(product, fixture.context)
        }
        var options = ImportOptions()
        options.review = true
        options.mode = random.pick(ImportOptions.Mode.allCases)
        options.blank = random.pick(ImportOptions.Blank.allCases)
        options.duplicates = random.pick(ImportOptions.Duplicates.allCases)
        if options.mode != .delete { options.missing = random.pick([.keep, .deactivate]) }
        let bytes = ImportScenario(&random, rows: 10 + random.below(300), skuCount: 400).bytes
        let searched = try plan(bytes, options, in: fixture)
        fixture.tuning.matching = .eager
        let matched = try plan(bytes, options, in: fixture)
        try #require(searched != nil, "seed \(seed)")
        // The whole of both would fill the screen.
        let parts = [
            searched?.plan == matched?.plan, searched?.errors == matched?.errors,
            searched?.warnings == matched?.warnings, searched?.examples == matched?.examples,
        ]
        #expect(parts == [true, true, true, true], "seed \(seed)")
    }

    /// What another sender of the same products makes of them: the order changes and little else.
    @Test func aFileInAnotherOrder() throws {
        let fixture = try ImportFixture()
        var random = SeededRandom(4)
        var lines = (1...3000).map { number in
            let description = String(repeating: "lorem ", count: number % 900)
            return "p\(number),Product \(number),\(description),\(number % 7 == 0 ? "" : "9.\(10 + number % 80)")"
        }
        let header = "sku,name,description,price\n"
        #expect(try fixture.run(header + lines.joined(separator: "\n")).books.created == 3000)
        lines.shuffle(using: &random)
        lines[2000] = lines[2000].replacing("Product", with: "Produkt")
        lines[2100] = "new,New,,1"
        lines[2200] = "nameless,,,1"
        lines[2300] = "other,Other,,wrong"
        var options = ImportOptions()
        options.review = true
        let bytes = Array((header + lines.joined(separator: "\n")).utf8)
        let searched = try #require(try plan(bytes, options, in: fixture))
        fixture.tuning.matching = MatchDecision.Policy(sample: 64, leastRows: 100, productsForRow: 8)
        let matched = try #require(try plan(bytes, options, in: fixture))
        let isSame = searched == matched
        #expect(isSame)
        let counts = try #require(PlanHeader(bytes: Array(matched.plan[..<PlanHeader.size]))).counts
        #expect(counts[.unchanged] >= 2990 && counts[.update] == 1 && counts[.create] == 1)
        #expect(matched.errors.map(\.code).sorted() == ["bad_price", "no_name"])
    }

    /// A product counts as it was when it was met, so that an edit behind that shows by its version.
    @Test func productsThatAreEditedWhileTheyAreMet() throws {
        let fixture = try ImportFixture()
        let count = 600
        #expect(try fixture.run("sku,name\n" + (1...count).map { "p\($0),n\n" }.joined()).books.created == Int64(count))
        let store = try ProductImportStore(fixture.connection, jobID: 1, options: ImportOptions(), expectsNew: false)
        let matching = try PlanMatching(rows: 1...Int64(count), fields: [0, 1], store, folder: fixture.folder.path)
        var values: [ImportValue] = ProductImportStore.fields.map { _ in .absent }
        let name = StaticText("n")
        for row in 1...count {
            let key = Array("p\(row)".utf8)
            try key.withUnsafeBufferPointer { key throws in
                values[0] = .text(key)
                values[1] = .text(name.bytes)
                try matching.note(key, values, row: Int64(row))
            }
        }
        // A piece of 256 products, then the others.
        #expect(try matching.meetProducts(until: 0))
        for sku in ["p1", "p500", "p501"] { try fixture.edit(sku) { $0.description = "edited meanwhile" } }
        try fixture.edit("p502") { $0.name = "renamed" }
        for sku in ["p2", "p503"] {
            let product = try #require(try fixture.products.find(sku: sku))
            try fixture.products.delete(product.id, fixture.context)
        }
        while try matching.meetProducts(until: .max) {}
        #expect(matching.shareMet == 1)
        while try matching.joinNext() {}
        let expected: [Int64: ProductMatches.Match] = [
            1: .same(id: 1, version: 1), 2: .same(id: 2, version: 1), 3: .same(id: 3, version: 1),
            500: .same(id: 500, version: 2), 501: .same(id: 501, version: 2), 502: .other, 503: .none,
            600: .same(id: 600, version: 1),
        ]
        for (row, match) in expected.sorted(by: { $0.key < $1.key }) { #expect(try matching.match(of: row) == match) }
    }
}

extension MatchDecision.Policy {
    /// Matching begins behind the first record that was looked up and changes nothing.
    static let eager = MatchDecision.Policy(sample: 1, leastRows: 1, productsForRow: 1_000_000)
}
