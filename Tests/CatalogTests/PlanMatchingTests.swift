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

/// A plan whose records were matched with the whole catalogue is the plan that looking each of them up makes.
@Suite struct PlanMatchingTests {
    /// What is left to a person of a planned import.
    private struct Planned: Equatable {
        /// How many records were compared with the catalogue in one pass, and how many of them were found as they are,
        /// were new and were looked up.
        var compared = [0, 0, 0, 0]
        var plan: [UInt8]
        var errors: [RowError]
        var warnings: [RowWarningStore.Count]
        var examples: [String: [RowError]]
    }

    /// A plan without what says which job made it.
    private func unowned(_ plan: [UInt8]) throws -> [UInt8] {
        let header = try #require(PlanHeader(bytes: Array(plan[..<PlanHeader.size])))
        let alike = PlanHeader(job: "a job", attempt: 1, tableBytes: header.tableBytes, inputHash: header.inputHash)
        var bytes = alike.bytes
        bytes.replaceSubrange(48..<392, with: header.bytes[48..<392])
        return bytes + plan[PlanHeader.size...]
    }

    private func plan(_ bytes: [UInt8], _ options: ImportOptions, in fixture: ImportFixture) throws -> Planned? {
        let job = try fixture.run(bytes, options)
        guard job.status == .awaitingConfirmation else { return nil }
        let warnings = RowWarningStore(fixture.connection)
        let line = job.outputLog.split(separator: "\n").first { $0.contains("in one pass") } ?? ""
        let numbers = line.split(separator: " ").compactMap { Int($0) }
        return Planned(
            compared: numbers.isEmpty ? [0, 0, 0, 0] : numbers,
            plan: try unowned(try Files.read(try fixture.planPath(job))),
            errors: try fixture.errors(job),
            warnings: try warnings.counts(jobID: job.id),
            // Each kind stands in the order of the file.
            examples: Dictionary(
                grouping: try warnings.examples(jobID: job.id, limit: 1000).map(\.warning),
                by: { $0.code }
            )
        )
    }

    /// Random files that were imported once, and whose products were edited since.
    @Test(arguments: ImportOptions.Mode.allCases)
    func bothWaysMakeTheSamePlan(mode: ImportOptions.Mode) throws {
        var (compared, same) = (0, 0)
        let sweep = seeds(15, long: 400)
        for seed in sweep {
            var random = SeededRandom(seed)
            let fixture = try ImportFixture()
            var options = ImportOptions()
            options.blank = random.pick(ImportOptions.Blank.allCases)
            options.duplicates = random.pick(ImportOptions.Duplicates.allCases)
            let bytes = ImportScenario(&random, rows: 10 + random.below(300), skuCount: 200).bytes
            try fixture.run(bytes, options)
            try edit(fixture, &random)
            options.review = true
            options.mode = mode
            if mode != .delete { options.missing = random.pick([.keep, .deactivate]) }
            let searched = try #require(try plan(bytes, options, in: fixture), "seed \(seed)")
            fixture.tuning.matching = .eager
            var matched = try #require(try plan(bytes, options, in: fixture), "seed \(seed)")
            compared += matched.compared[0]
            same += matched.compared[1]
            matched.compared = searched.compared
            // The whole of both would fill the screen.
            let parts = [
                searched.plan == matched.plan, searched.errors == matched.errors,
                searched.warnings == matched.warnings, searched.examples == matched.examples, searched == matched,
            ]
            #expect(parts == [true, true, true, true, true], "seed \(seed)")
        }
        #expect(compared > 25 * sweep.count && same > 2 * sweep.count, "\(compared), \(same)")
    }

    private func edit(_ fixture: ImportFixture, _ random: inout SeededRandom) throws {
        for product in try fixture.table().values.sorted(by: { $0.id < $1.id }) where random.chance(1, in: 4) {
            switch random.below(7) {
            case 0: try fixture.products.delete(product.id, fixture.context)
            case 1: try fixture.edit(product.sku) { $0.name += "!" }
            case 2: try fixture.edit(product.sku) { $0.description = $0.description == nil ? "dry" : nil }
            case 3: try fixture.edit(product.sku) { $0.price = $0.price == nil ? 0 : nil }
            case 4: try fixture.edit(product.sku) { $0.compareAtPrice = ($0.compareAtPrice ?? 0) + 1 }
            case 5: try fixture.edit(product.sku) { $0.upc = $0.upc == nil ? "1" : nil }
            default: try fixture.edit(product.sku) { $0.status = $0.status == .active ? .draft : .active }
            }
        }
        for number in 0..<random.below(20) {
            _ = try fixture.products.insert(Product(sku: "by hand \(number)", name: "By hand"), fixture.context)
        }
    }

    /// Columns of single custom attributes change what is stored: no digest of the record tells whether they do.
    @Test func attributesAreLookedAt() throws {
        let fixture = try ImportFixture()
        var options = ImportOptions()
        options.mapping = ["Colour": "attribute:Colour"]
        let rows = (1...200).map { "p\($0),n,red" }
        #expect(try fixture.run("sku,name,Colour\n" + rows.joined(separator: "\n"), options).books.created == 200)
        options.review = true
        let changed = rows.reversed().enumerated().map { $0 % 3 == 0 ? $1.replacing("red", with: "blue") : $1 }
        // A new product at the head: it alone says that it pays.
        let bytes = Array(("sku,name,Colour\nnew,n,red\n" + changed.joined(separator: "\n")).utf8)
        let searched = try #require(try plan(bytes, options, in: fixture))
        fixture.tuning.matching = .eager
        let matched = try #require(try plan(bytes, options, in: fixture))
        let isSame = matched.plan == searched.plan
        #expect(isSame && matched.compared == [200, 0, 0, 200])
        let counts = try #require(PlanHeader(bytes: Array(searched.plan[..<PlanHeader.size]))).counts
        #expect(counts[.update] == 67 && counts[.unchanged] == 133 && counts[.create] == 1)
    }

    /// Blank cells that keep what is there do not tell either, so it would not pay.
    @Test func blanksThatKeepWhatIsThereAreNoReason() throws {
        let fixture = try ImportFixture()
        let rows = (1...300).map { "p\($0),n,text" }
        #expect(try fixture.run("sku,name,description\n" + rows.joined(separator: "\n")).books.created == 300)
        fixture.tuning.matching = MatchDecision.Policy(sample: 50, leastRows: 1, storedForRow: 8)
        var options = ImportOptions()
        options.review = true
        for (cell, compared) in [("", 0), ("text", 250)] {
            let changed = (1...300).reversed().map { "p\($0),n,\(cell)" }
            let bytes = Array(("sku,name,description\n" + changed.joined(separator: "\n")).utf8)
            let planned = try #require(try plan(bytes, options, in: fixture))
            #expect(planned.compared == [compared, compared, 0, 0])
        }
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
        fixture.tuning.matching = MatchDecision.Policy(sample: 64, leastRows: 100, storedForRow: 8)
        let matched = try #require(try plan(bytes, options, in: fixture))
        #expect(matched.compared == [2935, 2932, 2, 1])
        let isSame = searched.plan == matched.plan && searched.errors == matched.errors
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
        let hash = RecordHash(ProductFields.table, fields: [0, 1])
        let matching = try PlanMatching(
            rows: 1...Int64(count),
            hash,
            fixture.connection,
            ProductFields.table,
            stored: Int64(count),
            folder: fixture.folder.path
        )
        var values: [ImportValue] = ProductFields.table.fields.map { _ in .absent }
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
        #expect(try matching.meetStored(until: 0))
        for sku in ["p1", "p500", "p501"] { try fixture.edit(sku) { $0.description = "edited meanwhile" } }
        try fixture.edit("p502") { $0.name = "renamed" }
        for sku in ["p2", "p503"] {
            let product = try #require(try fixture.products.find(sku: sku))
            try fixture.products.delete(product.id, fixture.context)
        }
        while try matching.meetStored(until: .max) {}
        #expect(matching.shareMet == 1)
        while try matching.joinNext() {}
        let expected: [Int64: RecordMatches.Match] = [
            1: .same(id: 1, version: 1), 2: .same(id: 2, version: 1), 3: .same(id: 3, version: 1),
            500: .same(id: 500, version: 2), 501: .same(id: 501, version: 2), 502: .other, 503: .none,
            600: .same(id: 600, version: 1),
        ]
        for (row, match) in expected.sorted(by: { $0.key < $1.key }) { #expect(try matching.match(of: row) == match) }
    }
}

extension MatchDecision.Policy {
    /// Matching begins behind the first record that was looked up and changes nothing.
    static let eager = MatchDecision.Policy(sample: 1, leastRows: 1, storedForRow: 1_000_000)
}
