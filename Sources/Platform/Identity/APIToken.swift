import Crypto
package import Support
package import Web

/// A secret for programs, sent as `Authorization: Bearer`. The database holds its SHA-256 and its first characters.
package struct APIToken: Sendable, Equatable {
    package let id: Int64
    package let userID: Int64
    package var name: String
    /// The first characters of the secret, to tell tokens apart in a list.
    package let prefix: String
    package var scopes: Set<Permission>
    package var lastUsedAt: Timestamp?
    /// Nil: until it is revoked.
    package var expiresAt: Timestamp?
    package var revokedAt: Timestamp?
    /// How long the secret before the last rotation is good, if it was given time.
    package var previousUntil: Timestamp?
    package let createdAt: Timestamp
    package var updatedAt: Timestamp

    package func isAlive(at now: Timestamp) -> Bool {
        revokedAt == nil && (expiresAt.map { now < $0 } ?? true)
    }

    /// What has become of it.
    package enum State: String, Sendable, CaseIterable {
        case valid, expired, revoked
    }

    package func state(at now: Timestamp) -> State {
        revokedAt != nil ? .revoked : isAlive(at: now) ? .valid : .expired
    }

    /// A new secret. It begins with a word of its own, so that scanners for leaked secrets can know it.
    package static func makeSecret(_ environment: Environment) -> String { "\(tokenWord)\(environment.makeToken())" }

    /// The part of a secret that may be shown: the word and six of 43 random characters.
    static func prefix(of secret: String) -> String { String(secret.prefix(13)) }
}
