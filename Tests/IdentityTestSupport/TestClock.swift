package import Support
import Synchronization

/// A clock that moves only when told to.
package final class TestClock: Sendable {
    private let milliseconds = Atomic<Int64>(1_795_000_000_000)

    package init() {}

    package var now: Timestamp { Timestamp(milliseconds: milliseconds.load(ordering: .relaxed)) }

    package func advance(seconds: Int64) {
        milliseconds.add(seconds * 1000, ordering: .relaxed)
    }
}
