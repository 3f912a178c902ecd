package import Database
package import Support

/// Brings the notes that requests have left into the audit trail. Run by the runner, once a second, in one transaction
/// with the place up to which the notes were read: none is lost or added twice.
///
/// Refused tokens are bounded here, for all processes together: of one token from one address there is one entry in a
/// quarter of an hour, and in an hour there are fifty of one token, or of all that there are not.
package final class AuditCollector {
    private static let interval: Int64 = 15 * 60
    /// Times in a row that it yields to other writers.
    private static let mostRefusals = 10

    private let connection: Connection
    private let spool: LogSpool
    private let log: Log?
    private var refusals = 0

    /// - Parameter log: is told of notes that cannot be read.
    package init(_ connection: Connection, _ spool: LogSpool, log: Log? = nil) {
        self.connection = connection
        self.spool = spool
        self.log = log
    }

    /// Takes one batch.
    /// - Returns: whether there is more.
    package func step(_ now: Timestamp) throws -> Bool {
        try spool.prepare()
        let store = AuditNoteStore(connection)
        let place = try store.place()
        guard let batch = try spool.read(after: place, decode: { AuditNote(line: $0) }) else { return false }
        guard batch.place != place else {
            if batch.place.offset >= LogSpool.retireBytes { _ = try spool.retire(batch.place) }
            return false
        }
        let add = {
            // Another runner by mistake was faster.
            guard try store.place() == place else { return }
            for note in batch.entries { try self.add(note) }
            try store.move(to: batch.place)
        }
        if refusals >= Self.mostRefusals {
            try connection.write(.normal, add)
        } else if try connection.writeIfFree(add) == nil {
            refusals += 1
            return false
        }
        refusals = 0
        if batch.unreadable > 0 {
            log?.error("notes for the audit trail could not be read", ["count": "\(batch.unreadable)"])
        }
        return batch.hasMore
    }

    private func add(_ note: AuditNote) throws(DatabaseError) {
        var note = note
        if RefusedTokens.actions.contains(note.entry.action) {
            guard let bounded = try bounded(note) else { return }
            note = bounded
        }
        try AuditStore(connection).append(note.entry, context: note.context)
    }

    /// - Returns: nil when there are enough of them.
    private func bounded(_ note: AuditNote) throws(DatabaseError) -> AuditNote? {
        let now = note.context.now
        let noted = try AuditTrailStore(connection).newest(
            of: note.entry.action,
            thing: note.entry.entityID.flatMap { Int64($0) }.map { (note.entry.entity, $0) },
            since: now.adding(seconds: -LoginTrail.window),
            limit: LoginTrail.bound
        )
        guard noted.count < LoginTrail.bound else { return nil }
        let network = note.context.ip.map(LoginThrottle.network(of:))
        let prefix = note.entry.after?["prefix"]
        let isKnown = noted.contains { record in
            record.at > now.adding(seconds: -Self.interval) && record.ip.map(LoginThrottle.network(of:)) == network
                && record.after.flatMap { try? JSON.parse($0) }?["prefix"] == prefix
        }
        guard !isKnown else { return nil }
        guard noted.count == LoginTrail.bound - 1 else { return note }
        var last = note
        last.entry.after = .object((note.entry.after?.members ?? []) + [JSON.Member("note", .string(LoginTrail.last))])
        return last
    }
}
