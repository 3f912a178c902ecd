import CSodium
public import Support

#if canImport(Glibc)
    import Glibc
#endif

/// SHA-256 (FIPS 180-4), of bytes at hand or piece by piece.
public struct SHA256: Sendable {
    private var state = crypto_hash_sha256_state()

    /// Begins with nothing hashed.
    public init() {
        crypto_hash_sha256_init(&state)
    }

    /// Adds bytes behind those hashed so far.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        crypto_hash_sha256_update(&state, start.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
    }

    /// Adds bytes behind those hashed so far.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The hash of everything added: 32 bytes.
    public consuming func finish() -> [UInt8] {
        var copy = state
        var out = [UInt8](repeating: 0, count: 32)
        crypto_hash_sha256_final(&copy, &out)
        return out
    }

    /// The hash of these bytes: 32 bytes.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish()
    }

    /// The hash of a text's UTF-8: 32 bytes.
    public static func hash(_ text: String) -> [UInt8] { hash(Array(text.utf8)) }

    /// The hash of a file's content, read in pieces: memory does not grow with the file.
    public static func hash(file path: String) throws(SystemError) -> [UInt8] {
        let file = try Files.open(path, O_RDONLY)
        var hash = SHA256()
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(file.raw, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw SystemError("read \(path)") }
            if count == 0 { return hash.finish() }
            buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }
}
