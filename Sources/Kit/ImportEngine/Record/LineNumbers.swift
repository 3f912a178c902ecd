import Crypto
import Support

/// Counts, before anything is written, the equal lines of a file: the n-th of them is the n-th record, so that a file
/// of lines without a key of their own may come twice.
///
/// Memory does not grow with the file: lines are parted by a hash of what they say (SipHash-128 under a random key)
/// into temporary files, as in `SupersededRows`; the outcome is a sparse file with one number a row.
struct LineNumbers: ~Copyable {
    /// In which order lines are counted. Each of these is counted behind all that come before it, wherever it stands in
    /// the file: a number that was given stays, whichever lines are corrected later.
    enum Rank: UInt8, CaseIterable {
        /// Lines that are right as they stand in the file.
        case right
        /// Lines that were corrected before.
        case corrected
        /// Lines that are being corrected.
        case correction
        /// Lines that are wrong: should one be right after all when it is its turn, it has a number of its own.
        case wrong
    }

    struct Entry {
        var high: UInt64
        var low: UInt64
        /// 0 for a line of which only the content is known.
        var row: Int64
        var rank: UInt8
    }

    /// The fewest bytes that a line is taken to have, for guessing how many parts are needed.
    private static let guessedLineBytes: Int64 = 32

    private let hash = SipHash128(key: randomBytes(16))
    private var parts: PartedEntries<Entry>
    private var numbers: RowNumbers

    /// - Parameter folder: where the temporary files go; they have no name, so they vanish with the process.
    init(folder: String?, fileBytes: Int64) throws {
        let count = PartedEntries<Entry>.parts(for: fileBytes / Self.guessedLineBytes, most: 512)
        parts = PartedEntries(parts: count, folder: folder, "the lines of the file")
        numbers = try RowNumbers(folder: folder, "the numbers of equal lines")
    }

    /// Notes a line; rows of one rank ascend.
    /// - Parameters:
    ///   - digest: see `LineKey.digest`.
    ///   - row: 0 for a line that will not be asked for.
    mutating func add(_ digest: UnsafeBufferPointer<UInt8>, row: Int64, _ rank: Rank) throws {
        let (high, low) = hash.hash(UnsafeRawBufferPointer(digest))
        let entry = Entry(high: high, low: low, row: row, rank: rank.rawValue)
        try parts.add(entry, to: Int(high & UInt64(parts.count - 1)))
    }

    /// Counts, part by part; call once, after the last `add`.
    mutating func resolve() throws {
        for part in 0..<parts.count {
            let entries = try parts.take(part)
            if entries.count > 1 { try count(entries) }
        }
    }

    private mutating func count(_ entries: [Entry]) throws {
        var capacity = 4
        while capacity < entries.count * 2 { capacity *= 2 }
        // The first of the lines that are equal, as an index into the entries plus one, and how many were met; linear
        // probing.
        var table = [Int32](repeating: 0, count: capacity)
        var counts = [Int32](repeating: 0, count: capacity)
        for rank in Rank.allCases {
            for (index, entry) in entries.enumerated() where entry.rank == rank.rawValue {
                var slot = Int(truncatingIfNeeded: entry.low & UInt64(capacity - 1))
                while table[slot] != 0 {
                    let other = entries[Int(table[slot]) - 1]
                    if other.high == entry.high && other.low == entry.low { break }
                    slot = (slot + 1) & (capacity - 1)
                }
                if table[slot] == 0 { table[slot] = Int32(index + 1) }
                counts[slot] += 1
                if entry.row > 0, counts[slot] > 1 { try numbers.set(entry.row, Int64(counts[slot])) }
            }
        }
    }

    /// Which of the equal lines a row is, from 1. Fast for ascending rows.
    mutating func number(of row: Int64) throws -> Int64 { max(1, try numbers.number(of: row)) }
}
