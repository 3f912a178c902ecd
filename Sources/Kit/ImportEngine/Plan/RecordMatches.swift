import Support

/// Joins the records of a file with those of the table by their hashes, however many there are of both.
///
/// Each side is parted by hash into temporary files, part meets part in memory, and what comes of it is parted again,
/// by row, so that it can be read in the order of the file (a Grace hash join: Kitsuregawa, Tanaka, Moto-oka,
/// "Application of hash to data base machine and its architecture").
struct RecordMatches: ~Copyable {
    /// What the table holds for a record.
    enum Match: Equatable {
        /// None has its key.
        case none
        /// It is as the record says.
        case same(id: Int64, version: UInt32)
        /// One may be changed by it; it has to be looked at.
        case other
    }

    struct Record {
        var digest: RecordHash.Value
        var row: Int64
    }

    struct Known {
        var digest: RecordHash.Value
        var id: Int64
        var version: UInt32
    }

    struct Found {
        var row: Int64
        var id: Int64
        var version: UInt32
        var isSame: Bool

        var match: Match { isSame ? .same(id: id, version: version) : id == 0 ? .none : .other }
    }

    /// How many parts there may be.
    struct Limits {
        /// Of each side. All parts are open files, beside those of what was found.
        var parts = 256
        /// Of what was found.
        var rowParts: Int64 = 128
        /// How many rows one of these holds at least.
        var rowsInPart: Int64 = 65_536
    }

    private var records: PartedEntries<Record>
    private var known: PartedEntries<Known>
    private var found: PartedEntries<Found>
    private let firstRow: Int64
    private let rowsInPart: Int64
    private var next = 0
    private var window: [Match] = []
    private var windowPart = -1

    /// - Parameters:
    ///   - rows: those of the file that will be matched.
    ///   - stored: how many the table may hold.
    ///   - folder: where the temporary files go; they have no name, so they vanish with the process.
    init(rows: ClosedRange<Int64>, stored: Int64, folder: String, _ limits: Limits = Limits()) {
        let count = rows.upperBound - rows.lowerBound + 1
        let parts = PartedEntries<Record>.parts(for: max(count, stored), most: limits.parts)
        records = PartedEntries(parts: parts, folder: folder, "the records to match")
        known = PartedEntries(parts: parts, folder: folder, "what is stored to match")
        firstRow = rows.lowerBound
        rowsInPart = max(limits.rowsInPart, count / limits.rowParts + 1)
        found = PartedEntries(parts: Int((count - 1) / rowsInPart + 1), folder: folder, "the matches")
    }

    /// How many bytes the temporary files may take up at once.
    static func bytes(rows: Int64, stored: Int64) -> Int64 {
        rows * Int64(MemoryLayout<Record>.stride + MemoryLayout<Found>.stride)
            + stored * Int64(MemoryLayout<Known>.stride)
    }

    /// Notes a record. No two may have the same key.
    mutating func add(_ record: RecordHash.Value, row: Int64) throws {
        try records.add(Record(digest: record, row: row), to: Int(record.key & UInt64(records.count - 1)))
    }

    /// Notes what is stored.
    mutating func add(_ stored: RecordHash.Value, id: Int64, version: Int64) throws {
        let entry = Known(digest: stored, id: id, version: UInt32(clamping: version))
        try known.add(entry, to: Int(stored.key & UInt64(known.count - 1)))
    }

    /// Joins the next part, after the last `add`.
    /// - Returns: whether there is more.
    mutating func joinNext() throws -> Bool {
        guard next < records.count else { return false }
        try join(try records.take(next), try known.take(next))
        next += 1
        return next < records.count
    }

    private mutating func join(_ records: [Record], _ known: [Known]) throws {
        var capacity = 4
        while capacity < known.count * 2 { capacity *= 2 }
        // The place of each plus one; linear probing. The lowest bits of the key are the part.
        var table = [Int32](repeating: 0, count: capacity)
        func slot(_ key: UInt64) -> Int { Int(truncatingIfNeeded: (key >> 16) & UInt64(capacity - 1)) }
        for (index, entry) in known.enumerated() {
            var slot = slot(entry.digest.key)
            while table[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            table[slot] = Int32(index + 1)
        }
        for record in records {
            var found = Found(row: record.row, id: 0, version: 0, isSame: false)
            var slot = slot(record.digest.key)
            // To the end of the chain: a key that was given to another record meanwhile was met twice, and the later
            // is it.
            while table[slot] != 0 {
                let entry = known[Int(table[slot]) - 1]
                if entry.digest.key == record.digest.key {
                    found.id = entry.id
                    found.version = entry.version
                    found.isSame = entry.digest == record.digest
                }
                slot = (slot + 1) & (capacity - 1)
            }
            try self.found.add(found, to: Int((record.row - firstRow) / rowsInPart))
        }
    }

    /// What was found for a record: `other` for one that was not noted. Rows ascend.
    mutating func match(of row: Int64) throws -> Match {
        let part = Int((row - firstRow) / rowsInPart)
        let start = firstRow + Int64(part) * rowsInPart
        if part != windowPart {
            window = Array(repeating: .other, count: Int(rowsInPart))
            for entry in try found.take(part) { window[Int(entry.row - start)] = entry.match }
            windowPart = part
        }
        return window[Int(row - start)]
    }
}
