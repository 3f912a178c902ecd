import CSodium

/// Message authentication with a shared secret (RFC 2104).
public enum HMAC {
    /// HMAC-SHA256 with a key of any length: 32 bytes. Compare results with `constantTimeEqual`.
    public static func sha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        var state = crypto_auth_hmacsha256_state()
        var out = [UInt8](repeating: 0, count: 32)
        crypto_auth_hmacsha256_init(&state, key, key.count)
        crypto_auth_hmacsha256_update(&state, message, UInt64(message.count))
        crypto_auth_hmacsha256_final(&state, &out)
        return out
    }
}

/// Whether two byte strings are equal, in a time that tells nothing about where they differ. Lengths are no secret.
public func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && sodium_memcmp(left, right, left.count) == 0
}
