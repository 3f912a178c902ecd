/// Which products were named: a bit each, so 12 MB for a hundred million.
struct ProductBitmap {
    private var words: [UInt64]

    /// - Parameter greatestID: the greatest id that is expected.
    init(greatestID: Int64) {
        words = Array(repeating: 0, count: Int(clamping: max(0, greatestID) / 64 + 1))
    }

    /// - Parameter id: from 0.
    mutating func insert(_ id: Int64) {
        let index = Int(id >> 6)
        while words.count <= index { words.append(0) }
        words[index] |= 1 << UInt64(id & 63)
    }

    func contains(_ id: Int64) -> Bool {
        let index = Int(id >> 6)
        return index < words.count && words[index] & 1 << UInt64(id & 63) != 0
    }
}
