import Database
import Jobs
import Support

/// Prunes the history of products, a little at a time.
///
/// The jobs that need old revisions for their undo are marked as expired first. Of each product the newest revision
/// stays, and so does the newest of those that are old: the text index tells by it that it knows the product. A deleted
/// product's last one goes too.
final class HistoryRetention {
    private let connection: Connection
    private let store: HistoryRetentionStore
    private let days: () throws -> Int64
    /// Where the present round stands, and up to where the text index has read; nil between rounds.
    private var round: (after: Int64, known: Int64)?

    /// - Parameter days: how long revisions stay.
    init(_ connection: Connection, days: @escaping () throws -> Int64) {
        self.connection = connection
        store = HistoryRetentionStore(connection)
        self.days = days
    }

    /// - Returns: whether there is more to do in this round.
    func step(_ now: Timestamp) throws -> Bool {
        let oldest = now.adding(seconds: -(try days()) * 86_400)
        guard let place = round else {
            guard let expired = try JobStore(connection).expireUndo(endedBefore: oldest) else { return true }
            if expired > 0 { return true }
            // Without an index nothing goes: one that is made now begins with the last revision of all.
            round = (0, try ProductSearch(connection, role: .maintenance).knownUpTo())
            return true
        }
        switch try store.prune(after: place.after, before: oldest, known: place.known) {
        case .busy: break
        case .more(let last): round = (last, place.known)
        case .done: round = nil
        }
        return round != nil
    }
}
