import Money
import RecordKit
import Records
import Support
import Web

/// What the API of categories sends and takes, made from the field table.
enum CategorySchemas {
    static let all: [NamedSchema] = [
        NamedSchema("Category", .object(record).example(example)),
        NamedSchema(
            "CategoryList",
            .object(
                [
                    "items": .list(of: .ref("CategoryListed"), most: 1000),
                    "next": .text("The address of the next page; null on the last one.").orNull,
                    "total": .count("How many match, with `include=total`."),
                ],
                required: ["items", "next"]
            ).example(["items": [example], "next": nil])
        ),
        NamedSchema(
            "CategoryListed",
            .object(
                record + [
                    ("children", .count("Directly below it, with `counts=1`.")),
                    ("products", .count("Its own, with `counts=1`.")),
                    ("products_below", .count("Its own and those of the categories below it, with `counts=1`.")),
                ],
                required: record.map(\.name)
            ).example(example)
        ),
        NamedSchema(
            "NewCategory",
            .object(
                writable + [("parent_id", Schema.integer("Left out or null: the top.", 1...Int64.max).orNull)],
                required: ["name"],
                "What is left out gets its default; the slug is made of the name."
            ).example(["name": "Douro", "parent_id": 7])
        ),
        NamedSchema(
            "CategoryChange",
            .object(writable + given, required: [], "JSON Merge Patch (RFC 7396): what is left out stays, null clears.")
                .example(["name": "Douro valley"])
        ),
        NamedSchema(
            "CategoryReplacement",
            .object(
                writable + given,
                required: ["name"],
                "All writable members: what is left out is cleared; the slug is made of the name."
            ).example(["name": "Douro valley", "slug": "douro", "is_active": true])
        ),
        NamedSchema("CategoryMove", move.example(["parent_id": 7, "before": 12])),
        NamedSchema(
            "CategoryMerge",
            .object(["into": .integer("The category that stays.", 1...Int64.max)]).example(["into": 12])
        ),
        NamedSchema(
            "CategoryRestore",
            .object(["version": .integer("The number of an earlier version.", 1...Int64.max)]).example(["version": 1])
        ),
        NamedSchema("CategoryHistory", .page(of: "CategoryVersion", example: versionExample)),
        NamedSchema("CategoryVersion", version.example(versionExample)),
    ]

    private static let move = Schema.object(
        [
            "parent_id": Schema.integer(
                "Its new parent; null for the top. Left out: that of the sibling, or the one that it has.",
                1...Int64.max
            ).orNull,
            "before": Schema.integer("The sibling that it goes before.", 1...Int64.max).orNull,
            "after": Schema.integer(
                "The sibling that it goes behind. Without either it goes to the end.",
                1...Int64.max
            )
            .orNull,
        ],
        required: []
    )

    private static let writable = CategoryFields.writable.map { field in
        let schema = field.record.writtenSchema(.euro)
        return (
            name: field.name,
            // Left to Bodega where it is null.
            schema: field.name == "slug" ? Schema.text(field.label, length: 1...CategorySlug.maxLength) : schema
        )
    }

    private static let derived: [(name: String, schema: Schema)] = [
        ("level", .integer("1 at the top; follows its ancestors without a new version.", 1...30)),
        ("path", .text("The ids from the top down; follows its ancestors without a new version.")),
        ("full_name", Schema.text("The names from the top down; follow without a new version.").orNull),
        ("slug_path", Schema.text("The slugs from the top down; follow without a new version.").orNull),
        ("version", .integer("Grows with each change; stands in the ETag.", 1...Int64.max)),
        ("created_at", .time()), ("updated_at", .time()),
    ]

    private static let id = (name: "id", schema: Schema.integer("Given once, never again.", 1...Int64.max))

    private static let record: [(name: String, schema: Schema)] =
        [id] + CategoryFields.all.map { ($0.name, $0.record.storedSchema(.euro)) } + derived

    /// What Bodega gives, or a move changes: it may be sent back as it is.
    private static let given: [(name: String, schema: Schema)] =
        ([id] + CategoryFields.all.filter { !$0.isWritable }.map { ($0.name, $0.record.storedSchema(.euro)) } + derived)
        .map { ($0.name, $0.schema.with("readOnly", true)) }

    private static let version = Schema.object([
        "version": .integer(nil, 1...Int64.max), "at": .time(), "actor": .text("Who: user:3, token:7, job:12."),
        "by": .text("The same by name."), "change": .choice(["create", "update", "delete", "restore"]),
        "changes": .list(
            of: .object([
                "field": .choice(CategoryFields.all.map(\.name)),
                "before": Schema.anything.described("As the category shows it."),
                "after": Schema.anything.described("As the category shows it."),
            ])
        ),
    ])

    private static let example: JSON = [
        "id": 42, "name": "Douro", "slug": "douro", "description": nil, "parent_id": 7, "sort_order": 4_294_967_296,
        "is_active": true, "shopify_collection_id": nil, "shopify_handle": nil, "shopify_synced_at": nil,
        "meta_data": nil, "level": 3, "path": "/1/7/42/", "full_name": "Wine > Red wine > Douro",
        "slug_path": "wine/red-wine/douro", "version": 1, "created_at": "2026-11-24T17:03:50.516Z",
        "updated_at": "2026-11-24T17:03:50.516Z",
    ]

    private static let versionExample: JSON = [
        "version": 2, "at": "2026-11-24T17:03:50.516Z", "actor": "user:1", "by": "Anna", "change": "update",
        "changes": [["field": "name", "before": "Duoro", "after": "Douro"]],
    ]
}
