import Support
import Web

/// What the API of the audit trail sends.
enum AuditSchemas {
    static let all: [NamedSchema] = [
        NamedSchema("AuditEntry", entry.example(AuditExamples.entry)),
        NamedSchema("AuditEntryList", .page(of: "AuditEntry", example: AuditExamples.entry)),
        NamedSchema(
            "AuditExport",
            .text("CSV: the entries that match, with a header.")
                .example(
                    """
                    id,at,actor,action,entity,entity_id,before,after,ip,request_id,previous_hash,hash\r
                    12,2026-11-24T17:03:50.319Z,user:1,session.begin,user,1,,"{""session"":1}",127.0.0.1,\
                    64cd12b46ba0c1ee2f23b9c79281f317,\
                    19c3b48198574cff6e705071f387e08633ffc601f0c69dab4ec663d99c829f2f,\
                    fce0f54eea24e9392ba3e9b8436cef82254d97e6a1a6c0a15fd3bf5072c53c77\r

                    """
                )
        ),
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
