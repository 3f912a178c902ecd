import Support

/// When files were first seen to belong to no job, on a clock that never jumps: the time that a file says it was
/// written at is the machine's, which may have been wrong just then.
final class FirstSight {
    /// No request and no command takes longer from its file to its job, in seconds.
    private static let seconds: UInt64 = 3600

    private var seen: [String: UInt64] = [:]
    private let counter: () -> UInt64

    /// - Parameter counter: nanoseconds of a clock that never jumps.
    init(counter: @escaping () -> UInt64 = monotonicNanoseconds) {
        self.counter = counter
    }

    /// Whether the file was seen so an hour ago, and may go.
    func isLongAgo(_ path: String) -> Bool {
        let now = counter()
        guard let first = seen[path] else {
            seen[path] = now
            return false
        }
        guard now - first >= Self.seconds * 1_000_000_000 else { return false }
        seen[path] = nil
        return true
    }
}
