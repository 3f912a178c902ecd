package import Support

/// A browser that is logged in. Its secret token is in the cookie only; the database holds the token's SHA-256.
package struct Session: Sendable, Equatable {
    package let id: Int64
    package let userID: Int64
    package let ip: String
    package let userAgent: String
    package let createdAt: Timestamp
    /// Kept to five minutes: see `Authentication`.
    package let lastSeenAt: Timestamp
    /// The end, however busy the session is.
    package let expiresAt: Timestamp

    /// Without a request for so long a session ends: 12 hours, in seconds.
    package static let idleLimit: Int64 = 12 * 3600
    /// After so long it ends in any case: 30 days, in seconds.
    package static let absoluteLimit: Int64 = 30 * 86_400

    package func isAlive(at now: Timestamp) -> Bool {
        now < expiresAt && now < lastSeenAt.adding(seconds: Self.idleLimit)
    }
}
