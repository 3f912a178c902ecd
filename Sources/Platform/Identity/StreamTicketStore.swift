import Crypto
import Database
import Support

/// All SQL of the stream_ticket table.
struct StreamTicketStore {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// Adds a ticket for GET of a path, and removes what is over.
    func add(
        _ secret: String,
        path: String,
        userID: Int64,
        proof: AccessProof,
        at now: Timestamp
    ) throws {
        try connection.write(.normal) {
            try connection.execute(
                """
                INSERT INTO stream_ticket (ticket_hash, user_id, path, proof, proof_hash, created_at)
                VALUES (\(SHA256.hash(secret)), \(userID), \(path), \(proof.kind), \(proof.hash), \(now))
                """
            )
            let over = try SeenTimeStore(connection).retentionTime(at: now).adding(
                seconds: -StreamTicket.secondsToReturn
            )
            try connection.execute("DELETE FROM stream_ticket WHERE created_at < \(over)")
            try connection.execute(
                """
                DELETE FROM stream_ticket WHERE user_id = \(userID) AND id <= (
                    SELECT id FROM stream_ticket WHERE user_id = \(userID)
                    ORDER BY id DESC LIMIT 1 OFFSET \(StreamTicket.mostPerUser))
                """
            )
        }
    }

    /// The ticket of a secret; nil when there is none. Says nothing about its age.
    func find(_ secret: String) throws(DatabaseError) -> StreamTicket? {
        try connection.first(
            """
            SELECT id, path, proof, proof_hash, is_opened, created_at FROM stream_ticket
            WHERE ticket_hash = \(SHA256.hash(secret))
            """
        ) { row in
            let hash = row.blob(3)
            return StreamTicket(
                id: row.int(0),
                path: row.text(1),
                proof: row.text(2) == "session" ? .session(hash: hash) : .token(hash: hash),
                isOpened: row.bool(4),
                createdAt: row.time(5)
            )
        }
    }

    /// Notes that these have opened their streams, unless another writer has the gate.
    /// - Returns: whether it was noted.
    func noteOpened(_ ids: some Collection<Int64>) throws -> Bool {
        try connection.writeIfFree {
            try connection.execute("UPDATE stream_ticket SET is_opened = 1 WHERE id IN \(list: Array(ids))")
        } != nil
    }
}

/// Which tickets have opened their streams. A GET never waits to write, so what could not be noted at once is kept in
/// mind and noted later; only a streamer that ends in between forgets it, and the page asks for another ticket. Belongs
/// to one connection.
final class OpenedTickets {
    private let store: StreamTicketStore
    private var unnoted: Set<Int64> = []

    init(_ connection: Connection) {
        store = StreamTicketStore(connection)
    }

    /// The ticket of a secret, when it opens GET of the path just now.
    func find(_ secret: String, path: String, at now: Timestamp) throws(DatabaseError) -> StreamTicket? {
        guard let ticket = try store.find(secret), ticket.path == path else { return nil }
        let isOpened = ticket.isOpened || unnoted.contains(ticket.id)
        let seconds = isOpened ? StreamTicket.secondsToReturn : StreamTicket.secondsToOpen
        return now < ticket.createdAt.adding(seconds: seconds) ? ticket : nil
    }

    /// Notes that a ticket is in use. Call outside any transaction.
    func note(_ id: Int64, isNoted: Bool) {
        if !isNoted { unnoted.insert(id) }
        guard !unnoted.isEmpty, (try? store.noteOpened(unnoted)) ?? false else { return }
        unnoted = []
    }
}
