import Database
import Identity
import Jobs
import Support

/// What a replay sends again, or for the first time.
struct ReplayRange: Sendable, Equatable {
    enum Which: String, Sendable, CaseIterable {
        /// Everything, also what was taken.
        case all
        /// What was tried and not taken.
        case failed
        /// What there is no delivery of, because the endpoint was off or asked for other events.
        case missed
    }

    var which: Which
    /// Inclusive; nil: from the moment on at which the endpoint was switched off last.
    var since: Timestamp?
    /// Exclusive.
    var until: Timestamp
}

/// All SQL of finding what a replay sends.
struct ReplayStore {
    private let connection: Connection
    private let webhook: Webhook
    private let range: ReplayRange

    init(_ connection: Connection, _ webhook: Webhook, _ range: ReplayRange) {
        self.connection = connection
        self.webhook = webhook
        self.range = range
    }

    /// How many events one transaction looks at.
    static let page = 500

    /// How many deliveries it sends, as things stand.
    func count() throws -> Int64 {
        var total: Int64 = 0
        if range.which != .missed {
            total += try connection.first("SELECT COUNT(*) FROM \(kept(after: 0))") { row in row.int(0) } ?? 0
        }
        guard range.which != .failed else { return total }
        var cursor: OutboxStore.Cursor?
        while let found = try missed(after: cursor, limit: 5000) {
            total += Int64(found.events.count)
            cursor = found.last
        }
        return total
    }

    /// The next deliveries that there are.
    func keptPage(after last: Int64) throws(DatabaseError) -> [Int64] {
        try connection.all("SELECT d.id FROM \(kept(after: last)) ORDER BY d.id LIMIT \(Self.page)") { $0.int(0) }
    }

    private func kept(after last: Int64) -> SQL {
        let states = range.which == .failed ? [Delivery.Status.failed, .exhausted] : Delivery.Status.allCases
        let since = range.since ?? webhook.health.disabledAt ?? range.until
        return """
            webhook_delivery d JOIN webhook_event e ON e.event_id = d.event_id
            WHERE d.webhook_id = \(webhook.id) AND d.id > \(last) AND d.status IN \(list: states.map(\.rawValue))
                AND d.event_type <> \(Delivery.testType) AND e.created_at >= \(since)
                AND e.created_at < \(range.until)
            """
    }

    /// The next events that it takes and that there is no delivery of.
    /// - Returns: them, and behind what was looked at; nil when there is nothing more to look at.
    func missed(
        after cursor: OutboxStore.Cursor?,
        limit: Int = page
    ) throws(DatabaseError) -> (events: Set<String>, last: OutboxStore.Cursor)? {
        let headings = try OutboxStore(connection).headings(try stretch(after: cursor), limit: limit)
        guard let last = headings.last?.cursor else { return nil }
        let wanted = headings.filter { webhook.takes($0.type, subject: $0.subject) }.map(\.eventID)
        guard !wanted.isEmpty else { return ([], last) }
        let known = try connection.all(
            "SELECT event_id FROM webhook_delivery WHERE webhook_id = \(webhook.id) AND event_id IN \(list: wanted)"
        ) { row in row.text(0) }
        return (Set(wanted).subtracting(known), last)
    }

    /// The same events with what they tell.
    func entries(
        of events: Set<String>,
        after cursor: OutboxStore.Cursor?,
        limit: Int = page
    ) throws -> [OutboxStore.Entry] {
        guard !events.isEmpty else { return [] }
        return try OutboxStore(connection).entries(try stretch(after: cursor), limit: limit)
            .filter { events.contains($0.eventID) }
    }

    /// What the sender has not read yet it will send by itself, unless it happened while the endpoint was off.
    private func stretch(after cursor: OutboxStore.Cursor?) throws(DatabaseError) -> OutboxStore.Stretch {
        let read = try OutboxStore(connection).position(of: WebhookStore.consumer)?.number ?? 0
        let start = range.since == nil ? webhook.missedAfter : nil
        let through = OutboxStore.Cursor(number: max(read, webhook.toldAfter.number))
        return OutboxStore.Stretch(
            after: cursor ?? start ?? OutboxStore.Cursor(number: 0),
            through: through,
            since: range.since,
            until: range.until
        )
    }
}
