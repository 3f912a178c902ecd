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
    private struct Entry {
        var high: UInt64
        var low: UInt64
        var row: Int64
    }

    /// How many entries a part's buffer holds before it is written out.
    private static let bufferedEntries = 512
    /// So many bytes of a file make one record at least, for guessing how many parts are needed.
    private static let guessedRecordBytes: Int64 = 48

    private let rule: ImportOptions.Duplicates
    private let hash = SipHash128(key: randomBytes(16))
    private var buffers: [[Entry]]
    private var parts: [Int32]
    private let folder: String
    private let winners: OwnedDescriptor
    private var window = [Int64](repeating: 0, count: 8192)
    private var windowStart: Int64 = -1
    /// How many records are replaced by another, or how many too many there are where all are refused.
    private(set) var count: Int64 = 0

    /// - Parameter folder: where the temporary files go; they have no name, so they vanish with the process.
    init(folder: String, fileBytes: Int64, rule: ImportOptions.Duplicates) throws {
        self.folder = folder
        self.rule = rule
        let guess = fileBytes / Self.guessedRecordBytes / 32_768
        var partCount = 16
        while partCount < guess && partCount < 512 { partCount *= 2 }
        buffers = Array(repeating: [], count: partCount)
        parts = Array(repeating: -1, count: partCount)
        winners = try Files.temporary(in: folder)
    }

    deinit {
        for part in parts where part >= 0 { close(part) }
    }

    /// Notes the key of the next record; rows must ascend.
    mutating func add(_ key: UnsafeBufferPointer<UInt8>, row: Int64) throws {
        let (high, low) = hash.hash(UnsafeRawBufferPointer(key))
        let part = Int(high & UInt64(buffers.count - 1))
        buffers[part].append(Entry(high: high, low: low, row: row))
        if buffers[part].count >= Self.bufferedEntries { try spill(part) }
    }

    private mutating func spill(_ part: Int) throws {
        if parts[part] < 0 { parts[part] = try Files.temporary(in: folder).release() }
        try buffers[part].withUnsafeBytes { try Files.writeAll($0, to: parts[part], "the keys of the file") }
        buffers[part].removeAll(keepingCapacity: true)
    }

    /// Finds the replaced records, part by part; call once, after the last `add`.
    mutating func resolve() throws {
        for part in buffers.indices {
            let entries = try take(part)
            if entries.count > 1 { try resolve(entries) }
        }
    }

    private mutating func take(_ part: Int) throws -> [Entry] {
        defer { buffers[part] = [] }
        guard parts[part] >= 0 else { return buffers[part] }
        try spill(part)
        let bytes = Int(lseek(parts[part], 0, SEEK_END))
        let stride = MemoryLayout<Entry>.stride
        let entries = try [Entry](unsafeUninitializedCapacity: bytes / stride) { target, initialized in
            let buffer = UnsafeMutableRawBufferPointer(start: target.baseAddress, count: bytes)
            guard try Files.read(parts[part], into: buffer, at: 0, "the keys of the file") == bytes else {
                throw SystemError("read the keys of the file", code: EIO)
            }
            initialized = bytes / stride
        }
        close(parts[part])
        parts[part] = -1
        return entries
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
