import Crypto
import Support

/// SKUs of records that are only tried, for finding out which of them were made for different products.
///
/// Sixteen bytes a record, for at most a million records.
struct MadeSKUs {
    private struct Entry {
        var hash: UInt64
        /// The record's `keyTag`, and above its 23 bits whether nothing else is wrong with the record.
        var tag: UInt32
        var line: UInt32
    }

    private static let limit = 1_000_000
    private static let goodBit: UInt32 = 1 << 31

    private let hash = SipHash128(key: randomBytes(16))
    private var entries: [Entry] = []

    /// Whether nothing more is kept.
    var isFull: Bool { entries.count >= Self.limit }

    /// - Parameters:
    ///   - key: the folded SKU.
    ///   - tag: see `ImportRecord.keyTag`.
    mutating func add(_ key: UnsafeBufferPointer<UInt8>, tag: UInt32, line: Int64, isGood: Bool) {
        guard !isFull else { return }
        entries.append(
            Entry(
                hash: hash.hash(UnsafeRawBufferPointer(key)).0,
                tag: tag | (isGood ? Self.goodBit : 0),
                line: UInt32(clamping: line)
            )
        )
    }

    /// The lines of records that share their SKU with another product, ascending, and how many of them are good
    /// otherwise. Nothing is kept afterwards.
    mutating func takeClashes() -> (lines: [Int64], good: Int) {
        var sorted = entries
        entries = []
        sorted.sort { ($0.hash, $0.line) < ($1.hash, $1.line) }
        var clashing: [Entry] = []
        var start = 0
        while start < sorted.count {
            var end = start + 1
            while end < sorted.count, sorted[end].hash == sorted[start].hash { end += 1 }
            let group = sorted[start..<end]
            let tag = sorted[start].tag & ~Self.goodBit
            if group.contains(where: { $0.tag & ~Self.goodBit != tag }) { clashing += group }
            start = end
        }
        clashing.sort { $0.line < $1.line }
        return (clashing.map { Int64($0.line) }, clashing.count { $0.tag & Self.goodBit != 0 })
    }
}
