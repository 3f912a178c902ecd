import Glibc

/// The side effects that a handler or a store may have on the world outside the database, as closures that a test
/// replaces. Passed down, never global.
public struct Environment: Sendable {
    /// The time: the house's clock, in all processes of an installation.
    public var now: @Sendable () -> Timestamp
    /// So many bytes from the system's random source.
    public var random: @Sendable (_ count: Int) -> [UInt8]

    public init(now: @escaping @Sendable () -> Timestamp, random: @escaping @Sendable (Int) -> [UInt8]) {
        self.now = now
        self.random = random
    }

    /// The machine's wall clock and getrandom(2), where there is no installation.
    public static let live = Environment(now: Timestamp.now, random: randomBytes)
}

/// So many bytes from the system's random source.
public func randomBytes(_ count: Int) -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}

/// Nanoseconds of a clock that never goes back and does not stop in suspend: for deadlines and durations.
public func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Sleeps so many milliseconds; returns early on a signal.
public func sleep(milliseconds: Int) {
    usleep(UInt32(clamping: milliseconds * 1000))
}
