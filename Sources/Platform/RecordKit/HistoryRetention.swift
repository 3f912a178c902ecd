package import Database
import Jobs
package import Records
package import Support

/// Prunes the history of a noun, a little at a time.
///
/// The jobs that need old revisions for their undo are marked as expired first. Of each record the newest revision
/// stays, and so does the newest of those that are old: an index of texts tells by it that it knows the record. A
/// deleted record's last one goes too.
package final class HistoryRetention {
    private let connection: Connection
    private let store: HistoryRetentionStore
    private let days: () throws -> Int64
    private let known: () throws -> Int64
    /// Where the present round stands, and up to where the index has read; nil between rounds.
    private var round: (after: Int64, known: Int64)?

    /// - Parameters:
    ///   - days: how long revisions stay.
    ///   - known: up to which revision an index of the noun's texts has read.
    package init(
        _ connection: Connection,
        _ table: RecordTable,
        days: @escaping () throws -> Int64,
        known: @escaping () throws -> Int64 = { .max }
    ) {
        self.connection = connection
        store = HistoryRetentionStore(connection, table)
        self.days = days
        self.known = known
    }

    /// - Returns: whether there is more to do in this round.
    package func step(_ now: Timestamp) throws -> Bool {
        let oldest = now.adding(seconds: -(try days()) * 86_400)
        guard let place = round else {
            guard let expired = try JobStore(connection).expireUndo(endedBefore: oldest) else { return true }
            if expired > 0 { return true }
            round = (0, try known())
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
