public import Database
public import Support

/// All SQL of the outbox_request table: types of events that are told only while somebody asks for them, because
/// telling them costs something, such as every product that an import has changed.
public struct OutboxRequestStore {
    private let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// Says which of those types a consumer asks for from now on; what it asked for before and does not name is no
    /// longer told for it. Call inside a write.
    public func ask(_ types: Set<String>, for consumer: String, at now: Timestamp) throws(DatabaseError) {
        let present = Set(
            try connection.all("SELECT type FROM outbox_request WHERE consumer = \(consumer)") { row in row.text(0) }
        )
        for type in present.subtracting(types) {
            try connection.execute("DELETE FROM outbox_request WHERE consumer = \(consumer) AND type = \(type)")
        }
        for type in types.subtracting(present) {
            try connection.execute(
                "INSERT INTO outbox_request (type, consumer, asked_at) VALUES (\(type), \(consumer), \(now))"
            )
        }
    }

    /// Since when somebody asks for a type; nil when nobody does.
    public func askedSince(_ type: String) throws(DatabaseError) -> Timestamp? {
        try connection.first("SELECT MIN(asked_at) FROM outbox_request WHERE type = \(type)") { row in
            row.timeOrNil(0)
        } ?? nil
    }
}
