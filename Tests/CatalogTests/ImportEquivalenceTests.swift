import Database
import Jobs
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// The import beside a slow reference, on random files and random catalogues, with every option.
@Suite struct ImportEquivalenceTests {
    private static let combinations: [(ImportOptions.Mode, ImportOptions.Blank, ImportOptions.Duplicates)] =
        ImportOptions.Mode.allCases.flatMap { mode in
            ImportOptions.Blank.allCases.flatMap { blank in
                ImportOptions.Duplicates.allCases.map { (mode, blank, $0) }
            }
        }

    @Test(arguments: 0..<combinations.count)
    func agreesWithTheReference(combination: Int) throws {
        var options = ImportOptions()
        (options.mode, options.blank, options.duplicates) = Self.combinations[combination]
        for round in seeds(3, long: 40) {
            let seed = combination * 1000 + round
            var random = SeededRandom(seed + 7)
            options.onError = random.pick([.skip, .skip, .stop])
            options.missing = options.mode == .delete ? .keep : random.pick([.keep, .keep, .deactivate])
            options.review = random.chance(1, in: 2)
            options.isGuarded = random.chance(2, in: 3)
            options.ragged = random.pick([.fill, .fill, .refuse])
            guard try agrees(seed, options) else {
                Issue.record("seed \(seed) with \(options.json.text)")
                return
            }
        }
    }

    /// Two files one after the other: the second meets what the first left.
    private func agrees(_ seed: Int, _ options: ImportOptions) throws -> Bool {
        var random = SeededRandom(seed)
        let fixture = try ImportFixture()
        // Every other one matches its records with the whole catalogue as soon as it may.
        if seed.isMultiple(of: 2) { fixture.tuning.matching = .eager }
        try addProducts(fixture, &random)
        for _ in 0..<2 {
            let scenario = ImportScenario(&random, rows: random.below(40))
            let before = try stored(fixture)
            var reference = ImportReference(
                headers: scenario.headers,
                fields: scenario.fields,
                options: options,
                existing: before
            )
            reference.run(scenario.records)
            fixture.clock.advance(seconds: 10)
            let job = try run(scenario, fixture, options, reference)
            let errors = try fixture.errors(job).map { "\($0.row) \($0.line) \($0.code) \($0.column ?? "-")" }
            #expect(job.status == (reference.isStopped ? .failed : .completed), "\(job.errorMessage ?? "")")
            #expect(job.books == reference.books)
            #expect(errors == reference.errors)
            #expect(try changes(fixture, job) == reference.changes.sorted { $0.key < $1.key })
            let after = try stored(fixture)
            #expect(after == reference.table)
            // Swift compares texts canonically; the bytes must agree too.
            let sameBytes = after.allSatisfy {
                Array($0.value.sku.utf8) == Array(reference.table[$0.key]?.sku.utf8 ?? "".utf8)
            }
            #expect(sameBytes)
            let agrees = job.status != .processing && job.books == reference.books && errors == reference.errors
            guard agrees, after == reference.table, sameBytes else { return false }
        }
        return true
    }

    /// Imports, answers when asked, and holds the plan against what the reference expects of it.
    private func run(
        _ scenario: ImportScenario,
        _ fixture: ImportFixture,
        _ options: ImportOptions,
        _ reference: ImportReference
    ) throws -> Job {
        let isEmpty = try fixture.table().isEmpty
        let before = try fixture.digest()
        var job = try fixture.run(scenario.bytes, options)
        let isAsked = options.review || options.isGuarded && reference.isTripped
        let hasWork = reference.books.total > 0 || reference.deactivated > 0
        #expect((job.status == .awaitingConfirmation) == (isAsked && hasWork && !reference.isStopped))
        if job.status == .awaitingConfirmation {
            #expect(job.waitingReason == (options.isGuarded && reference.isTripped ? "guard" : nil))
            #expect(job.worker == nil && job.leaseUntil.milliseconds == 0 && job.books.processed == 0)
            #expect(try fixture.digest() == before, "checking changes nothing")
            job = try fixture.confirm(job)
        }
        let isPlain = !options.review && options.onError == .skip && options.missing == .keep
        let needsPlan = !(isEmpty && isPlain && options.mode != .delete)
        #expect(job.hasPlan == (needsPlan && !reference.isStopped))
        if PlanCheckpoint(json: job.checkpoint) != nil {
            let counts = try PlanReader(try fixture.planPath(job)).header.counts
            let books = reference.books
            #expect(counts.rows == books.total && counts[.create] == books.created)
            #expect(counts[.update] + counts[.delete] == books.updated && counts[.delete] == reference.deleted)
            #expect(counts[.unchanged] == books.unchanged && counts[.skip] == books.skipped)
            #expect(counts[.reject] == books.failed && counts[.deactivate] == reference.deactivated)
            #expect(
                counts[warning: .priceJump] == reference.jumps && counts[reason: .superseded] == reference.superseded
            )
        }
        return job
    }

    private func addProducts(_ fixture: ImportFixture, _ random: inout SeededRandom) throws {
        for number in 0..<12 where random.chance(1, in: 2) {
            var product = Product(sku: "item \(number)", name: random.pick(["Pinot Noir", "Old name"]))
            product.description = random.pick([nil, "dry", " kept ", "old"])
            product.price = random.pick([nil, 1250, 700, 99])
            product.brand = random.pick([nil, "Acme", "Old"])
            product.compareAtPrice = random.pick([nil, 1250, 1])
            product.upc = random.pick([nil, "4006381333931", "old"])
            product.status = random.pick(Product.Status.allCases)
            _ = try fixture.products.insert(product, fixture.context)
        }
    }

    private func stored(_ fixture: ImportFixture) throws -> [String: ImportReference.Stored] {
        try fixture.table().mapValues { product in
            ImportReference.Stored(
                sku: product.sku,
                name: product.name,
                brand: product.brand,
                description: product.description,
                price: product.price,
                compareAtPrice: product.compareAtPrice,
                upc: product.upc,
                status: product.status.rawValue,
                version: product.version
            )
        }
    }

    private func changes(_ fixture: ImportFixture, _ job: Job) throws -> [ImportReference.Change] {
        let actor = Actor.job(job.id).description
        let rows = try fixture.connection.all(
            """
            SELECT p.sku_norm, r.version, r.change, r.before, r.actor, r.at FROM product_revision r
            LEFT JOIN product p ON p.id = r.product_id WHERE r.job_id = \(job.id) ORDER BY r.id
            """
        ) { row in
            (
                key: row.textOrNil(0), version: row.int(1), change: row.text(2), before: row.textOrNil(3),
                actor: row.text(4)
            )
        }
        let changes = try rows.map { row in
            #expect(row.actor == actor)
            var before: [String: JSON] = [:]
            for member in try row.before.map({ try JSON.parse($0) })?.members ?? [] {
                before[member.name] = member.value
            }
            let key = row.key ?? Product.skuKey(before["sku"]?.stringValue ?? "")
            return ImportReference.Change(key: key, version: row.version, change: row.change, before: before)
        }
        return changes.sorted { $0.key < $1.key }
    }
}
