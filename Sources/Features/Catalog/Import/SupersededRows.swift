import Crypto
import Glibc
import Support

/// Finds, before anything is written, which records of a file another record of the same SKU replaces; or, where such
/// records are to be refused, all of them.
///
/// Memory does not grow with the file. Keys are hashed (SipHash-128 under a random key: nobody can make two SKUs meet)
/// and parted by hash into temporary files; each part is small enough for a table in memory. The outcome is a sparse
/// file with one number a row: the row that wins over it, or 0.
struct SupersededRows: ~Copyable {
    struct Entry {
        var high: UInt64
        var low: UInt64
        var row: Int64
    }

    /// So many bytes of a file make one record at least, for guessing how many parts are needed.
    private static let guessedRecordBytes: Int64 = 48

    private let rule: ImportOptions.Duplicates
    private let hash = SipHash128(key: randomBytes(16))
    private var parts: PartedEntries<Entry>
    private let winners: OwnedDescriptor
    private var window = [Int64](repeating: 0, count: 8192)
    private var windowStart: Int64 = -1
    /// How many records are replaced by another, or how many too many there are where all are refused.
    private(set) var count: Int64 = 0

    /// - Parameter folder: where the temporary files go; they have no name, so they vanish with the process.
    init(folder: String, fileBytes: Int64, rule: ImportOptions.Duplicates) throws {
        self.rule = rule
        let guess = PartedEntries<Entry>.parts(for: fileBytes / Self.guessedRecordBytes, most: 512)
        parts = PartedEntries(parts: guess, folder: folder, "the keys of the file")
        winners = try Files.temporary(in: folder)
    }

    /// Notes the key of the next record; rows must ascend.
    mutating func add(_ key: UnsafeBufferPointer<UInt8>, row: Int64) throws {
        let (high, low) = hash.hash(UnsafeRawBufferPointer(key))
        try parts.add(Entry(high: high, low: low, row: row), to: Int(high & UInt64(parts.count - 1)))
    }

    /// Finds the replaced records, part by part; call once, after the last `add`.
    mutating func resolve() throws {
        for part in 0..<parts.count {
            let entries = try parts.take(part)
            if entries.count > 1 { try resolve(entries) }
        }
    }

    /// Entries of one part, rows ascending.
    private mutating func resolve(_ entries: [Entry]) throws {
        var capacity = 4
        while capacity < entries.count * 2 { capacity *= 2 }
        // The winner of each key, as an index into the entries plus one; linear probing.
        var table = [Int32](repeating: 0, count: capacity)
        // From the side of the winner, so that every other one meets it at once.
        let last = entries.count - 1
        for step in 0...last {
            let index = rule == .last ? last - step : step
            let entry = entries[index]
            var slot = Int(truncatingIfNeeded: entry.low & UInt64(capacity - 1))
            while table[slot] != 0 {
                let other = entries[Int(table[slot]) - 1]
                if other.high == entry.high && other.low == entry.low { break }
                slot = (slot + 1) & (capacity - 1)
            }
            if table[slot] == 0 {
                table[slot] = Int32(index + 1)
            } else {
                count += 1
                let winner = entries[Int(table[slot]) - 1].row
                try note(entry.row, winner: winner)
                // Where all of them fail, the one found first is no better than the others.
                if rule == .reject { try note(winner, winner: entry.row) }
            }
        }
    }

    private func note(_ row: Int64, winner: Int64) throws {
        var winner = winner
        try withUnsafeBytes(of: &winner) { try Files.writeAll($0, to: winners.raw, at: row * 8, "the superseded rows") }
    }

    /// The row that is applied instead of this one, or that has the same SKU where all are refused; nil for a record
    /// that is applied itself. Fast for ascending rows.
    mutating func winner(of row: Int64) throws -> Int64? {
        guard count > 0 else { return nil }
        if windowStart < 0 || row < windowStart || row >= windowStart + Int64(window.count) {
            windowStart = row
            try window.withUnsafeMutableBytes { buffer in
                buffer.initializeMemory(as: UInt8.self, repeating: 0)
                _ = try Files.read(winners.raw, into: buffer, at: row * 8, "the superseded rows")
            }
        }
        let winner = window[Int(row - windowStart)]
        return winner == 0 ? nil : winner
    }
}
