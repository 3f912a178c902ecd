import Records
import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

/// Joining by parts finds what a dictionary finds.
@Suite struct RecordMatchesTests {
    /// Digests of a record with one field.
    private struct Digests {
        let digest = RecordHash(ProductFields.table, fields: [0])

        func of(_ key: String, _ content: String) throws -> RecordHash.Value {
            let (key, content) = (Array(key.utf8), Array(content.utf8))
            return try #require(
                key.withUnsafeBufferPointer { key in
                    content.withUnsafeBufferPointer { digest.record(key, [.text($0)]) }
                }
            )
        }
    }

    @Test(arguments: [
        // rows that are left, of which how many are noted in a hundred, products: up to 512 entries stay in memory
        (1, 100, 0), (1, 100, 1), (100, 50, 100), (9000, 100, 20), (30_000, 90, 40_000), (200_000, 30, 5000),
        (50_000, 10, 1_200_000),
    ])
    func findsWhatADictionaryFinds(rows: Int, share: Int, products: Int) throws {
        let folder = try TemporaryFolder()
        var random = SeededRandom(rows + products)
        let digests = Digests()
        let first: Int64 = 7
        var matches = RecordMatches(
            rows: first...(first + Int64(rows) - 1),
            stored: Int64(products),
            folder: folder.path,
            // So that the greater cases reach them.
            RecordMatches.Limits(parts: 32, rowParts: 8, rowsInPart: 1000)
        )
        var expected: [(row: Int64, key: String, content: String)] = []
        for row in first..<(first + Int64(rows)) where random.below(100) < share {
            let record = (row, "key \(row)", "value \(random.below(3))")
            expected.append(record)
            try matches.add(try digests.of(record.1, record.2), row: row)
        }
        var known: [String: (id: Int64, version: Int64, content: String)] = [:]
        var id: Int64 = 0
        for _ in 0..<products {
            id += 1
            // Some are met twice: they were deleted and made again while the catalogue was gone through.
            let product = ("key \(random.below(rows * 2))", Int64(1 + random.below(9)), "value \(random.below(3))")
            known[product.0] = (id, product.1, product.2)
            try matches.add(try digests.of(product.0, product.2), id: id, version: product.1)
        }
        while try matches.joinNext() {}
        var wrong: [Int64] = []
        for record in expected {
            let wanted: RecordMatches.Match =
                switch known[record.key] {
                case nil: .none
                case .some(let product) where product.content == record.content:
                    .same(id: product.id, version: UInt32(product.version))
                case .some: .other
                }
            if try matches.match(of: record.row) != wanted { wrong.append(record.row) }
        }
        #expect(wrong.prefix(5) == [])
        #expect(Files.names(in: folder.path).isEmpty, "the temporary files have no name")
    }

    @Test func aDigestTellsValuesApart() throws {
        let fields = ProductFields.table.fields
        let all = RecordHash(ProductFields.table, fields: Array(fields.indices))
        let key = Array("a".utf8)
        let (one, two) = (Array("ab".utf8), Array("b".utf8))
        func digest(_ values: [(Int, ImportValue)]) -> RecordHash.Value? {
            var record: [ImportValue] = fields.map { _ in .absent }
            // A name, without which nothing is known.
            record[1] = .text(UnsafeBufferPointer(start: nil, count: 0))
            for (index, value) in values { record[index] = value }
            return key.withUnsafeBufferPointer { all.record($0, record) }
        }
        one.withUnsafeBufferPointer { one in
            two.withUnsafeBufferPointer { two in
                let records: [[(Int, ImportValue)]] = [
                    [], [(2, .text(one))], [(2, .text(two))], [(3, .text(one))], [(2, .text(one)), (3, .text(two))],
                    [(2, .text(two)), (3, .text(one))], [(4, .integer(0))], [(5, .integer(0))], [(4, .integer(1))],
                    [(2, .text(UnsafeBufferPointer(start: nil, count: 0)))],
                ]
                let digests = records.compactMap { digest($0) }
                #expect(digests.count == records.count)
                for (index, left) in digests.enumerated() {
                    for right in digests[..<index] { #expect(left.content != right.content && left.key == right.key) }
                }
                #expect(digest([(2, .absent)]) == digest([(2, .none)]), "what is left alone stands as an empty field")
                #expect(digest([(1, .none)]) == nil, "a name cannot be emptied: that has to be looked at")
            }
        }
    }

    @Test(
        arguments: [(0, 16), (16 * 32_768, 16), (17 * 32_768, 32), (200 * 32_768, 256), (1 << 40, 256)]
            as [(Int64, Int)]
    )
    func partsAreFewAndSmall(entries: Int64, parts: Int) {
        #expect(PartedEntries<Int64>.parts(for: entries, most: 256) == parts)
    }

    // MARK: When it pays

    @Test(
        arguments: [
            // of 100 records so many were searched for and of so many the hash does not tell; records left, stored
            // ones, whether it pays
            (100, 0, 1000, 8000, true), (100, 0, 1000, 8008, false), (100, 0, 99, 10, false), (100, 0, 100, 10, true),
            (51, 0, 1000, 8000, true), (50, 0, 1000, 8000, false), (100, 50, 1000, 8000, true),
            (100, 51, 1000, 8000, false),
        ] as [(Int64, Int, Int64, Int64, Bool)]
    )
    func itPays(searched: Int64, untold: Int, left: Int64, products: Int64, pays: Bool) {
        var decision = MatchDecision(MatchDecision.Policy(sample: 100, leastRows: 100, storedForRow: 8))
        // Two samples: what came before the second does not count.
        for sample in Int64(0)...1 {
            for row in 1...100 {
                let searches = sample == 0 ? 0 : min(Int64(row), searched)
                var outlook = RecordImportStore.Outlook(state: .unchanged)
                outlook.isUntold = sample == 1 && row <= untold
                let found = decision.note(outlook, searches: searches)
                let mayPay = decision.mayPay(left: left, stored: products)
                #expect((found && mayPay) == (sample == 1 && row == 100 && pays))
            }
        }
    }
}
