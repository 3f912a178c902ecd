import CSodium
import Support

/// Encrypts small secrets for the database: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) under a key of a `KeyRing`.
/// What a secret is for is authenticated with it, so a sealed value put in another one's place does not open.
public enum Sealing {
    /// What a sealed value begins with: the form that it has.
    private static let form = "v1"
    private static let nonceBytes = 24
    private static let tagBytes = 16

    /// The text that stands for a secret: form, key and content, with dots between.
    /// - Parameter context: what the secret is for, e.g. `configuration:mail.password`.
    public static func seal(_ secret: [UInt8], _ key: SealingKey, context: String) throws(CryptoError) -> String {
        try Sodium.start()
        let nonce = randomBytes(nonceBytes)
        let about = Array(context.utf8)
        var sealed = [UInt8](repeating: 0, count: secret.count + tagBytes)
        var length: UInt64 = 0
        let code = crypto_aead_xchacha20poly1305_ietf_encrypt(
            &sealed,
            &length,
            secret,
            UInt64(secret.count),
            about,
            UInt64(about.count),
            nil,
            nonce,
            key.bytes
        )
        guard code == 0, length == UInt64(sealed.count) else { throw CryptoError("a secret could not be sealed") }
        return "\(form).\(key.id).\((nonce + sealed).base64URL)"
    }

    /// The id of the key that a sealed value needs; nil for what is none.
    public static func keyID(of text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0] == form ? String(parts[1]) : nil
    }

    /// The secret again.
    ///
    /// Throws when the ring lacks the key, or the value was changed, or sealed for something else.
    public static func open(_ text: String, _ ring: KeyRing, context: String) throws(CryptoError) -> [UInt8] {
        try Sodium.start()
        let content = text.split(separator: ".", omittingEmptySubsequences: false).last.map { String($0) } ?? ""
        guard let id = keyID(of: text), let bytes = content.base64URLDecoded(), bytes.count >= nonceBytes + tagBytes
        else { throw CryptoError("a sealed secret is damaged") }
        guard let key = ring.keys.first(where: { $0.id == id }) else {
            throw CryptoError("the key \(id) that a secret was sealed with is not in \(ring.path)")
        }
        let about = Array(context.utf8)
        let sealed = Array(bytes.dropFirst(nonceBytes))
        var secret = [UInt8](repeating: 0, count: sealed.count - tagBytes)
        var length: UInt64 = 0
        let code = crypto_aead_xchacha20poly1305_ietf_decrypt(
            &secret,
            &length,
            nil,
            sealed,
            UInt64(sealed.count),
            about,
            UInt64(about.count),
            Array(bytes.prefix(nonceBytes)),
            key.bytes
        )
        guard code == 0, length == UInt64(secret.count) else {
            throw CryptoError("a sealed secret does not open: it was changed, or belongs to something else")
        }
        return secret
    }
}
