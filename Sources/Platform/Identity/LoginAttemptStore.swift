import Database
import Support

/// All SQL of the login_attempt table: logins that were begun and have not turned out right.
struct LoginAttemptStore {
    let connection: Connection

    /// Who tries, and from where.
    struct Pair {
        /// SHA-256 of what was typed as the account: people type passwords there too.
        var accountHash: [UInt8]
        /// See `LoginThrottle.network`.
        var network: String
    }

    /// When the latest attempts of the pair were made, newest first.
    func latest(_ pair: Pair, since start: Timestamp, limit: Int) throws(DatabaseError) -> [Timestamp] {
        try connection.all(
            """
            SELECT created_at FROM login_attempt
            WHERE account_hash = \(pair.accountHash) AND address = \(pair.network) AND created_at > \(start)
            ORDER BY created_at DESC LIMIT \(limit)
            """
        ) { row in row.time(0) }
    }

    /// When each of the names that were tried from a network was tried last, newest first.
    func names(from network: String, since start: Timestamp, limit: Int) throws(DatabaseError) -> [Timestamp] {
        try connection.all(
            """
            SELECT MAX(created_at) AS latest FROM login_attempt
            WHERE address = \(network) AND created_at > \(start)
            GROUP BY account_hash ORDER BY latest DESC LIMIT \(limit)
            """
        ) { row in row.time(0) }
    }

    /// Adds an attempt. Call inside a transaction.
    func add(_ pair: Pair, at now: Timestamp) throws(DatabaseError) {
        try connection.insert(
            """
            INSERT INTO login_attempt (account_hash, address, created_at)
            VALUES (\(pair.accountHash), \(pair.network), \(now))
            """
        )
    }

    /// Forgets the pair's attempts. Call inside a transaction.
    func remove(_ pair: Pair) throws(DatabaseError) {
        try connection.execute(
            "DELETE FROM login_attempt WHERE account_hash = \(pair.accountHash) AND address = \(pair.network)"
        )
    }

    /// Forgets what is too old to count. Call inside a transaction.
    func removeOlder(than time: Timestamp) throws(DatabaseError) {
        try connection.execute("DELETE FROM login_attempt WHERE created_at <= \(time)")
    }
}
