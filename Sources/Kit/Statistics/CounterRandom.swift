/// Random numbers as a function of a key and a position: the same on every thread and in every order of asking.
/// Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, Parallel Random Numbers: As Easy as 1, 2, 3, SC11).
public struct CounterRandom: Sendable, Equatable {
    private let key: SIMD2<UInt32>

    /// Equal seeds give equal numbers.
    public init(seed: UInt64) {
        key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    }

    /// Four 32-bit words that belong to the position.
    public func words(_ stream: UInt64, _ block: UInt64) -> SIMD4<UInt32> {
        Self.philox(
            counter: SIMD4(
                UInt32(truncatingIfNeeded: block),
                UInt32(truncatingIfNeeded: block >> 32),
                UInt32(truncatingIfNeeded: stream),
                UInt32(truncatingIfNeeded: stream >> 32)
            ),
            key: key
        )
    }

    static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var (a, b, c, d) = (counter.x, counter.y, counter.z, counter.w)
        var (first, second) = (key.x, key.y)
        for _ in 0..<10 {
            let left = (0xD251_1F53 as UInt32).multipliedFullWidth(by: a)
            let right = (0xCD9E_8D57 as UInt32).multipliedFullWidth(by: c)
            (a, b, c, d) = (right.high ^ b ^ first, right.low, left.high ^ d ^ second, left.low)
            first &+= 0x9E37_79B9
            second &+= 0xBB67_AE85
        }
        return SIMD4(a, b, c, d)
    }

    /// Calls with `count` positions below `limit`, drawn with replacement: word × limit >> 32 (Lemire 2019, Fast random
    /// integer generation in an interval), whose bias is below limit / 2³².
    func sample(_ count: Int, below limit: Int, stream: UInt64, _ use: (Int) -> Void) {
        let limit = UInt64(limit)
        var drawn = 0
        var block: UInt64 = 0
        while drawn < count {
            let words = words(stream, block)
            for index in 0..<min(4, count - drawn) { use(Int((UInt64(words[index]) * limit) >> 32)) }
            drawn += 4
            block += 1
        }
    }

    /// A number in 0..<1 with 53 random bits that belongs to the position.
    public func unit(_ stream: UInt64, _ block: UInt64) -> Double {
        let words = words(stream, block)
        let bits = (UInt64(words.x) << 32 | UInt64(words.y)) >> 11
        return Double(bits) * 0x1p-53
    }
}
