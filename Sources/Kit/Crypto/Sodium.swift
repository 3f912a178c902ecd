import CSodium

/// libsodium, started once a process. Hashing works without it; password hashing chooses its fast code there and
/// takes its salt from the random source that it opens.
enum Sodium {
    private static let started = sodium_init() >= 0

    static func start() throws(CryptoError) {
        guard started else { throw CryptoError("libsodium could not start") }
    }
}
