/// Three byte values that are looked for together, eight bytes at a time (the zero-byte test of "Hacker's Delight",
/// 6-1). The lowest hit of each test is exact, so the lowest of the three is too.
struct ByteSearch {
    /// How far behind its limit a search may read. The bytes need not mean anything, but must be readable.
    static let overrun = 16

    private let first: UInt64
    private let second: UInt64
    private let third: UInt64

    init(_ first: UInt8, _ second: UInt8, _ third: UInt8) {
        self.first = UInt64(first) &* ones
        self.second = UInt64(second) &* ones
        self.third = UInt64(third) &* ones
    }

    /// The index of the first hit in `start ..< limit`, else `limit`.
    @inline(__always)
    func index(in base: UnsafePointer<UInt8>, from start: Int, limit: Int) -> Int {
        var index = start
        while index < limit {
            let low = hits(load(base, index))
            if low != 0 { return Swift.min(index &+ low.trailingZeroBitCount &>> 3, limit) }
            let high = hits(load(base, index &+ 8))
            if high != 0 { return Swift.min(index &+ 8 &+ high.trailingZeroBitCount &>> 3, limit) }
            index &+= 16
        }
        return limit
    }

    @inline(__always)
    private func load(_ base: UnsafePointer<UInt8>, _ index: Int) -> UInt64 {
        UInt64(littleEndian: UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self))
    }

    @inline(__always)
    private func hits(_ word: UInt64) -> UInt64 {
        zeroBytes(word ^ first) | zeroBytes(word ^ second) | zeroBytes(word ^ third)
    }

    @inline(__always)
    private func zeroBytes(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highBits }
}

private let ones: UInt64 = 0x0101_0101_0101_0101
private let highBits: UInt64 = 0x8080_8080_8080_8080
