import Crypto
import Database
import Glibc
import Support

/// Bounds guessing: ten attempts in fifteen minutes for one account from one address. Both together, so that nobody
/// can lock out somebody who comes from elsewhere.
///
/// An attempt is counted before the password is looked at and forgiven when it was right, so many requests at the same
/// time get no more guesses than one after the other.
struct LoginThrottle {
    /// Attempts in the window.
    static let limit = 10
    /// The window in seconds.
    static let window: Int64 = 15 * 60

    let connection: Connection

    /// Counts an attempt. Call inside a transaction.
    /// - Returns: nil when it may be made, else after how many seconds the next one may.
    func secondsToWait(_ pair: LoginAttemptStore.Pair, at now: Timestamp) throws(DatabaseError) -> Int64? {
        let store = LoginAttemptStore(connection: connection)
        let start = now.adding(seconds: -Self.window)
        let latest = try store.latest(pair, since: start, limit: Self.limit)
        if latest.count >= Self.limit, let oldest = latest.last {
            let left = oldest.adding(seconds: Self.window).milliseconds - now.milliseconds
            return max(1, (left + 999) / 1000)
        }
        try store.removeOlder(than: start)
        try store.add(pair, at: now)
        return nil
    }

    /// The pair that an attempt counts for.
    static func pair(account: String, address: String) -> LoginAttemptStore.Pair {
        LoginAttemptStore.Pair(accountHash: SHA256.hash(account.trimmed.caseFolded), network: network(of: address))
    }

    /// An IPv4 address as it is; of an IPv6 address the first 64 bits, because one subscriber has all of the rest.
    static func network(of address: String) -> String {
        var parsed = in6_addr()
        guard inet_pton(AF_INET6, address, &parsed) == 1 else { return address }
        let bytes = withUnsafeBytes(of: parsed) { Array($0) }
        let mapped = bytes.prefix(12).elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
        return mapped ? bytes.suffix(4).map { String($0) }.joined(separator: ".") : "\(bytes.prefix(8).hex)::/64"
    }
}
