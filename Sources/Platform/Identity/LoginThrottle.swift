import Crypto
import Database
import Glibc
import Support

/// Bounds guessing in two ways. One account may be tried ten times in fifteen minutes from one address: both together,
/// so that an attacker cannot lock out a user who comes from elsewhere. And from one address twenty names may be tried,
/// as an attacker who tries one common password with many names never makes ten attempts at one of them.
///
/// An attempt is counted before the password is looked at and forgiven when it was right, so many requests at the same
/// time get no more guesses than one after the other, and an office behind one address only ever counts its typing
/// errors. Beyond the twenty names those who have logged in from the address lately still get in; everybody else waits,
/// whether the name exists or not, so that the bound does not tell which names do.
struct LoginThrottle {
    /// Attempts in the window.
    static let limit = 10
    /// Names that may be tried from one address in the window.
    static let names = 20
    /// The window in seconds.
    static let window: Int64 = 15 * 60

    let connection: Connection

    /// Counts an attempt. Call inside a transaction.
    /// - Parameter isAtHome: whether the account belongs to the address, so that what others try from there does not
    ///   count for it; asked for only beyond the bound.
    /// - Returns: nil when it may be made, else after how many seconds the next one may.
    func secondsToWait(
        _ pair: LoginAttemptStore.Pair,
        at now: Timestamp,
        isAtHome: () throws(DatabaseError) -> Bool
    ) throws(DatabaseError) -> Int64? {
        let store = LoginAttemptStore(connection: connection)
        let start = now.adding(seconds: -Self.window)
        let latest = try store.latest(pair, since: start, limit: Self.limit)
        if latest.count >= Self.limit, let oldest = latest.last { return Self.seconds(from: now, until: oldest) }
        let tried = try store.names(from: pair.network, since: start, limit: Self.names)
        if tried.count >= Self.names, let oldest = tried.last, try !isAtHome() {
            return Self.seconds(from: now, until: oldest)
        }
        try store.removeOlder(than: start)
        try store.add(pair, at: now)
        return nil
    }

    /// Whole seconds until an attempt is too old to count.
    private static func seconds(from now: Timestamp, until attempt: Timestamp) -> Int64 {
        max(1, (attempt.adding(seconds: window).milliseconds - now.milliseconds + 999) / 1000)
    }

    /// The pair that an attempt to log in counts for: of a user the same by email address and by username.
    /// - Parameter user: the user whom the name means; nil when there is none.
    static func pair(name: String, user: Int64?, address: String) -> LoginAttemptStore.Pair {
        // An attempt with this text counts for the user, as one with the user's name does.
        let account = user.map { "\u{1}user \($0)" } ?? name.trimmed.caseFolded
        return LoginAttemptStore.Pair(accountHash: SHA256.hash(account), network: network(of: address))
    }

    /// The pair that an attempt of a logged-in user counts for.
    static func pair(ownPasswordOf user: Int64, address: String) -> LoginAttemptStore.Pair {
        LoginAttemptStore.Pair(accountHash: SHA256.hash("\u{1}own \(user)"), network: network(of: address))
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
