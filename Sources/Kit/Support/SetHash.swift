/// Tells by 128 bits whether two sets are the same, in whatever order and in how many parts their members are added:
/// each member is mixed, and the sums are compared. For sets that nobody makes up to be taken for each other.
public struct SetHash: Sendable, Equatable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// The hash of the empty set.
    public init() {}

    /// Goes on from what `text` told.
    public init?(text: String) {
        guard text.utf8.count == 32, let low = UInt64(text.suffix(16), radix: 16),
            let high = UInt64(text.prefix(16), radix: 16)
        else { return nil }
        (self.low, self.high) = (low, high)
    }

    /// 32 hexadecimal digits.
    public var text: String { Self.hex(high) + Self.hex(low) }

    /// Adds a member that was not added yet.
    public mutating func add(_ number: Int64) {
        let mixed = Self.mix(UInt64(bitPattern: number) &+ Self.increment)
        low &+= mixed
        high &+= Self.mix(mixed ^ UInt64(bitPattern: number) &+ Self.increment &* 2)
    }

    /// Adds a pair that was not added yet.
    public mutating func add(_ text: String, _ number: Int64) {
        // FNV-1a (Fowler, Noll, Vo): the offset basis and the prime for 64 bits.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        add(Int64(bitPattern: Self.mix(hash) ^ Self.mix(UInt64(bitPattern: number) &+ Self.increment)))
    }

    /// The increment and the mixing function of splitmix64 (Steele, Lea, Flood 2014).
    private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func mix(_ word: UInt64) -> UInt64 {
        var word = word
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    private static func hex(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
