import CSodium
public import Support

extension Environment {
    /// A secret that nobody guesses: so many random bytes in base64url, without padding. 32 bytes give 43 characters.
    public func makeToken(bytes count: Int = 32) -> String { base64URL(random(count)) }
}

/// Bytes as text that is safe in URLs, cookies and headers (RFC 4648, section 5), without padding.
public func base64URL(_ bytes: [UInt8]) -> String {
    let variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING
    var out = [CChar](repeating: 0, count: sodium_base64_encoded_len(bytes.count, variant))
    sodium_bin2base64(&out, out.count, bytes, bytes.count, variant)
    return String(decoding: out.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
