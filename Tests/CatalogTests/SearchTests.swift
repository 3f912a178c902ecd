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

/// The text index beside a naive scan, whatever happens to the catalogue and to the index.
@Suite struct SearchTests {
    private static let words = ["red", "reddish", "green", "pinot", "noir", "blanc", "éclair", "2022", "brut", "oak"]

    private func text(_ random: inout SeededRandom) -> String {
        (0...random.below(3)).map { _ in random.pick(Self.words) }.joined(separator: random.pick([" ", "-", ", "]))
    }

    private static let codes = ["4006381333931", "012345678905"]

    /// Their values are found, their names are not.
    private func attributes(_ random: inout SeededRandom) throws -> String? {
        guard random.chance(1, in: 2) else { return nil }
        let values = ["\"\(text(&random))\"", "a \n \(text(&random))"]
        return try CustomAttributes(zip(["grape", "wood"], values).map { .init($0, $1) }).text
    }

    private func change(_ fixture: ImportFixture, _ random: inout SeededRandom) throws {
        let products = Array(try fixture.table().values).sorted { $0.id < $1.id }
        fixture.clock.advance(seconds: 1)
        switch random.below(8) {
        case 0...2:
            var product = Product(sku: "s\(randomBytes(6).hex)", name: text(&random))
            product.description = random.chance(1, in: 2) ? text(&random) : nil
            product.customAttributes = try attributes(&random)
            product.upc = random.chance(1, in: 2) ? random.pick(Self.codes) : nil
            _ = try fixture.products.insert(product, fixture.context)
        case 3...4 where !products.isEmpty:
            var edited = random.pick(products)
            edited.name = text(&random)
            edited.description = random.chance(1, in: 2) ? nil : text(&random)
            edited.customAttributes = try attributes(&random)
            _ = try fixture.products.update(edited.id, fixture.context) { [edited] _ in edited }
        case 5 where !products.isEmpty:
            try fixture.products.delete(random.pick(products).id, fixture.context)
        case 6 where !products.isEmpty:
            // A change that the index has nothing to do with.
            var edited = random.pick(products)
            edited.price = Int64(random.below(1000))
            _ = try fixture.products.update(edited.id, fixture.context) { [edited] _ in edited }
        default:
            var file = "sku,name,description\n"
            for product in products.prefix(random.below(4)) { file += "\(product.sku),\"\(text(&random))\",\n" }
            file += "n\(randomBytes(4).hex),\"\(text(&random))\",\"\(text(&random))\"\n"
            _ = try importWithoutIndexing(fixture, file)
        }
    }

    /// Rows that are live before they can be found: the job is taken away from its worker when it begins to index.
    private func importWithoutIndexing(_ fixture: ImportFixture, _ file: String) throws -> Job {
        let job = try fixture.order(Array(file.utf8))
        return try fixture.work(job) { run in
            run.observe = { state in
                guard state.stage == "indexing" else { return }
                _ = try? fixture.connection.write {
                    try fixture.connection.execute(
                        "UPDATE job SET attempt = attempt + 1, status = 'failed' WHERE id = \(job.id)"
                    )
                }
            }
        }
    }

    private func catchUp(_ search: ProductSearch, _ random: inout SeededRandom) throws {
        var steps = 0
        while try search.lag() > 0, steps < 10_000 {
            try search.step(limit: Int64(random.below(6) + 1))
            steps += 1
        }
        #expect(try search.lag() == 0)
    }

    private func expectSame(_ fixture: ImportFixture, _ note: String) throws {
        let products = try fixture.table().values
        let index = try Connection(path: ProductSearch.path(besides: fixture.connection.path), role: .web)
        for word in Self.words + Self.codes + ["re", "e", "é", "s", "nothing", "grape", "wood", "4006"] {
            let found = try index.all(
                "SELECT rowid FROM product_text WHERE product_text MATCH \("\"\(word)\"*") ORDER BY rowid"
            ) { row in row.int(0) }
            let folded = word == "é" ? "e" : word == "éclair" ? "eclair" : word
            let expected = try products.filter { product in
                let attributes = try product.customAttributes.map { try CustomAttributes(stored: $0) } ?? .none
                let texts =
                    [product.sku, product.name, product.description ?? "", product.upc ?? ""]
                    + attributes.all.map(\.value)
                return texts.contains { text in
                    text.split { " -,\"\n".contains($0) }.contains {
                        ($0.hasPrefix("é") ? "e\($0.dropFirst())" : String($0)).hasPrefix(folded)
                    }
                }
            }
            #expect(found == expected.map(\.id).sorted(), "\(word), \(note)")
        }
    }

    @Test(arguments: 1...6)
    func agreesWithANaiveScan(seed: Int) throws {
        var random = SeededRandom(seed)
        let fixture = try ImportFixture()
        let search = try ProductSearch(fixture.connection, role: .web)
        for round in 0..<6 {
            for _ in 0..<random.below(12) { try change(fixture, &random) }
            try catchUp(search, &random)
            try expectSame(fixture, "seed \(seed) round \(round)")
            while random.chance(1, in: 2), try search.mergeSegments() {}
        }
    }

    @Test func anIndexThatWasThrownAwayIsBuiltAgain() throws {
        var random = SeededRandom(42)
        let fixture = try ImportFixture()
        do {
            let search = try ProductSearch(fixture.connection, role: .web)
            for _ in 0..<40 { try change(fixture, &random) }
            try catchUp(search, &random)
        }
        let path = ProductSearch.path(besides: fixture.connection.path)
        for suffix in ["", "-wal", "-shm"] { unlink("\(path)\(suffix)") }
        let search = try ProductSearch(fixture.connection, role: .web)
        #expect(try search.lag() > 0)
        try catchUp(search, &random)
        try expectSame(fixture, "built again")
    }

    @Test func smallChangesAreTakenOverAtOnceBigOnesAreLeft() throws {
        let fixture = try ImportFixture()
        let search = try ProductSearch(fixture.connection, role: .web)
        for number in 0..<5 { _ = try fixture.products.insert(Product(sku: "\(number)", name: "x"), fixture.context) }
        #expect(try search.lag() == 5)
        try search.catchUp()
        #expect(try search.lag() == 0)
        for number in 5..<110 { _ = try fixture.products.insert(Product(sku: "\(number)", name: "x"), fixture.context) }
        try search.catchUp()
        #expect(try search.lag() == 105)
    }

    /// The database of a backup under the index of later days, in three states: older, as long, and longer than the index.
    @Test(arguments: [0, 30, 60])
    func aRestoredBackupIsNoticed(laterChanges: Int) throws {
        var random = SeededRandom(7 + laterChanges)
        let fixture = try ImportFixture()
        for _ in 0..<30 { try change(fixture, &random) }
        try #require(try fixture.connection.checkpoint())
        let backup = try Files.read(fixture.connection.path)
        for _ in 0..<30 { try change(fixture, &random) }
        let indexPath = ProductSearch.path(besides: fixture.connection.path)
        do {
            let search = try ProductSearch(fixture.connection, role: .web)
            try catchUp(search, &random)
            try search.checkpointIfDue()
        }
        let restored = try ImportFixture("empty.db")
        let path = restored.folder.file("restored.db")
        try Files.replace(path, with: backup)
        for suffix in ["", "-wal", "-shm"] where Files.exists("\(indexPath)\(suffix)") {
            try Files.replace(
                "\(ProductSearch.path(besides: path))\(suffix)",
                with: try Files.read("\(indexPath)\(suffix)")
            )
        }
        let again = ImportFixture(restored, try Connection(path: path, role: .importer))
        again.clock.advance(seconds: 5000)
        for _ in 0..<laterChanges { try change(again, &random) }
        let search = try ProductSearch(again.connection, role: .web)
        #expect(try search.lag() > 0)
        try catchUp(search, &random)
        try expectSame(again, "restored")
    }
}
