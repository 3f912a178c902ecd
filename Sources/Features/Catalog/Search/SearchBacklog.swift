import Support

/// How an index that is behind gets to the present.
///
/// To take a text out of it costs more than to put one in, and after most of a catalogue was deleted everything in it
/// is waste. So while a job is deleting that much the index waits, and then it is built anew of what is left. What is
/// deleted is in no list meanwhile, whatever the index holds.
struct SearchBacklog {
    enum Way: Equatable {
        /// Revision by revision.
        case follow
        /// The job is still at it.
        case wait
        /// From the products that are there.
        case rebuild
    }

    /// Fewer revisions are followed.
    private let least: Int64
    private static let lookNanoseconds: UInt64 = 300_000_000
    /// A job under which the log does not grow for so long waits for something itself.
    private static let standstillNanoseconds: UInt64 = 5_000_000_000
    /// While it waits: the end of the log when that was looked at last, and since when that is the end.
    private var seen: (last: Int64, at: UInt64, since: UInt64)?

    init(least: Int64 = 20_000) {
        self.least = least
    }

    /// - Parameter position: the last revision that the index knows.
    mutating func way(
        _ store: ProductSearchStore,
        after position: Int64,
        at now: UInt64 = monotonicNanoseconds()
    ) throws -> Way {
        if let seen, now - seen.at < Self.lookNanoseconds { return .wait }
        let last = try store.lastRevisionID()
        let before = seen
        seen = nil
        guard last - position >= least, try store.isDeletion(after: position, count: min(1000, least)) else {
            return .follow
        }
        let coming = try store.deletionsToCome()
        // Counted once: what is left in the end does not change while the job goes on.
        if before == nil {
            let left = max(0, try store.products() - coming)
            guard (last - position + coming) * 2 >= left else { return .follow }
        }
        let since = before.map { $0.last == last ? $0.since : now } ?? now
        guard coming > 0, now - since < Self.standstillNanoseconds else { return .rebuild }
        seen = (last, now, since)
        return .wait
    }
}
