import CSodium

/// SipHash-2-4 with 128 bits (Aumasson, Bernstein, "SipHash: a fast short-input PRF"): a keyed hash for tables whose
/// keys come from outside. Nobody who does not know the key can make two inputs meet.
public struct SipHash128: Sendable {
    private let key: (UInt64, UInt64)

    /// A hash with this key; take it from the random source.
    /// - Parameter key: 16 bytes; what is missing counts as zero.
    public init(key bytes: [UInt8]) {
        var words: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes.prefix(16)) }
        key = words
    }

    /// The two halves of the hash, read as little-endian numbers. Nothing is allocated.
    public func hash(_ bytes: UnsafeRawBufferPointer) -> (UInt64, UInt64) {
        var out: (UInt64, UInt64) = (0, 0)
        withUnsafePointer(to: key) { key in
            withUnsafeMutablePointer(to: &out) { out in
                _ = crypto_shorthash_siphashx24(
                    UnsafeMutableRawPointer(out).assumingMemoryBound(to: UInt8.self),
                    bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
                    UInt64(bytes.count),
                    UnsafeRawPointer(key).assumingMemoryBound(to: UInt8.self)
                )
            }
        }
        return (UInt64(littleEndian: out.0), UInt64(littleEndian: out.1))
    }
}
