import Crypto
import Support

/// Finds for rows that lack the name of their product the row that has it: of those with the same handle the nearest
/// above that has a name, and where none stands above, the first below. The rows of a product may lie apart.
///
/// Memory does not grow with the file, as in `SupersededRows`.
struct GroupHeads: ~Copyable {
    struct Entry {
        var high: UInt64
        var low: UInt64
        var row: Int64
        /// Where the record stands; its complement for one without a name.
        var place: Int64
    }

    private struct Key: Hashable {
        var high: UInt64
        var low: UInt64
    }

    private static let guessedRecordBytes: Int64 = 48

    private let hash = SipHash128(key: randomBytes(16))
    private var parts: PartedEntries<Entry>
    private var places: RowNumbers

    /// - Parameter folder: where the temporary files go; they have no name.
    init(folder: String?, fileBytes: Int64) throws {
        let guess = PartedEntries<Entry>.parts(for: fileBytes / Self.guessedRecordBytes, most: 128)
        places = try RowNumbers(folder: folder, "the rows with names")
        parts = PartedEntries(parts: guess, folder: folder, "the handles of the file")
    }

    /// Notes the next record; rows must ascend.
    /// - Parameter place: where it stands, not negative.
    mutating func add(_ handle: UnsafeBufferPointer<UInt8>, row: Int64, place: Int64, hasName: Bool) throws {
        let (high, low) = hash.hash(UnsafeRawBufferPointer(handle))
        let entry = Entry(high: high, low: low, row: row, place: hasName ? place : ~place)
        try parts.add(entry, to: Int(high & UInt64(parts.count - 1)))
    }

    /// Call once, after the last `add`.
    mutating func resolve() throws {
        for part in 0..<parts.count {
            var firsts: [Key: Int64] = [:]
            var nearest: [Key: Int64] = [:]
            var waiting: [(key: Key, row: Int64)] = []
            for entry in try parts.take(part) {
                let key = Key(high: entry.high, low: entry.low)
                if entry.place >= 0 {
                    if firsts[key] == nil { firsts[key] = entry.place }
                    nearest[key] = entry.place
                } else if let head = nearest[key] {
                    try places.set(entry.row, head + 1)
                } else {
                    waiting.append((key, entry.row))
                }
            }
            for (key, row) in waiting { if let head = firsts[key] { try places.set(row, head + 1) } }
        }
    }

    /// Where the record stands that has the name for this one; nil where it has its own, or none has one.
    mutating func place(for row: Int64) throws -> Int64? {
        let number = try places.number(of: row)
        return number == 0 ? nil : number - 1
    }
}
