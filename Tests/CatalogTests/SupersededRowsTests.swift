import Support
import TestSupport
import Testing

@testable import Catalog
@testable import ImportEngine
@testable import ImportKit

@Suite struct SupersededRowsTests {
    /// For each row the row that replaces it, by a dictionary.
    private func naive(_ keys: [(row: Int64, key: String)], _ rule: ImportOptions.Duplicates) -> [Int64: Int64] {
        var winners: [String: Int64] = [:]
        for (row, key) in rule == .first ? keys.reversed() : keys { winners[key] = row }
        var replaced: [Int64: Int64] = [:]
        for (row, key) in keys where winners[key] != row { replaced[row] = winners[key] }
        return replaced
    }

    /// For each row those of its key before it, the nearest first.
    private func former(_ keys: [(row: Int64, key: String)]) -> [Int64: [Int64]] {
        var seen: [String: [Int64]] = [:]
        var former: [Int64: [Int64]] = [:]
        for (row, key) in keys {
            former[row] = seen[key] ?? []
            seen[key] = [row] + (seen[key] ?? [])
        }
        return former
    }

    @Test(arguments: [
        // rows, different keys, assumed size of the file: 16 parts of 512 buffered entries spill from about 8,000 on
        (0, 1, 0), (1, 1, 10), (2, 1, 10), (50, 5, 500), (2000, 2000, 20_000), (9000, 100_000, 100_000),
        (30_000, 20_000, 1_000_000), (3000, 3, 1_000_000), (40_000, 1_000_000, 500_000_000),
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
            let before = former(given)
            for (row, _) in given where rule == .last && expected[row] == nil {
                var (present, chain) = (row, [Int64]())
                while let found = try rows.value.record(before: present) {
                    #expect(found.place == found.row * 3)
                    chain.append(found.row)
                    present = found.row
                }
                #expect(chain == before[row])
            }
            #expect(rows.value.count == Int64(expected.count))
            var differing: [Int64] = []
            for row in 1...Int64(rows.count + 2) where try rows.winner(of: row) != expected[row] {
                differing.append(row)
            }
            #expect(differing.prefix(5) == [])
            // A resumed import asks from somewhere else on.
            for _ in 0..<200 {
                let row = Int64(random.below(rows.count + 1) + 1)
                #expect(try rows.winner(of: row) == expected[row])
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
        #expect(try (1...6).map { try rows.value.verdict(of: $0) != nil } == [true, true, true, false, true, true])
        #expect(rows.value.count == 3, "so many are too many")
    }

    @Test(arguments: ImportOptions.Duplicates.allCases)
    func whatWasMadeForDifferentProductsClashes(rule: ImportOptions.Duplicates) throws {
        let folder = try TemporaryFolder()
        var rows = SupersededRowsBox(try SupersededRows(folder: folder.path, fileBytes: 1000, rule: rule), count: 6)
        for (row, key, tag) in [(1, "a", 7), (2, "b", 1), (3, "a", 7), (4, "b", 2), (5, "b", 1), (6, "c", 9)] {
            try rows.add(key, Int64(row), tag: UInt32(tag))
        }
        try rows.value.resolve()
        var clashing: [Int64] = []
        for row in 1...6 as ClosedRange<Int64> {
            if case .clash(let other)? = try rows.value.verdict(of: row) {
                #expect([2, 4, 5].contains(other) && other != row)
                clashing.append(row)
            }
        }
        #expect(clashing == [2, 4, 5], "none of them is taken")
        #expect(rows.value.count == 1)
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

    mutating func add(_ key: String, _ row: Int64, tag: UInt32 = 0) throws {
        let bytes = Array(key.utf8)
        try bytes.withUnsafeBufferPointer { try value.add($0, row: row, place: row * 3, tag: tag) }
    }

    mutating func winner(of row: Int64) throws -> Int64? {
        if case .superseded(let winner)? = try value.verdict(of: row) { winner } else { nil }
    }
}
