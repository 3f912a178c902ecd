import Database
import Glibc
import Identity
import IdentityTestSupport
import Jobs
import Support
import TestSupport
import Testing
import Web

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// The text index is disposable: whatever becomes of its file, nobody is told what is wrong, and it is made anew.
@Suite struct SearchRepairTests {
    private let house: CatalogHouse

    init() throws {
        house = try CatalogHouse()
        for number in 0..<300 { try house.add("r\(number)", "red apple \(number)") }
        for number in 0..<5 { try house.add("p\(number)", "green pear \(number)") }
        try house.index()
        let search = try ProductSearch(house.database, role: .web)
        try search.tell()
        while try search.mergeSegments() {}
        try search.checkpointIfDue()
    }

    private var path: String { ProductSearch.path(besides: house.database.path) }

    private func filter(_ text: String) -> ProductFilter {
        var filter = ProductFilter()
        filter.q = text
        return filter
    }

    private func alert() throws -> String? {
        try AlertStore(house.database).standing(at: .now()).first { $0.name == "text_index" }?.detail
    }

    /// What the index process does until nothing is left to do.
    private func work(_ search: ProductSearch) throws {
        try search.tell()
        while try search.lag() > 0 { try search.step(limit: 50) }
        try search.tell()
    }

    @Test("Long texts are compared in small parts, and every product in one of them", arguments: [1, 200, .max])
    func parts(mostBytes: Int) throws {
        let search = try ProductSearch(house.database, role: .web)
        let position = try search.onIndex { index in try index.progress() }.position
        var (ids, parts, after): ([Int64], Int, Int64?) = ([], 0, 0)
        while let last = after {
            let part = try house.database.read {
                try search.store.comparable(after: last, asOf: position, limit: 100, mostBytes: mostBytes)
            }
            ids += part.products.map(\.id)
            after = part.last
            parts += 1
        }
        #expect(ids == Array(1...305))
        #expect(mostBytes > 1 || parts >= 305)
        #expect(mostBytes < .max || parts == 4)
    }

    @Test(
        "Damaged or gone while it is open: told, built anew, found again",
        arguments: ["damaged", "deleted", "all", "short"]
    )
    func whileRunning(how: String) throws {
        #expect(try house.store.count(filter("pear")) == 5)
        let search = try ProductSearch(house.connect(.maintenance), role: .web)
        try search.tell()
        let index = try Connection(path: path, role: .web)
        try #require(try index.checkpoint())
        let size = try #require(Files.size(path))
        let file = try Files.open(path, O_RDWR)
        switch how {
        case "damaged":
            let noise = randomBytes(Int(size) - 8192)
            #expect(pwrite(file.raw, noise, noise.count, 8192) == noise.count)
        case "short": #expect(ftruncate(file.raw, 5000) == 0)
        case "all": for suffix in ["", "-wal", "-shm"] { unlink("\(path)\(suffix)") }
        default: unlink(path)
        }
        // A reader with an empty cache, as most have.
        let reader = ProductStore(try house.connect())
        do {
            #expect(try reader.count(filter("pear")) <= 5)
        } catch is SearchUnavailable {
        }
        #expect(throws: SearchUnavailable.self) {
            try ProductSearch.reading(house.connect(), filter("pear"), isComplete: true) {
                _ = try reader.count(filter("pear"))
                throw SearchUnavailable.incomplete
            }
        }
        #expect(try search.lag() > 0)
        try search.tell()
        #expect(try #require(try alert()).contains("built anew"))
        try work(search)
        #expect(try alert() == nil)
        #expect(try reader.count(filter("pear")) == 5)
        #expect(try house.store.count(filter("pear")) == 5)
        #expect(try house.store.count(filter("red")) == 300)
        let isKept = how == "damaged" || how == "short"
        #expect(Files.exists(TextIndex.asidePath(path)) == isKept)
    }

    @Test("While the index is built anew nothing is deleted or exported by a search; lists answer")
    func incomplete() throws {
        let search = try ProductSearch(house.database, role: .web)
        try search.buildAnew("a test")
        try search.step(limit: 100)
        #expect(try house.store.count(filter("red")) == 100)
        #expect(throws: SearchUnavailable.incomplete) { _ = try ProductDeletion(filter("red"), house.database) }
        var query = Fields()
        query.append("q", "red")
        var export = try ProductExport(query, .ndjson, house.database)
        #expect(throws: SearchUnavailable.incomplete) { _ = try export.next(house.database) }
        try work(search)
        #expect(try ProductDeletion(filter("red"), house.database).count == 300)
    }

    /// Gives a product a word in the index that it does not have.
    private func addStaleWord(to id: Int64, _ words: String) throws {
        let index = try Connection(path: path, role: .web)
        try index.write { try index.execute("INSERT INTO product_text(rowid, name) VALUES (\(id), \(words))") }
    }

    @Test("What the index believes and the product does not is neither deleted nor exported")
    func staleWords() throws {
        let apple = try #require(try house.store.find(key: "r7"))
        try addStaleWord(to: apple.id, "green pear")
        #expect(try house.store.count(filter("pear")) == 6)
        var query = Fields()
        query.append("q", "pear")
        var export = try ProductExport(query, .ndjson, house.database)
        var lines = ""
        while let part = try export.next(house.database) { lines += String(decoding: part, as: UTF8.self) }
        #expect(export.count == 5 && !lines.contains("\"r7\""))

        let deletion = try ProductDeletion(filter("pear"), house.database)
        #expect(deletion.count == 6)
        let order = JobStore.Order(
            kind: ProductDeleteJob.kind,
            displayName: "Deletion",
            parameters: ["filter": deletion.filter.json, "count": .int(deletion.count)],
            options: ["filter": deletion.filter.json],
            undo: .possible
        )
        try house.database.write {
            _ = try JobStore(house.database).add(
                order,
                publicID: house.house.environment.makeUUID(),
                userID: house.admin.id,
                context: house.house.context
            )
        }
        let job = try house.work()
        #expect(job.status == .completed, "\(job.errorMessage ?? "")")
        #expect(job.books.updated == 5 && job.books.skipped == 1 && job.books.total == 6)
        #expect(try house.store.find(key: "r7") != nil)
        #expect(try house.store.find(key: "p0") == nil)
    }

    @Test("What differs is found and mended: words of the history, and words that are missing")
    func comparison() throws {
        let check = ProductSearchCheck(house.database)
        var edited = try #require(try house.store.find(key: "r7"))
        edited.name = "yellow plum"
        _ = try house.store.update(edited.id, house.house.context) { [edited] _ in edited }
        try house.index()
        #expect(try house.store.count(filter("red")) == 299)
        try addStaleWord(to: edited.id, "red yellow plum")
        let other = try #require(try house.store.find(key: "r9"))
        let index = try Connection(path: path, role: .web)
        try index.write {
            try index.execute(
                "INSERT INTO product_text(product_text, rowid, name) VALUES ('delete', \(other.id), 'apple')"
            )
        }
        #expect(try house.store.count(filter("red")) == 300)
        #expect(try house.store.count(filter("apple")) == 298)
        var found = 0
        for _ in 0..<4 { found += try check.step(limit: 100).differing }
        #expect(found == 2)
        #expect(try house.store.count(filter("red")) == 299)
        #expect(try house.store.count(filter("apple")) == 299)
        #expect(try check.step(limit: 1000) == (305, 0))
        // Much that differs: it is built anew.
        for product in 1...50 as ClosedRange<Int64> {
            try index.write {
                try index.execute(
                    "INSERT INTO product_text(product_text, rowid, name) VALUES ('delete', \(product), 'apple')"
                )
            }
        }
        _ = try check.step(limit: 1000)
        try work(try ProductSearch(house.database, role: .web))
        #expect(try house.store.count(filter("apple")) == 299)
        #expect(try check.step(limit: 1000) == (305, 0))
    }
}
