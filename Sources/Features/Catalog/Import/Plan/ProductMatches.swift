import Support

/// Joins the records of a file with the products of the catalogue by their digests, however many there are of both.
///
/// Each side is parted by hash into temporary files, part meets part in memory, and what comes of it is parted again,
/// by row, so that it can be read in the order of the file (a Grace hash join: Kitsuregawa, Tanaka, Moto-oka,
/// "Application of hash to data base machine and its architecture").
struct ProductMatches: ~Copyable {
    /// What the catalogue holds for a record.
    enum Match: Equatable {
        /// No product has its key.
        case none
        /// The product is as the record says.
        case same(id: Int64, version: UInt32)
        /// A product may be changed by it; it has to be looked at.
        case other
    }

    struct Record {
        var digest: ProductDigest.Value
        var row: Int64
    }

    struct Known {
        var digest: ProductDigest.Value
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
        /// Of records and of products each. All parts are open files, beside those of what was found.
        var parts = 256
        /// Of what was found.
        var rowParts: Int64 = 128
        /// How many rows one of these holds at least.
        var rowsInPart: Int64 = 65_536
    }

    private var records: PartedEntries<Record>
    private var products: PartedEntries<Known>
    private var found: PartedEntries<Found>
    private let firstRow: Int64
    private let rowsInPart: Int64
    private var next = 0
    private var window: [Match] = []
    private var windowPart = -1

    /// - Parameters:
    ///   - rows: those of the file that will be matched.
    ///   - products: how many the catalogue may hold.
    ///   - folder: where the temporary files go; they have no name, so they vanish with the process.
    init(rows: ClosedRange<Int64>, products: Int64, folder: String, _ limits: Limits = Limits()) {
        let count = rows.upperBound - rows.lowerBound + 1
        let parts = PartedEntries<Record>.parts(for: max(count, products), most: limits.parts)
        records = PartedEntries(parts: parts, folder: folder, "the records to match")
        self.products = PartedEntries(parts: parts, folder: folder, "the products to match")
        firstRow = rows.lowerBound
        rowsInPart = max(limits.rowsInPart, count / limits.rowParts + 1)
        found = PartedEntries(parts: Int((count - 1) / rowsInPart + 1), folder: folder, "the matches")
    }

    /// How many bytes the temporary files may take up at once.
    static func bytes(rows: Int64, products: Int64) -> Int64 {
        rows * Int64(MemoryLayout<Record>.stride + MemoryLayout<Found>.stride)
            + products * Int64(MemoryLayout<Known>.stride)
    }

    /// Notes a record. No two may have the same key.
    mutating func add(_ record: ProductDigest.Value, row: Int64) throws {
        try records.add(Record(digest: record, row: row), to: Int(record.key & UInt64(records.count - 1)))
    }

    /// Notes a product.
    mutating func add(_ product: ProductDigest.Value, id: Int64, version: Int64) throws {
        let known = Known(digest: product, id: id, version: UInt32(clamping: version))
        try products.add(known, to: Int(product.key & UInt64(products.count - 1)))
    }

    /// Joins the next part, after the last `add`.
    /// - Returns: whether there is more.
    mutating func joinNext() throws -> Bool {
        guard next < records.count else { return false }
        try join(try records.take(next), try products.take(next))
        next += 1
        return next < records.count
    }

    private mutating func join(_ records: [Record], _ products: [Known]) throws {
        var capacity = 4
        while capacity < products.count * 2 { capacity *= 2 }
        // The place of each product plus one; linear probing. The lowest bits of the key are the part.
        var table = [Int32](repeating: 0, count: capacity)
        func slot(_ key: UInt64) -> Int { Int(truncatingIfNeeded: (key >> 16) & UInt64(capacity - 1)) }
        for (index, product) in products.enumerated() {
            var slot = slot(product.digest.key)
            while table[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            table[slot] = Int32(index + 1)
        }
        for record in records {
            var found = Found(row: record.row, id: 0, version: 0, isSame: false)
            var slot = slot(record.digest.key)
            // To the end of the chain: a key that was given to another product meanwhile was met twice, and the later
            // is it.
            while table[slot] != 0 {
                let product = products[Int(table[slot]) - 1]
                if product.digest.key == record.digest.key {
                    found.id = product.id
                    found.version = product.version
                    found.isSame = product.digest == record.digest
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
