import Database
import Identity
import Jobs
import Support

/// Which deliveries of an endpoint a list shows.
struct DeliveryFilter: Sendable, Equatable {
    var status: Delivery.Status?
    var eventType: String?
    var since: Timestamp?
    var until: Timestamp?

    fileprivate func conditions(_ webhook: Int64) -> SQL {
        var all: [SQL] = ["d.webhook_id = \(webhook)"]
        if let status { all.append("d.status = \(status.rawValue)") }
        if let eventType { all.append("d.event_type = \(eventType)") }
        if let since { all.append("d.created_at >= \(since)") }
        if let until { all.append("d.created_at < \(until)") }
        return all.joined(separator: " AND ")
    }
}

/// All SQL of looking at deliveries, and of what users do with them.
struct DeliveryListStore {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    private static let columns: SQL = """
        d.id, d.webhook_id, d.event_id, d.event_type, d.subject, d.status, d.attempt, d.next_attempt_at, d.claimed_at,
        d.response_status, d.response_time_ms, d.error, d.delivered_at, d.created_at, d.updated_at
        """

    private static func read(_ row: borrowing Row) throws(DatabaseError) -> Delivery {
        guard let status = Delivery.Status(rawValue: row.text(5)) else {
            throw DatabaseError(.decoding, "a delivery has no status \(row.text(5))")
        }
        return Delivery(
            id: row.int(0),
            webhookID: row.int(1),
            eventID: row.text(2),
            eventType: row.text(3),
            subject: row.textOrNil(4),
            status: status,
            attempt: row.int(6),
            nextAttemptAt: row.timeOrNil(7),
            claimedAt: row.timeOrNil(8),
            responseStatus: row.intOrNil(9),
            responseTime: row.intOrNil(10),
            error: row.textOrNil(11),
            deliveredAt: row.timeOrNil(12),
            createdAt: row.time(13),
            updatedAt: row.time(14)
        )
    }

    // MARK: Reading

    func find(_ id: Int64, of webhook: Int64) throws(DatabaseError) -> Delivery? {
        try connection.first(
            "SELECT \(Self.columns) FROM webhook_delivery d WHERE d.id = \(id) AND d.webhook_id = \(webhook)"
        ) { row throws(DatabaseError) in try Self.read(row) }
    }

    /// One page, newest first or oldest first.
    func list(
        _ webhook: Int64,
        _ filter: DeliveryFilter,
        descends: Bool,
        after: Int64? = nil,
        limit: Int
    ) throws(DatabaseError) -> [Delivery] {
        let direction: SQL = descends ? "DESC" : "ASC"
        let beyond: SQL = descends ? "<" : ">"
        let start: SQL = after.map { "AND d.id \(beyond) \($0)" } ?? ""
        return try connection.all(
            """
            SELECT \(Self.columns) FROM webhook_delivery d WHERE \(filter.conditions(webhook)) \(start)
            ORDER BY d.id \(direction) LIMIT \(limit)
            """
        ) { row throws(DatabaseError) in try Self.read(row) }
    }

    /// How many match; counts no further than the limit.
    func count(_ webhook: Int64, _ filter: DeliveryFilter, upTo limit: Int64 = .max) throws(DatabaseError) -> Int64 {
        try connection.first(
            """
            SELECT COUNT(*) FROM (SELECT 1 FROM webhook_delivery d WHERE \(filter.conditions(webhook)) LIMIT \(limit))
            AS found
            """
        ) { row in row.int(0) } ?? 0
    }

    /// What is sent of a delivery's event.
    func body(_ delivery: Delivery) throws(DatabaseError) -> String? {
        try connection.first("SELECT body FROM webhook_event WHERE event_id = \(delivery.eventID)") { row in
            row.text(0)
        }
    }

    func attempts(_ delivery: Int64) throws(DatabaseError) -> [Attempt] {
        try connection.all(
            """
            SELECT number, started_at, ended_at, response_status, response_time_ms, step, error, times, answer
            FROM webhook_attempt WHERE delivery_id = \(delivery) ORDER BY number
            """
        ) { row in
            Attempt(
                number: row.int(0),
                startedAt: row.time(1),
                endedAt: row.timeOrNil(2),
                responseStatus: row.intOrNil(3),
                responseTime: row.intOrNil(4),
                step: row.textOrNil(5),
                error: row.textOrNil(6),
                times: row.textOrNil(7).flatMap { try? JSON.parse($0) } ?? .null,
                answer: row.textOrNil(8)
            )
        }
    }

    /// How many attempts an endpoint took and did not take in each of the last 24 hours, the oldest first.
    func hours(_ webhook: Int64, at now: Timestamp) throws(DatabaseError) -> [Hour] {
        let start = now.adding(seconds: -24 * 3600)
        let rows = try connection.all(
            """
            SELECT (started_at - \(start)) / 3600000 AS hour,
                SUM(CASE WHEN error IS NULL AND ended_at IS NOT NULL THEN 1 ELSE 0 END),
                SUM(CASE WHEN error IS NOT NULL THEN 1 ELSE 0 END)
            FROM webhook_attempt WHERE webhook_id = \(webhook) AND started_at > \(start) AND started_at <= \(now)
            GROUP BY hour
            """
        ) { row in (Int(row.int(0)), Hour(taken: row.int(1), failed: row.int(2))) }
        var hours = [Hour](repeating: Hour(), count: 24)
        for (index, hour) in rows { hours[min(23, max(0, index))] = hour }
        return hours
    }

    struct Hour: Sendable, Equatable {
        var taken: Int64 = 0
        var failed: Int64 = 0
    }

    /// How many deliveries wait, and since when the first does.
    func waiting(_ webhook: Int64) throws(DatabaseError) -> (count: Int64, oldest: Timestamp?) {
        let states = [Delivery.Status.pending, .failed].map(\.rawValue)
        return try connection.first(
            """
            SELECT COUNT(*), MIN(created_at) FROM (
                SELECT created_at FROM webhook_delivery WHERE webhook_id = \(webhook) AND status IN \(list: states)
                LIMIT 10001) AS waiting
            """
        ) { row in (row.int(0), row.timeOrNil(1)) } ?? (0, nil)
    }

    // MARK: Sending again

    /// Sends a delivery again, with all its attempts from the first on.
    /// - Returns: whether it could be done: not while a request is out.
    func redeliver(_ delivery: Delivery, context: WriteContext) throws -> Bool {
        try connection.write {
            let entry = AuditEntry(
                "webhook.redeliver",
                "webhook",
                id: delivery.webhookID,
                after: ["delivery": .int(delivery.id)]
            )
            guard try again("id = \(delivery.id)", at: context.now) == 1 else { return false }
            try AuditStore(connection).append(entry, context: context)
            return true
        }
    }

    private func again(_ condition: SQL, at now: Timestamp) throws(DatabaseError) -> Int {
        try connection.execute(
            """
            UPDATE webhook_delivery SET status = 'pending', tries = 0, next_attempt_at = \(now), updated_at = \(now)
            WHERE \(condition) AND claimed_at IS NULL
            """
        )
    }

    /// Sends deliveries again; call inside a write.
    /// - Returns: how many: not those of which a request is out.
    func again(_ ids: [Int64], at now: Timestamp) throws(DatabaseError) -> Int {
        ids.isEmpty ? 0 : try again("id IN \(list: ids)", at: now)
    }

    // MARK: Retention

    /// Removes deliveries that came to their end before the moment, and events that nobody has a delivery of, some at
    /// a time.
    /// - Returns: how many were removed; 0 also while another process writes.
    func prune(before: Timestamp, limit: Int = 1000) throws -> Int {
        let ended = [Delivery.Status.delivered, .exhausted].map(\.rawValue)
        return try connection.writeIfFree {
            let deliveries = try connection.execute(
                """
                DELETE FROM webhook_delivery WHERE id IN (
                    SELECT id FROM webhook_delivery
                    WHERE updated_at < \(before) AND status IN \(list: ended) AND claimed_at IS NULL LIMIT \(limit))
                """
            )
            let events = try connection.execute(
                """
                DELETE FROM webhook_event WHERE event_id IN (
                    SELECT e.event_id FROM webhook_event e
                    WHERE NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.event_id = e.event_id) LIMIT \(limit))
                """
            )
            return deliveries + events
        } ?? 0
    }
}
