public import Database
public import Support

/// All SQL of the event and heartbeat tables, and the one call that tells of a change.
public struct EventStore {
    public let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// One thing that happened, for whoever watches.
    public struct Event: Sendable, Equatable {
        /// The place behind it, which a client sends back.
        public let cursor: EventCursor
        /// `job:UUID`, `catalogue`, `system`.
        public let topic: String
        /// `progress`, `end` …
        public let type: String
        /// One line of JSON.
        public let data: String
    }

    /// Appends an event; call inside the transaction of what it tells.
    public func add(topic: String, type: String, data: JSON, at now: Timestamp) throws(DatabaseError) {
        try connection.execute(
            "INSERT INTO event (topic, type, data, created_at) VALUES (\(topic), \(type), \(data.text), \(now))"
        )
    }

    /// Writes what a change tells: the row of the outbox, which webhooks and feeds read, and where a topic is given the
    /// event that its watchers see at once. Call inside the transaction of the change.
    public func publish(
        _ type: String,
        version: Int64 = 1,
        subject: String?,
        data: JSON,
        topic: String? = nil,
        _ context: WriteContext
    ) throws(DatabaseError) {
        try OutboxStore(connection).append(type, version: version, subject: subject, data: data, context)
        if let topic { try add(topic: topic, type: type, data: data, at: context.now) }
    }

    /// Events after the cursor, oldest first.
    public func after(_ cursor: EventCursor, limit: Int = 1000) throws(DatabaseError) -> [Event] {
        try connection.all(
            "SELECT id, topic, type, data FROM event WHERE id > \(cursor.id) ORDER BY id LIMIT \(limit)",
            Self.read
        )
    }

    /// Some of what watchers of a few topics missed.
    public struct Missed: Sendable, Equatable {
        /// Oldest first; there may be none, and more may follow all the same.
        public let events: [Event]
        /// The cursor behind all that was looked at.
        public let through: EventCursor
        /// Whether there was nothing behind it.
        public let isLast: Bool
    }

    /// The next events of some topics after the cursor. A small piece of work however much others wrote in between:
    /// `most` events are read at most, and `scanned` are looked at. Go on with `through` until `isLast`.
    /// - Parameter topics: `jobs` stands for the topics of all jobs.
    public func missed(
        _ topics: [String],
        after cursor: EventCursor,
        most: Int = 100,
        scanned: Int64 = 2000
    ) throws(DatabaseError) -> Missed {
        let (id, newest) = (cursor.id, try lastID())
        guard id < newest else { return Missed(events: [], through: cursor, isLast: true) }
        let end = newest - id > scanned ? id + scanned : newest
        let events = try connection.all(
            Self.missedStatement(topics, after: id, through: end, most: most),
            Self.read
        )
        // A full page may have left some out.
        let through = events.count < most ? end : events.last?.cursor.id ?? end
        return Missed(events: events, through: EventCursor(id: through), isLast: through >= newest)
    }

    /// The range of ids bounds what is looked at. An index over topics would not, as `jobs` are many topics: hence a
    /// condition that none can serve.
    static func missedStatement(_ topics: [String], after id: Int64, through end: Int64, most: Int) -> SQL {
        var wanted: [SQL] = ["topic IN \(list: topics)"]
        if topics.contains("jobs") { wanted.append("SUBSTR(topic, 1, 4) = 'job:'") }
        return """
            SELECT id, topic, type, data FROM event
            WHERE id > \(id) AND id <= \(end) AND (\(wanted.joined(separator: " OR "))) ORDER BY id LIMIT \(most)
            """
    }

    /// The newest event of a topic after the cursor: what a progress watcher missed is told by the last one.
    public func latest(topic: String, after cursor: EventCursor) throws(DatabaseError) -> Event? {
        try connection.first(
            """
            SELECT id, topic, type, data FROM event
            WHERE topic = \(topic) AND id > \(cursor.id) ORDER BY id DESC LIMIT 1
            """,
            Self.read
        )
    }

    private static func read(_ row: borrowing Row) -> Event {
        Event(cursor: EventCursor(id: row.int(0)), topic: row.text(1), type: row.text(2), data: row.text(3))
    }

    /// The newest id given, also when its event has been pruned; 0 before the first.
    func lastID() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT MAX(id) FROM event") { row in row.int(0) } ?? 0
    }

    /// The oldest id still there; nil when there is none.
    func firstID() throws(DatabaseError) -> Int64? {
        try connection.first("SELECT MIN(id) FROM event") { row in row.intOrNil(0) } ?? nil
    }

    /// Deletes events older than the moment, some at a time; the newest of all always stays.
    /// - Returns: how many went.
    public func prune(before: Timestamp, limit: Int = 2000) throws -> Int {
        try connection.writeIfFree {
            try connection.execute(
                """
                DELETE FROM event WHERE id IN (
                    SELECT id FROM event WHERE created_at < \(before) AND id < (SELECT MAX(id) FROM event)
                    ORDER BY id LIMIT \(limit))
                """
            )
        } ?? 0
    }

    // MARK: Signs of life

    /// Notes that a process is alive, unless somebody is writing.
    /// - Returns: whether it was noted.
    public func beat(_ name: String, detail: String, now: Timestamp) throws -> Bool {
        try connection.writeIfFree {
            try connection.execute(
                """
                INSERT INTO heartbeat (name, beaten_at, detail) VALUES (\(name), \(now), \(detail))
                ON CONFLICT (name) DO UPDATE SET beaten_at = excluded.beaten_at, detail = excluded.detail
                """
            )
        } != nil
    }

    /// When the process was last known to be alive.
    public func lastBeat(_ name: String) throws(DatabaseError) -> Timestamp? {
        try connection.first("SELECT beaten_at FROM heartbeat WHERE name = \(name)") { row in row.time(0) }
    }
}
