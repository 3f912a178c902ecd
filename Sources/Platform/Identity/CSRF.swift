import Crypto
import Support

/// The proof that a form was made by us, for this session.
///
/// It is the HMAC of a constant under the session's own secret: bound to the session, never stored, and of no use for
/// finding the secret or for any other session. It changes with every login.
enum CSRF {
    /// The token of the session whose cookie holds this secret.
    static func token(session secret: String) -> String {
        HMAC.sha256(key: Array(secret.utf8), Array("bodega csrf".utf8)).base64URL
    }

    /// Whether the token that came is the one expected; in constant time.
    static func matches(_ sent: String, _ expected: String) -> Bool {
        constantTimeEqual(Array(sent.utf8), Array(expected.utf8))
    }
}
