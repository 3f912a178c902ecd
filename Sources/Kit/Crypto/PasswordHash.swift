import CSodium

/// A stored password: an argon2id hash in the PHC string format, with its salt and cost inside.
public struct PasswordHash: Sendable, Equatable {
    /// `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
    public let text: String

    /// A hash as it was stored. Nothing is checked here; what is not a hash verifies no password.
    public init(stored text: String) {
        self.text = text
    }

    // OWASP's Password Storage Cheat Sheet: argon2id with m = 19 MiB, t = 2, p = 1.
    private static let passes: UInt64 = 2
    private static let memory = 19 << 20

    /// Hashes a password with a fresh salt; about 25 ms and 19 MiB.
    /// - Throws: when libsodium does not start or memory runs out.
    public static func make(_ password: String) throws(CryptoError) -> PasswordHash {
        try Sodium.start()
        var out = [CChar](repeating: 0, count: crypto_pwhash_strbytes())
        let count = UInt64(password.utf8.count)
        guard crypto_pwhash_str_alg(&out, password, count, passes, memory, crypto_pwhash_ALG_ARGON2ID13) == 0
        else { throw CryptoError("no memory to hash a password") }
        return PasswordHash(
            stored: String(decoding: out.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        )
    }

    /// Whether the password is the one; compares in constant time.
    /// - Throws: when libsodium does not start.
    public func verify(_ password: String) throws(CryptoError) -> Bool {
        try Sodium.start()
        return crypto_pwhash_str_verify(text, password, UInt64(password.utf8.count)) == 0
    }

    /// Whether the hash was made with another cost than today's, or is none: hash again after the next good login.
    public var needsRehash: Bool {
        crypto_pwhash_str_needs_rehash(text, Self.passes, Self.memory) != 0
    }

    /// The hash of a random password that nobody knows, at today's cost. Verified in place of a user who does not
    /// exist, so that the answer takes as long as for one who does.
    public static let ofNobody = PasswordHash(
        stored: "$argon2id$v=19$m=19456,t=2,p=1$t7EQnrVk/6vRjq/2af2tTw$jk7Oy2rYoexsQliozH6mKwk8JgwO9tcjc7zzIIB6Eto"
    )
}
