import Crypto
import Support

/// Signs what is sent, as Standard Webhooks 1.0 has it: over id, time and body.
enum Signature {
    /// How an endpoint is signed for.
    enum Scheme: String, Sendable, CaseIterable {
        /// HMAC-SHA256 with a secret that both sides know.
        case shared = "v1"
        /// Ed25519: the endpoint knows a public key, which checks signatures and cannot make them.
        case keys = "v1a"
    }

    private static let sharedPrefix = "whsec_"
    private static let secretKeyPrefix = "whsk_"
    private static let publicKeyPrefix = "whpk_"

    /// What signs, and what the endpoint is to know.
    struct Secret: Sendable, Equatable {
        /// Kept sealed.
        var text: String
        /// Of a pair of keys the one to give away; nil for a secret that both sides know.
        var publicKey: String?
    }

    /// A secret that nobody guesses, as receivers configure it.
    static func makeSecret(_ scheme: Scheme, _ environment: Environment) -> Secret {
        let bytes = environment.random(32)
        guard scheme == .keys, let keys = Ed25519.keys(seed: bytes) else {
            return Secret(text: sharedPrefix + base64(bytes), publicKey: nil)
        }
        return Secret(
            text: secretKeyPrefix + base64(keys.secret),
            publicKey: publicKeyPrefix + base64(keys.public)
        )
    }

    /// The bytes of a secret that both sides know; nil for what is none.
    static func key(_ secret: String) -> [UInt8]? { bytes(secret, sharedPrefix) }

    private static func bytes(_ secret: String, _ prefix: String) -> [UInt8]? {
        guard secret.hasPrefix(prefix) else { return nil }
        let text = secret.dropFirst(prefix.count).map { character -> Character in
            switch character {
            case "+": "-"
            case "/": "_"
            default: character
            }
        }
        return String(text.filter { $0 != "=" }).base64URLDecoded()
    }

    /// The three headers of one attempt.
    /// - Parameters:
    ///   - secrets: each signs in its own way, so that a receiver may know either while they change.
    ///   - seconds: of this attempt, since 1970.
    static func headers(
        id: String,
        seconds: Int64,
        body: [UInt8],
        secrets: [String]
    ) -> [(name: String, value: String)] {
        let message = Array("\(id).\(seconds).".utf8) + body
        return [
            ("webhook-id", id), ("webhook-timestamp", String(seconds)),
            ("webhook-signature", secrets.compactMap { sign(message, $0) }.joined(separator: " ")),
        ]
    }

    private static func sign(_ message: [UInt8], _ secret: String) -> String? {
        if let key = bytes(secret, sharedPrefix) { return "v1,\(base64(HMAC.sha256(key: key, message)))" }
        guard let key = bytes(secret, secretKeyPrefix), let signature = Ed25519.sign(message, secret: key) else {
            return nil
        }
        return "v1a,\(base64(signature))"
    }

    /// base64 with padding (RFC 4648, section 4).
    static func base64(_ bytes: [UInt8]) -> String {
        let text = bytes.base64URL.map { character -> Character in
            switch character {
            case "-": "+"
            case "_": "/"
            default: character
            }
        }
        return String(text) + String(repeating: "=", count: (4 - text.count % 4) % 4)
    }
}
