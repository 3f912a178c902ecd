/// Tells by one number whether two sequences of values are the same, where each is made under the same random key.
///
/// Folded multiplication, as in Wang Yi's wyhash (github.com/wangyi-fudan/wyhash, public domain): two words are
/// multiplied and the halves of the product are xored. Several times faster than a hash that must stand up to somebody
/// who sees the outcome; so it is for comparing what never leaves the process, and not for tables whose keys come from
/// outside.
public struct SequenceHash: Sendable {
    private var state: UInt64
    private let factor: UInt64

    /// A hash of nothing yet.
    /// - Parameter key: from the random source.
    public init(key: (UInt64, UInt64)) {
        state = key.0
        // A factor of 0 would forget everything where a word of it is 0.
        factor = key.1 | 1
    }

    /// The hash of what was added.
    public var value: UInt64 { Self.fold(state, factor) }

    /// Adds that there is no value.
    public mutating func addNothing() { mix(0, 0) }

    public mutating func add(_ number: Int64) { mix(1, UInt64(bitPattern: number)) }

    /// Adds a text, with its length.
    public mutating func add(_ text: UnsafeRawBufferPointer) {
        // The length is shifted behind what tells the kinds apart.
        mix(2 | UInt64(text.count) << 2, 0)
        var place = 0
        while place + 16 <= text.count {
            mix(
                text.loadUnaligned(fromByteOffset: place, as: UInt64.self),
                text.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self)
            )
            place += 16
        }
        guard place < text.count else { return }
        if text.count >= 16 {
            // The last 16 bytes, some of them for the second time.
            mix(
                text.loadUnaligned(fromByteOffset: text.count - 16, as: UInt64.self),
                text.loadUnaligned(fromByteOffset: text.count - 8, as: UInt64.self)
            )
        } else {
            var words: (UInt64, UInt64) = (0, 0)
            withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: text) }
            mix(words.0, words.1)
        }
    }

    private mutating func mix(_ left: UInt64, _ right: UInt64) {
        state = Self.fold(left ^ state, right ^ factor)
    }

    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
