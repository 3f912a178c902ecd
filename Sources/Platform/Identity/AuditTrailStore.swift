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

    /// One page in the order of the trail.
    /// - Parameter after: the id behind which the page begins.
    package func list(
        _ filter: Filter,
        after: Int64? = nil,
        descends: Bool = true,
        limit: Int
    ) throws(DatabaseError) -> [AuditRecord] {
        let start: SQL = after.map { descends ? " AND a.id < \($0)" : " AND a.id > \($0)" } ?? ""
        let direction: SQL = descends ? "DESC" : "ASC"
        return try connection.all(
            """
            SELECT \(AuditStore.columns) FROM audit_log a WHERE \(filter.condition)\(start)
            ORDER BY a.id \(direction) LIMIT \(limit)
            """,
            AuditStore.read
        )
    }

    package func find(_ id: Int64) throws(DatabaseError) -> AuditRecord? {
        try connection.first("SELECT \(AuditStore.columns) FROM audit_log a WHERE a.id = \(id)", AuditStore.read)
    }

    /// How many rows match.
    /// - Parameter limit: counting ends there.
    package func count(_ filter: Filter, limit: Int64 = .max) throws(DatabaseError) -> Int64 {
        let some: SQL = "SELECT 1 FROM audit_log a WHERE \(filter.condition) LIMIT \(limit)"
        return try connection.first("SELECT COUNT(*) FROM (\(some)) some") { row in row.int(0) } ?? 0
    }

    /// The actions that there are, in their order.
    package func actions() throws(DatabaseError) -> [String] {
        try distinct("action")
    }

    /// The kinds of things that something was done to, in their order.
    package func entities() throws(DatabaseError) -> [String] {
        try distinct("entity")
    }

    /// Jumps along the index from one value to the next: as many steps as there are values, not as there are rows.
    private func distinct(_ column: String) throws(DatabaseError) -> [String] {
        var found: [String] = []
        while let next = try next(column, after: found.last ?? "") { found.append(next) }
        return found
    }

    private func next(_ column: String, after value: String) throws(DatabaseError) -> String? {
        try connection.first(
            "SELECT MIN(a.\(ident: column)) FROM audit_log a WHERE a.\(ident: column) > \(value)"
        ) { row in row.textOrNil(0) } ?? nil
    }

    /// How many of the newest entries of an action, and of one thing if one is named, are not older than the moment.
    /// - Parameter limit: how many are looked at.
    func count(
        of action: String,
        entityID: String?,
        since moment: Timestamp,
        limit: Int64
    ) throws(DatabaseError) -> Int64 {
        let thing: SQL = entityID.map { "AND entity_id = \($0)" } ?? ""
        return try connection.first(
            """
            SELECT COUNT(*) FROM (
                SELECT at FROM audit_log WHERE action = \(action) \(thing) ORDER BY id DESC LIMIT \(limit)
            ) newest WHERE at > \(moment)
            """
        ) { row in row.int(0) } ?? 0
    }
}
