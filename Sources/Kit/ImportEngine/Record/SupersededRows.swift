import Crypto
import Glibc
import Support

/// Finds, before anything is written, which records of a file another record of the same SKU replaces; or, where such
/// records are to be refused, all of them. Where the last of them counts it also knows which one stood before each, so
/// that what it leaves open can be taken from there.
///
/// Memory does not grow with the file. Keys are hashed (SipHash-128 under a random key: no file can make two meet)
/// and parted by hash into temporary files; each part is small enough for a table in memory. The outcome is sparse
/// files with one number a row: which row wins over it, which one stood before it, and where.
struct SupersededRows: ~Copyable {
    struct Entry {
        var high: UInt64
        var low: UInt64
        /// The row's number, and above its lowest 40 bits what tells apart products of which the same SKU was made.
        var tagged: Int64
        var place: Int64

        var row: Int64 { tagged & (1 << 40 - 1) }
        var tag: Int64 { tagged >> 40 }
    }

    /// What becomes of a record beside others of its SKU.
    enum Verdict: Equatable {
        /// The other row is applied instead.
        case superseded(by: Int64)
        /// All records of the SKU are refused; this is another one.
        case refused(with: Int64)
        /// The SKU was made of other cells, for another product, in that row.
        case clash(with: Int64)
    }

    /// The fewest bytes that a record is taken to have, for guessing how many parts are needed.
    private static let guessedRecordBytes: Int64 = 48

    private let rule: ImportOptions.Duplicates
    private let hash = SipHash128(key: randomBytes(16))
    private var parts: PartedEntries<Entry>
    /// Negative for a clash.
    private var winners: RowNumbers
    /// The row of the record before one of the same SKU, and where each such record stands, counted from 1.
    private var rowsBefore: RowNumbers
    private var places: RowNumbers
    /// How many records are replaced by another, or how many too many there are where all are refused.
    private(set) var count: Int64 = 0

    /// - Parameter folder: where the temporary files go; they have no name, so they vanish with the process.
    init(folder: String?, fileBytes: Int64, rule: ImportOptions.Duplicates) throws {
        let guess = PartedEntries<Entry>.parts(for: fileBytes / Self.guessedRecordBytes, most: 512)
        let winners = try RowNumbers(folder: folder, "the superseded rows")
        let rowsBefore = try RowNumbers(folder: folder, "the rows before them")
        let places = try RowNumbers(folder: folder, "the places of the superseded rows")
        self.rule = rule
        parts = PartedEntries(parts: guess, folder: folder, "the keys of the file")
        self.winners = winners
        self.rowsBefore = rowsBefore
        self.places = places
    }

    /// Notes the key of the next record; rows must ascend.
    /// - Parameters:
    ///   - place: where the record stands, not negative; comes back from `record(before:)`.
    ///   - tag: 24 bits that differ where the same SKU was made for different products; 0 for a SKU of the file's own.
    mutating func add(
        _ key: UnsafeBufferPointer<UInt8>,
        row: Int64,
        place: Int64 = 0,
        tag: UInt32 = 0
    ) throws {
        let (high, low) = hash.hash(UnsafeRawBufferPointer(key))
        let entry = Entry(high: high, low: low, tagged: row | Int64(tag & 0x7F_FFFF) << 40, place: place)
        try parts.add(entry, to: Int(high & UInt64(parts.count - 1)))
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
        // Others of a key with their winner, as indexes into the entries, in the order in which they are met.
        var others: [(index: Int, winner: Int)] = []
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
                others.append((index, Int(table[slot]) - 1))
            }
        }
        if !others.isEmpty { try note(others, entries) }
    }

    private mutating func note(_ others: [(index: Int, winner: Int)], _ entries: [Entry]) throws {
        var clashing: Set<Int> = []
        for (index, winner) in others where entries[index].tag != entries[winner].tag { clashing.insert(winner) }
        // Which record of a winner's SKU is the highest that does not know yet which stands before it.
        var ends: [Int: Int] = [:]
        for (index, winner) in others {
            let (row, best) = (entries[index].row, entries[winner].row)
            guard !clashing.contains(winner) else {
                try winners.set(row, -best)
                try winners.set(best, -row)
                continue
            }
            count += 1
            try winners.set(row, best)
            // Where all of them fail, the one found first is no better than the others.
            if rule == .reject { try winners.set(best, row) }
            guard rule == .last else { continue }
            try rowsBefore.set(entries[ends[winner] ?? winner].row, row)
            try places.set(row, entries[index].place + 1)
            ends[winner] = index
        }
    }

    /// What becomes of a record because of others of its SKU; nil for one that is applied itself. Fast for ascending
    /// rows.
    mutating func verdict(of row: Int64) throws -> Verdict? {
        let number = try winners.number(of: row)
        if number == 0 { return nil }
        if number < 0 { return .clash(with: -number) }
        return rule == .reject ? .refused(with: number) : .superseded(by: number)
    }

    /// The record of the same SKU that comes before this one in the file; nil for the first of them, and where not the
    /// last of them counts.
    mutating func record(before row: Int64) throws -> (row: Int64, place: Int64)? {
        let former = try rowsBefore.number(of: row)
        return former == 0 ? nil : (former, try places.number(of: former) - 1)
    }
}
