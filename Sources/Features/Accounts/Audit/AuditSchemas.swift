import Support
import Web

/// What the API of the audit trail sends.
enum AuditSchemas {
    static let all: [NamedSchema] = [
        NamedSchema("AuditEntry", entry), NamedSchema("AuditEntryList", .page(of: "AuditEntry")),
        NamedSchema("AuditExport", .text("CSV: the entries that match, with a header.")),
    ]

    private static let hash = Schema.text("SHA-256 in hexadecimal digits.", length: 64...64, pattern: "^[0-9a-f]*$")

    private static let entry = Schema.object([
        "id": .integer(nil, 1...Int64.max), "at": .time(),
        "actor": .text("user:3, token:7, job:12, system or anonymous."), "actor_name": .text(),
        "action": .text("The noun and what was done to it, e.g. product.update."),
        "entity": .text("The kind of thing."), "entity_id": Schema.text().orNull,
        "before": Schema.anything.described("What was changed, as it was."),
        "after": Schema.anything.described("What was changed, as it is now."),
        "ip": Schema.text().orNull, "request_id": Schema.text().orNull,
        "previous_hash": hash, "hash": hash,
    ])
}
