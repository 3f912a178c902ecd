/// The tables of the audit trail.
public enum AuditSchema {
    public static let migrations: [Migration] = [
        Migration(
            "2026-11-25-01 audit: trail",
            up: [log, byEntity, byActor, byAction, byTime, byRequest, head, begin],
            down: ["DROP TABLE audit_head", "DROP TABLE audit_log"]
        )
    ]

    // The ids are given by `AuditStore`, one after the other; an identity is never given twice.
    private static let log: SQL = """
        CREATE TABLE audit_log (
            id \(.identity),
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            entity TEXT NOT NULL,
            entity_id TEXT,
            before TEXT,
            after TEXT,
            ip TEXT,
            request_id TEXT,
            previous_hash \(.bytes) NOT NULL,
            hash \(.bytes) NOT NULL
        ) \(.strict)
        """

    private static let byEntity: SQL = "CREATE INDEX audit_log_by_entity ON audit_log (entity, entity_id, id)"
    private static let byActor: SQL = "CREATE INDEX audit_log_by_actor ON audit_log (actor, id)"
    private static let byAction: SQL = "CREATE INDEX audit_log_by_action ON audit_log (action, id)"
    private static let byTime: SQL = "CREATE INDEX audit_log_by_time ON audit_log (at)"
    private static let byRequest: SQL = "CREATE INDEX audit_log_by_request ON audit_log (request_id)"

    private static let head: SQL = """
        CREATE TABLE audit_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            last_id INTEGER NOT NULL,
            last_hash \(.bytes) NOT NULL
        ) \(.strict)
        """

    private static let begin: SQL =
        "INSERT INTO audit_head (id, last_id, last_hash) VALUES (1, 0, \(AuditRecord.noHash))"
}
