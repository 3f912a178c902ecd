import Support

/// An entry of the audit trail as a server gave it.
enum AuditExamples {
    /// The upload of a file.
    static let entry: JSON = [
        "id": 5, "at": "2026-11-24T17:03:50.535Z", "actor": "user:1", "actor_name": "admin@localhost",
        "action": "job.create", "entity": "job", "entity_id": "01a2275d-86e7-71b3-a669-21f29cbd2535", "before": nil,
        "after": [
            "kind": "product_import", "name": "Import of products.csv", "filename": "products.csv",
            "file_hash": "d54d4132db35972bbf13f6924c439ee6a8ebcdc09ca292e55e035268705c4609",
            "options": [
                "mode": "upsert", "blank": "keep", "duplicates": "last", "on_error": "skip", "missing": "keep",
                "review": true, "guard": true, "mapping": .object([]), "profile": nil,
            ],
        ], "ip": "127.0.0.1", "request_id": "5671ba3510f05f4f563e6bd64abea1a9",
        "previous_hash": "5206ed97e623c5cd584c185d90cd9d720d29acb92e4ec5ef6f16a54e8e4fc754",
        "hash": "71a488a166f228e081df7a2e63b2dae365fe1bb2612828d582869a0005cac4b9",
    ]
}
