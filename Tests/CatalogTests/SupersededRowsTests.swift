import Support
import TestSupport
import Testing

@testable import Catalog

@Suite struct SupersededRowsTests {
    /// For each row the row that replaces it, by a dictionary.
    private func naive(_ keys: [(row: Int64, key: String)], _ rule: ImportOptions.Duplicates) -> [Int64: Int64] {
        var winners: [String: Int64] = [:]
        for (row, key) in rule == .first ? keys.reversed() : keys { winners[key] = row }
        var replaced: [Int64: Int64] = [:]
        for (row, key) in keys where winners[key] != row { replaced[row] = winners[key] }
        return replaced
    }

    @Test(arguments: [
        // rows, different keys, assumed size of the file: 16 parts of 512 buffered entries spill from about 8,000 on
        (0, 1, 0), (1, 1, 10), (2, 1, 10), (50, 5, 500), (2000, 2000, 20_000), (9000, 100_000, 100_000),
        (30_000, 20_000, 1_000_000), (30_000, 3, 1_000_000), (40_000, 1_000_000, 500_000_000),
    ])
    func agreesWithADictionary(rows: Int, keys: Int, bytes: Int64) throws {
        let folder = try TemporaryFolder()
        for rule in [ImportOptions.Duplicates.last, .first] {
            var random = SeededRandom(rows &* 31 &+ keys)
            var rows = SupersededRowsBox(
                try SupersededRows(folder: folder.path, fileBytes: bytes, rule: rule),
                count: rows
            )
            var given: [(row: Int64, key: String)] = []
            for row in 1...Int64(max(1, rows.count)) where rows.count > 0 {
                // Records without a readable SKU are left out.
                if random.chance(1, in: 20) { continue }
                let key = "sku-\(random.below(keys))"
                given.append((row, key))
                try rows.add(key, row)
            }
            try rows.value.resolve()
            let expected = naive(given, rule)
            #expect(rows.value.count == Int64(expected.count))
            var differing: [Int64] = []
            for row in 1...Int64(rows.count + 2) where try rows.value.winner(of: row) != expected[row] {
                differing.append(row)
            }
            #expect(differing.prefix(5) == [])
            // A resumed import asks from somewhere else on.
            for _ in 0..<200 {
                let row = Int64(random.below(rows.count + 1) + 1)
                #expect(try rows.value.winner(of: row) == expected[row])
            }
        }
        #expect(Files.names(in: folder.path).isEmpty, "the temporary files have no name")
    }

    @Test func whereAllAreRefusedEachIsFound() throws {
        let folder = try TemporaryFolder()
        var rows = SupersededRowsBox(
            try SupersededRows(folder: folder.path, fileBytes: 1000, rule: .reject),
            count: 6
        )
        for (row, key) in [(1, "a"), (2, "b"), (3, "a"), (4, "c"), (5, "a"), (6, "b")] as [(Int64, String)] {
            try rows.add(key, row)
        }
        try rows.value.resolve()
        #expect(try (1...6).map { try rows.value.winner(of: $0) != nil } == [true, true, true, false, true, true])
        #expect(rows.value.count == 3, "so many are too many")
    }

    @Test func withoutAFolderItSaysSo() {
        #expect(throws: SystemError.self) {
            _ = try SupersededRows(folder: "/nonexistent", fileBytes: 1, rule: .last)
        }
    }
}

private struct SupersededRowsBox: ~Copyable {
    var value: SupersededRows
    let count: Int

    init(_ value: consuming SupersededRows, count: Int) {
        self.value = value
        self.count = count
    }

    mutating func add(_ key: String, _ row: Int64) throws {
        let bytes = Array(key.utf8)
        try bytes.withUnsafeBufferPointer { try value.add($0, row: row) }
    }
}
