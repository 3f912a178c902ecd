import Database
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

    /// - Parameter idleLimit: seconds without a request after which it ends.
    package func isAlive(at now: Timestamp, idleLimit: Int64) -> Bool {
        now < expiresAt && now < lastSeenAt.adding(seconds: idleLimit)
    }
}

extension Configuration {
    /// Seconds without a request after which a session ends.
    package var sessionIdleLimit: Int64 {
        get throws(DatabaseError) { try value(ConfigurationTable.sessionIdleHours) * 3600 }
    }

    /// Seconds after which it ends in any case.
    package var sessionAbsoluteLimit: Int64 {
        get throws(DatabaseError) { try value(ConfigurationTable.sessionAbsoluteDays) * 86_400 }
    }
}
