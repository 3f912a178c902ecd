import CSodium

/// Signatures that whoever knows the public key can check, and only the holder of the secret one can make (RFC 8032).
public enum Ed25519 {
    /// Bytes of what a pair of keys is made from.
    public static let seedBytes = 32

    /// The pair of keys of a seed: a secret one of 64 bytes, which holds the seed, and a public one of 32; nil unless
    /// the seed has 32 bytes.
    public static func keys(seed: [UInt8]) -> (secret: [UInt8], public: [UInt8])? {
        guard seed.count == seedBytes else { return nil }
        var secret = [UInt8](repeating: 0, count: 64)
        var open = [UInt8](repeating: 0, count: 32)
        guard crypto_sign_seed_keypair(&open, &secret, seed) == 0 else { return nil }
        return (secret, open)
    }

    /// The signature of a message: 64 bytes; nil unless the secret key has 64.
    public static func sign(_ message: [UInt8], secret: [UInt8]) -> [UInt8]? {
        guard secret.count == 64 else { return nil }
        var signature = [UInt8](repeating: 0, count: 64)
        guard crypto_sign_detached(&signature, nil, message, UInt64(message.count), secret) == 0 else { return nil }
        return signature
    }
}
