import Support

/// All SQL that writes the audit trail and checks its chain.
///
/// Rows are only ever added, and always inside the transaction of the change that they tell of: either both are there
/// or neither. A row has the number after the last one and the last one's hash in its own, and `audit_head` notes
/// number and hash of the last, so that a row that was changed, removed (the last too), put in or moved is found.
public struct AuditStore {
    private let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// Adds an entry to the trail. Call inside the `write` of the change that it tells of.
    ///
    /// Throws kind `misuse` outside one.
    public func append(_ entry: AuditEntry, context: WriteContext) throws(DatabaseError) {
        guard connection.isWriting else {
            throw DatabaseError(.misuse, "an audit entry outside the transaction of its change: \(entry.action)")
        }
        let entry = entry.shortened
        let head = try head() ?? AuditHead(id: 0, hash: AuditRecord.noHash)
        let record = AuditRecord(
            id: head.id + 1,
            at: context.now,
            actor: context.actor.description,
            action: entry.action,
            entity: entry.entity,
            entityID: entry.entityID,
            before: entry.before?.text,
            after: entry.after?.text,
            ip: context.ip,
            requestID: context.requestID,
            previousHash: head.hash,
            hash: []
        )
        let hash = record.computedHash
        try connection.execute(
            """
            INSERT INTO audit_log (id, at, actor, action, entity, entity_id, before, after, ip, request_id,
                previous_hash, hash)
            VALUES (\(record.id), \(record.at), \(record.actor), \(record.action), \(record.entity),
                \(record.entityID), \(record.before), \(record.after), \(record.ip), \(record.requestID),
                \(record.previousHash), \(hash))
            """
        )
        let changed = try connection.execute(
            "UPDATE audit_head SET last_id = \(record.id), last_hash = \(hash) WHERE id = 1"
        )
        guard changed == 1 else { throw DatabaseError(.misuse, "the head of the audit trail is missing") }
    }

    /// Number and hash of the newest row as noted beside the trail; nil when the note is gone.
    public func head() throws(DatabaseError) -> AuditHead? {
        try connection.first("SELECT last_id, last_hash FROM audit_head WHERE id = 1") { row in
            AuditHead(id: row.int(0), hash: row.blob(1))
        }
    }

    /// The columns that `read` takes, of a table that the statement calls a.
    public static let columns: SQL = """
        a.id, a.at, a.actor, a.action, a.entity, a.entity_id, a.before, a.after, a.ip, a.request_id, a.previous_hash,
        a.hash
        """

    public static func read(_ row: borrowing Row) -> AuditRecord {
        AuditRecord(
            id: row.int(0),
            at: row.time(1),
            actor: row.text(2),
            action: row.text(3),
            entity: row.text(4),
            entityID: row.textOrNil(5),
            before: row.textOrNil(6),
            after: row.textOrNil(7),
            ip: row.textOrNil(8),
            requestID: row.textOrNil(9),
            previousHash: row.blob(10),
            hash: row.blob(11)
        )
    }

    /// Oldest first.
    func rows(after id: Int64, limit: Int) throws(DatabaseError) -> [AuditRecord] {
        try connection.all(
            "SELECT \(Self.columns) FROM audit_log a WHERE a.id > \(id) ORDER BY a.id LIMIT \(limit)",
            Self.read
        )
    }

    /// Checks the whole chain. Reads in short pieces, so it may run beside everything else.
    /// - Parameter known: number and hash of a row that were noted earlier, elsewhere: proof against an attacker who
    ///   made the whole chain anew.
    public func verify(known: AuditHead? = nil) throws -> AuditVerdict {
        var check = AuditCheck(known: known)
        while true {
            // The last piece and the head belong to one state.
            let isDone = try connection.read {
                let rows = try rows(after: check.lastID, limit: AuditCheck.piece)
                for record in rows { check.take(record) }
                guard rows.count < AuditCheck.piece else { return false }
                check.finish(head: try head())
                return true
            }
            if isDone { return check.verdict }
        }
    }
}

/// Number and hash of a row of the trail.
public struct AuditHead: Sendable, Equatable {
    public let id: Int64
    public let hash: [UInt8]

    public init(id: Int64, hash: [UInt8]) {
        self.id = id
        self.hash = hash
    }
}
