import Crypto
import Database
import Glibc
import Jobs
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// What imports of generated files do, held against what they did when `Tests/Frozen/imports.txt` was written: plans,
/// books, problems, warnings, products and revisions, byte for byte. Who moves the engine must not change it; who
/// changes it on purpose writes the file anew, with BODEGA_FREEZE=1, and says why in the commit.
@Suite struct FrozenImportsTests {
    private static let path =
        "\(#filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined())/Frozen/imports.txt"
    private static let seeds = 0..<100

    @Test func everyByteIsAsItWas() throws {
        var lines: [String] = []
        for seed in Self.seeds { lines += try Self.imports(seed) }
        if getenv("BODEGA_FREEZE") != nil {
            try Files.replace(Self.path, with: Array((lines.joined(separator: "\n") + "\n").utf8))
        }
        let frozen = String(decoding: try Files.read(Self.path), as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(frozen.count == lines.count)
        let differing = zip(frozen, lines).filter { $0 != $1 }
        for (was, is_) in differing.prefix(5) { Issue.record("was \(was)\nis  \(is_)") }
        #expect(differing.isEmpty)
    }

    /// Two files one after the other, so that the second meets what the first left; a line for each.
    private static func imports(_ seed: Int) throws -> [String] {
        var random = SeededRandom(seed + 90_000)
        var options = ImportOptions()
        options.mode = random.pick(ImportOptions.Mode.allCases)
        options.blank = random.pick(ImportOptions.Blank.allCases)
        options.duplicates = random.pick(ImportOptions.Duplicates.allCases)
        options.onError = random.pick([.skip, .skip, .stop])
        options.missing = options.mode == .delete ? .keep : random.pick([.keep, .keep, .deactivate])
        options.review = random.chance(1, in: 2)
        options.isGuarded = random.chance(2, in: 3)
        let fixture = try ImportFixture()
        if seed.isMultiple(of: 2) { fixture.tuning.matching = .eager }
        for number in 0..<12 where random.chance(1, in: 2) {
            var product = Product(sku: "item \(number)", name: random.pick(["Pinot Noir", "Old name"]))
            product.price = random.pick([nil, 1250, 700, 99])
            product.status = random.pick(Product.Status.allCases)
            _ = try fixture.products.insert(product, fixture.context)
        }
        return try (1...2).map { file in
            let scenario = ImportScenario(&random, rows: random.below(40))
            fixture.clock.advance(seconds: 10)
            return "\(seed).\(file) \(try outcome(scenario.bytes, options, fixture))"
        }
    }

    private static func outcome(_ bytes: [UInt8], _ options: ImportOptions, _ fixture: ImportFixture) throws -> String {
        var job = try fixture.run(bytes, options)
        let plan = try planEntries(job, fixture)
        let waited = job.status == .awaitingConfirmation
        if waited { job = try fixture.confirm(job) }
        let books = job.books
        let numbers = [books.total, books.created, books.updated, books.unchanged, books.skipped, books.failed]
        let parts = [
            ("plan", plan), ("errors", try errors(job, fixture)), ("warnings", try warnings(job, fixture)),
            ("products", "\(try fixture.digest())"), ("revisions", try revisions(job, fixture)),
        ]
        let hashes = parts.map { name, text in "\(name)=\(BLAKE2b.hash(Array(text.utf8)[...]).hex.prefix(16))" }
        return """
            \(job.status.rawValue)\(waited ? " waited" : "") \(numbers.map { "\($0)" }.joined(separator: "/")) \
            \(hashes.joined(separator: " "))
            """
    }

    /// What the plan says to do; its head names the job, which is another one each time.
    private static func planEntries(_ job: Job, _ fixture: ImportFixture) throws -> String {
        guard PlanCheckpoint(json: job.checkpoint) != nil else { return "" }
        return Array(try Files.read(try fixture.planPath(job)).dropFirst(PlanHeader.size)).hex
    }

    private static func errors(_ job: Job, _ fixture: ImportFixture) throws -> String {
        try fixture.errors(job).map { "\($0)" }.joined(separator: "\n")
    }

    private static func warnings(_ job: Job, _ fixture: ImportFixture) throws -> String {
        let store = RowWarningStore(fixture.connection)
        let counts = try store.counts(jobID: job.id).map { "\($0)" }
        return (counts + (try store.examples(jobID: job.id, limit: 1000).map { "\($0.warning)" })).joined(
            separator: "\n"
        )
    }

    private static func revisions(_ job: Job, _ fixture: ImportFixture) throws -> String {
        try fixture.connection.all(
            "SELECT product_id, version, change, before FROM product_revision WHERE job_id = \(job.id) ORDER BY id"
        ) { row in "\(row.int(0)) \(row.int(1)) \(row.text(2)) \(row.textOrNil(3) ?? "-")" }.joined(separator: "\n")
    }
}
