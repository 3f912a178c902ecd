package import Database
package import Support

/// All SQL that reads the audit trail for people; `AuditStore` (Kit/Database) writes and checks it.
package struct AuditTrailStore {
    private let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// Which rows are wanted. What is nil does not matter.
    package struct Filter: Sendable, Equatable {
        /// As stored: `user:3`, `token:7`, `system`.
        package var actor: String?
        /// `product.update`, or `product.*` for all of a noun.
        package var action: String?
        package var entity: String?
        package var entityID: String?
        package var requestID: String?
        package var ip: String?
        /// Inclusive.
        package var since: Timestamp?
        /// Exclusive.
        package var until: Timestamp?

        package init() {}

        var condition: SQL {
            var parts: [SQL] = ["1 = 1"]
            if let actor { parts.append("a.actor = \(actor)") }
            if let action {
                if action.hasSuffix(".*") {
                    // '.' and '/' are neighbours: everything that begins with the noun and a dot.
                    let noun = String(action.dropLast(2))
                    parts.append("a.action >= \("\(noun).") AND a.action < \("\(noun)/")")
                } else {
                    parts.append("a.action = \(action)")
                }
            }
            if let entity { parts.append("a.entity = \(entity)") }
            if let entityID { parts.append("a.entity_id = \(entityID)") }
            if let requestID { parts.append("a.request_id = \(requestID)") }
            if let ip { parts.append("a.ip = \(ip)") }
            if let since { parts.append("a.at >= \(since)") }
            if let until { parts.append("a.at < \(until)") }
            return parts.joined(separator: " AND ")
        }
    }

    private static let entries = EntryStore("audit_log", "a", columns: AuditStore.columns, AuditStore.read)

    /// One page in the order of the trail.
    /// - Parameter after: the id behind which the page begins.
    package func list(
        _ filter: Filter,
        after: Int64? = nil,
        descends: Bool = true,
        limit: Int
    ) throws(DatabaseError) -> [AuditRecord] {
        try Self.entries.list(connection, where: filter.condition, after: after, descends: descends, limit: limit)
    }

    package func find(_ id: Int64) throws(DatabaseError) -> AuditRecord? { try Self.entries.find(connection, id) }

    /// How many rows match.
    /// - Parameter limit: counting ends there.
    package func count(_ filter: Filter, limit: Int64 = .max) throws(DatabaseError) -> Int64 {
        try Self.entries.count(connection, where: filter.condition, limit: limit)
    }

    /// The actions that there are, in their order.
    package func actions() throws(DatabaseError) -> [String] { try Self.entries.distinct(connection, "action") }

    /// The kinds of things that something was done to, in their order.
    package func entities() throws(DatabaseError) -> [String] { try Self.entries.distinct(connection, "entity") }

    /// Those of the newest entries of an action, and of one user or token if one is named, that are not older than the
    /// moment; newest first.
    /// - Parameter limit: how many are looked at.
    func newest(
        of action: String,
        thing: (entity: String, id: Int64)?,
        since moment: Timestamp,
        limit: Int
    ) throws(DatabaseError) -> [AuditRecord] {
        var filter = Filter()
        filter.action = action
        filter.entity = thing?.entity
        filter.entityID = thing.map { String($0.id) }
        return try list(filter, limit: limit).filter { $0.at > moment }
    }
}
