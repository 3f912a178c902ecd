public import Database
public import Support

/// All SQL of the outbox: what has happened, for consumers such as webhooks and feeds, which read it in order and each
/// at its own pace.
public struct OutboxStore {
    private let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// How far a consumer has read. Comparable within one database only; its meaning is the store's own.
    public struct Cursor: Sendable, Equatable {
        let id: Int64

        /// As a consumer may keep it.
        public var number: Int64 { id }

        public init(number: Int64) {
            id = number
        }

        init(id: Int64) {
            self.id = id
        }
    }

    /// One event as consumers get it.
    public struct Entry: Sendable, Equatable {
        /// Behind this entry.
        public let cursor: Cursor
        /// Public and unique, a UUIDv7: a receiver that gets an event twice knows it by this.
        public let eventID: String
        /// `product.updated` …
        public let type: String
        /// Of the form of `data`; grows when a member is removed or changes its meaning.
        public let version: Int64
        /// What it happened to, as the type says; nil for several records.
        public let subject: String?
        public let data: JSON
        public let actor: String
        public let requestID: String?
        public let jobID: Int64?
        public let at: Timestamp
    }

    /// Appends an event; call inside the transaction of the change that it tells of.
    /// - Returns: its public id.
    @discardableResult
    public func append(
        _ type: String,
        version: Int64 = 1,
        subject: String?,
        data: JSON,
        _ context: WriteContext
    ) throws(DatabaseError) -> String {
        let eventID = makeUUIDv7(at: context.now, random: randomBytes(10))
        try connection.execute(
            """
            INSERT INTO outbox (event_id, type, payload_version, subject_id, data, actor, request_id, job_id,
                created_at)
            VALUES (\(eventID), \(type), \(version), \(subject), \(data.text), \(context.actor.description),
                \(context.requestID), \(context.jobID), \(context.now))
            """
        )
        return eventID
    }

    // MARK: Consumers

    /// Makes a consumer known, which reads what happens from now on; one that is known stays where it is. Call inside a
    /// write.
    public func register(_ consumer: String, at now: Timestamp) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO outbox_consumer (name, last_id, updated_at)
            VALUES (\(consumer), (SELECT COALESCE(MAX(id), 0) FROM outbox), \(now)) ON CONFLICT (name) DO NOTHING
            """
        )
    }

    /// Forgets a consumer, so that what it has not read is kept for it no longer. Call inside a write.
    public func unregister(_ consumer: String) throws(DatabaseError) {
        try connection.execute("DELETE FROM outbox_consumer WHERE name = \(consumer)")
    }

    /// What a consumer has not read yet, oldest first; empty for one that is not registered.
    public func next(for consumer: String, limit: Int = 100) throws -> [Entry] {
        try connection.all(
            """
            SELECT o.id, o.event_id, o.type, o.payload_version, o.subject_id, o.data, o.actor, o.request_id, o.job_id,
                o.created_at
            FROM outbox_consumer c JOIN outbox o ON o.id > c.last_id
            WHERE c.name = \(consumer) ORDER BY o.id LIMIT \(limit)
            """,
            Self.read
        )
    }

    /// Behind the newest event.
    public func newest() throws(DatabaseError) -> Cursor {
        Cursor(id: try connection.first("SELECT COALESCE(MAX(id), 0) FROM outbox") { row in row.int(0) } ?? 0)
    }

    /// How far a consumer has read; nil for one that is not registered.
    public func position(of consumer: String) throws(DatabaseError) -> Cursor? {
        try connection.first("SELECT last_id FROM outbox_consumer WHERE name = \(consumer)") { row in
            Cursor(id: row.int(0))
        }
    }

    /// What happened in a stretch, oldest first.
    public func entries(_ stretch: Stretch, limit: Int) throws -> [Entry] {
        try connection.all(
            """
            SELECT o.id, o.event_id, o.type, o.payload_version, o.subject_id, o.data, o.actor, o.request_id, o.job_id,
                o.created_at
            FROM outbox o WHERE \(stretch.condition) ORDER BY o.id LIMIT \(limit)
            """,
            Self.read
        )
    }

    /// What happened in a stretch, oldest first, without its data.
    public func headings(_ stretch: Stretch, limit: Int) throws(DatabaseError) -> [Heading] {
        try connection.all(
            """
            SELECT o.id, o.event_id, o.type, o.subject_id FROM outbox o
            WHERE \(stretch.condition) ORDER BY o.id LIMIT \(limit)
            """
        ) { row in
            Heading(
                cursor: Cursor(id: row.int(0)),
                eventID: row.text(1),
                type: row.text(2),
                subject: row.textOrNil(3)
            )
        }
    }

    /// Which events: those behind one cursor up to another, in a stretch of time.
    public struct Stretch: Sendable, Equatable {
        public var after: Cursor
        public var through: Cursor
        /// Inclusive; nil for no bound.
        public var since: Timestamp?
        /// Exclusive; nil for no bound.
        public var until: Timestamp?

        public init(after: Cursor, through: Cursor, since: Timestamp? = nil, until: Timestamp? = nil) {
            self.after = after
            self.through = through
            self.since = since
            self.until = until
        }

        fileprivate var condition: SQL {
            var parts: [SQL] = ["o.id > \(after.id)", "o.id <= \(through.id)"]
            if let since { parts.append("o.created_at >= \(since)") }
            if let until { parts.append("o.created_at < \(until)") }
            return parts.joined(separator: " AND ")
        }
    }

    /// What is known of an event without its data.
    public struct Heading: Sendable, Equatable {
        public let cursor: Cursor
        public let eventID: String
        public let type: String
        public let subject: String?
    }

    /// Notes that a consumer has read up to there. A cursor never goes back. Call inside a write.
    public func advance(_ consumer: String, to cursor: Cursor, at now: Timestamp) throws(DatabaseError) {
        try connection.execute(
            """
            UPDATE outbox_consumer SET last_id = \(cursor.id), updated_at = \(now)
            WHERE name = \(consumer) AND last_id < \(cursor.id)
            """
        )
    }

    private static func read(_ row: borrowing Row) throws(DatabaseError) -> Entry {
        let data: JSON
        do {
            data = try JSON.parse(row.text(5))
        } catch {
            throw DatabaseError(.decoding, "the data of outbox row \(row.int(0)) is: \(error)")
        }
        return Entry(
            cursor: Cursor(id: row.int(0)),
            eventID: row.text(1),
            type: row.text(2),
            version: row.int(3),
            subject: row.textOrNil(4),
            data: data,
            actor: row.text(6),
            requestID: row.textOrNil(7),
            jobID: row.intOrNil(8),
            at: row.time(9)
        )
    }

    // MARK: Retention

    /// How long events stay that every consumer has read.
    public static let days: Int64 = 30

    /// Removes events older than the moment which every consumer has read, some at a time; the newest of all stays.
    /// - Returns: how many were removed; 0 also when another writer has the gate.
    public func prune(before: Timestamp, limit: Int = 2000) throws -> Int {
        try connection.writeIfFree {
            try connection.execute(
                """
                DELETE FROM outbox WHERE created_at < \(before) AND id IN (
                    SELECT id FROM outbox
                    WHERE id < (SELECT MAX(id) FROM outbox)
                        AND id <= (SELECT COALESCE(MIN(last_id), \(Int64.max)) FROM outbox_consumer)
                    ORDER BY id LIMIT \(limit))
                """
            )
        } ?? 0
    }

    /// Keeps the outbox small while the runner runs.
    public static func chore(_ connection: Connection) -> JobChore {
        JobChore("removing events that every consumer has read", everySeconds: 3600, isRetention: true) { now in
            try OutboxStore(connection).prune(before: now.adding(seconds: -days * 86_400)) > 0
        }
    }
}
