import Database
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// What the text index holds, word by word, beside the words of the products themselves.
@Suite struct SearchWordsTests {
    /// Long words and small pages: a merge that does few pages then stops between all kinds of words.
    private static let words = (0..<60).map { number in String(repeating: "w\(100 + number)x", count: 3) }

    private func text(_ random: inout SeededRandom, _ count: Int) -> String {
        (0..<count).map { _ in random.pick(Self.words) }.joined(separator: " ")
    }

    private func change(_ fixture: ImportFixture, _ gone: inout [Product], _ random: inout SeededRandom) throws {
        let products = Array(try fixture.table().values).sorted { $0.id < $1.id }
        switch random.below(10) {
        case 0:
            _ = try fixture.products.insert(
                Product(sku: "s\(randomBytes(6).hex)", name: text(&random, 3)),
                fixture.context
            )
        case 1 where !products.isEmpty:
            let product = random.pick(products)
            try fixture.products.delete(product.id, fixture.context)
            gone.append(product)
        case 2...3 where !gone.isEmpty:
            // As an undo does it: under its old id.
            let product = gone.remove(at: random.below(gone.count))
            try fixture.connection.write {
                try fixture.products.putBack(product, version: product.version + 2, fixture.context)
            }
        case 4...9 where !products.isEmpty:
            var edited = random.pick(products)
            edited.name = text(&random, 3)
            edited.description = text(&random, 4)
            _ = try fixture.products.update(edited.id, fixture.context) { [edited] _ in edited }
        default: return
        }
    }

    @Test("No word that a product has lost is found, wherever merges stop", arguments: seeds(6, long: 200))
    func mergesLoseNothing(seed: Int) throws {
        var random = SeededRandom(seed)
        let fixture = try ImportFixture()
        let search = try ProductSearch(fixture.connection, role: .web)
        let index = try Connection(path: ProductSearch.path(besides: fixture.connection.path), role: .web)
        try index.write {
            try index.execute("INSERT INTO product_text(product_text, rank) VALUES ('pgsz', 64)")
        }
        for _ in 0..<30 {
            _ = try fixture.products.insert(
                Product(sku: "s\(randomBytes(6).hex)", name: text(&random, 3)),
                fixture.context
            )
        }
        var gone: [Product] = []
        for _ in 0..<60 {
            for _ in 0...random.below(4) {
                for _ in 0...random.below(8) { try change(fixture, &gone, &random) }
                while try search.step() > 0 {}
            }
            for _ in 0..<random.below(4) {
                let pages = random.pick([1, 2, 5, 20])
                try index.write {
                    try index.execute("INSERT INTO product_text(product_text, rank) VALUES ('merge', \(pages))")
                }
            }
        }
        let (found, own) = (try IndexedWords.inIndex(index), IndexedWords.own(try fixture.table().values))
        #expect(found.subtracting(own) == [], "words that no product has")
        #expect(own.subtracting(found) == [], "words that are not found")
    }
}

/// Words as `word id column`, for ASCII texts whose words stand between spaces.
enum IndexedWords {
    static func inIndex(_ index: Connection) throws -> Set<String> {
        try index.write {
            try index.execute(
                "CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING fts5vocab(main, product_text, instance)"
            )
        }
        return Set(
            try index.all("SELECT term, doc, col FROM words") { row in
                "\(row.text(0)) \(row.int(1)) \(row.text(2))"
            }
        )
    }

    static func own(_ products: some Sequence<Product>) -> Set<String> {
        var words: Set<String> = []
        for product in products {
            for (column, text) in [("sku", product.sku), ("name", product.name), ("description", product.description)] {
                for word in (text ?? "").split(separator: " ") { words.insert("\(word) \(product.id) \(column)") }
            }
        }
        return words
    }
}
