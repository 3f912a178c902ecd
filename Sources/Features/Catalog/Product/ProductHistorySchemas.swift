import Support
import Web

/// What the API of a product's history sends and takes.
enum ProductHistorySchemas {
    static let all: [NamedSchema] = [
        NamedSchema("ProductHistory", .page(of: "ProductVersion", example: example)),
        NamedSchema("ProductVersion", version.example(example)),
        NamedSchema(
            "ProductRestore",
            .object(["version": .integer("The number of an earlier version.", 1...Int64.max)])
                .example(["version": 2])
        ),
    ]

    private static let example: JSON = [
        "version": 2, "at": "2026-11-24T17:03:50.516Z", "actor": "job:2", "by": "Import",
        "job_id": "01a2275d-865d-7f50-b865-485a45c5a559", "change": "update",
        "changes": [["field": "price", "before": "12.50", "after": "13.00"]],
    ]

    private static let change = Schema.object([
        "field": Schema([
            "anyOf": [
                Schema.choice(ProductFields.all.map(\.name) + [ImagesChange.name]).json,
                Schema.text(pattern: "^metafield:[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$").json,
            ]
        ]),
        "before": Schema.anything.described("As the product shows it."),
        "after": Schema.anything.described("As the product shows it."),
    ])

    private static let version = Schema.object([
        "version": .integer(nil, 1...Int64.max), "at": .time(), "actor": .text("Who: user:3, token:7, job:12."),
        "by": .text("The same by name."),
        "job_id": Schema.text("The job that did it, if one did.", format: "uuid").orNull,
        "change": .choice(["create", "update", "delete", "restore"]),
        "changes": .list(of: change),
    ])
}
