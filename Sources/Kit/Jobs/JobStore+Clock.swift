import Database
public import Support

extension JobStore {
    /// The house's time went back: what is due, and who is taken for alive, must not wait until it is there again. What
    /// waits for less than a minute, as after a worker's death, goes on waiting. Call inside a transaction.
    public func putBack(to now: Timestamp) throws {
        try connection.execute(
            """
            UPDATE job SET scheduled_at = \(now)
            WHERE scheduled_at > \(now.adding(seconds: 60)) AND status IN ('pending', 'processing', 'validating')
            """
        )
        let lease = now.adding(seconds: Self.leaseSeconds)
        try connection.execute(
            """
            UPDATE job SET lease_until = \(lease)
            WHERE lease_until > \(lease) AND status IN ('processing', 'validating')
            """
        )
        try AlertStore(connection).putBack(to: now)
    }
}
