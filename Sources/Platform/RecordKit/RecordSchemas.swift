package import Money
import Records
package import Support
package import Web

/// What the API of a noun sends and takes, made from its description.
package struct RecordSchemas {
    private let noun: RecordNoun
    private let currency: Currency

    package init(_ noun: RecordNoun, _ currency: Currency) {
        self.noun = noun
        self.currency = currency
    }

    package var all: [NamedSchema] {
        let fields = noun.table.fields.map { (name: $0.name, schema: $0.storedSchema(currency)) }
        let written = noun.table.fields.map { (name: $0.name, schema: $0.writtenSchema(currency)) }
        let derived = noun.derivation.schemas.map { (name: $0.name, schema: $0.schema) }
        let whole = Self.given.prefix(1) + fields + derived + Self.given.dropFirst()
        let required = noun.table.fields.filter(\.isNeededToCreate).map(\.name)
        let readOnly = (Self.given + derived).map { (name: $0.name, schema: $0.schema.with("readOnly", true)) }
        return [
            NamedSchema(noun.schema, .object(Array(whole)).example(example)),
            NamedSchema("\(noun.schema)List", .page(of: noun.schema, example: example)),
            NamedSchema(
                "New\(noun.schema)",
                .object(written, required: required, "What is left out gets its default.").example(writtenExample)
            ),
            NamedSchema(
                "\(noun.schema)Replacement",
                .object(
                    written + readOnly,
                    required: required,
                    "All writable members: what is left out is cleared. Those given by Bodega may come along unchanged."
                ).example(writtenExample)
            ),
            NamedSchema(
                "\(noun.schema)Change",
                .object(
                    written + readOnly,
                    required: [],
                    "JSON Merge Patch (RFC 7396): what is left out stays, null clears."
                ).example(.object([changed]))
            ),
            NamedSchema("\(noun.schema)History", .page(of: "\(noun.schema)Version", example: versionExample)),
            NamedSchema("\(noun.schema)Version", version.example(versionExample)),
            NamedSchema(
                "\(noun.schema)Restore",
                .object(["version": .integer("The number of an earlier version.", 1...Int64.max)])
                    .example(["version": 1])
            ),
        ]
    }

    /// What Bodega gives a record.
    private static let given: [(name: String, schema: Schema)] = [
        ("id", .integer("Given once, never again.", 1...Int64.max)),
        ("version", .integer("Grows with each change; stands in the ETag.", 1...Int64.max)),
        ("created_at", .time()), ("updated_at", .time()),
    ]

    private var version: Schema {
        let one = noun.table.noun.one
        return Schema.object([
            "version": .integer(nil, 1...Int64.max), "at": .time(), "actor": .text("Who: user:3, token:7, job:12."),
            "by": .text("The same by name."),
            "job_id": Schema.text("The job that did it, if one did.", format: "uuid").orNull,
            "change": .choice(["create", "update", "delete", "restore"]),
            "changes": .list(
                of: .object([
                    "field": .choice(noun.table.fields.map(\.name)),
                    "before": Schema.anything.described("As the \(one) shows it."),
                    "after": Schema.anything.described("As the \(one) shows it."),
                ])
            ),
        ])
    }

    // MARK: Examples

    private var exampleRecord: StoredRecord {
        var record = noun.blank
        for (index, field) in noun.table.fields.enumerated() {
            guard let text = noun.example[field.name], case .success(let value) = field.parse(text, currency) else {
                continue
            }
            record.values[index] = value
        }
        return StoredRecord(
            id: 12,
            values: record.values,
            version: 3,
            createdAt: Timestamp(milliseconds: 1_795_239_960_000),
            updatedAt: Timestamp(milliseconds: 1_795_539_792_250)
        )
    }

    private var shown: RecordShown { RecordShown(noun, exampleRecord, isWhole: true, currency) }

    /// A record as the API shows it.
    package var example: JSON { shown.json(noun.derivation.schemas.map(\.example)) }

    private var writtenExample: JSON {
        .object(
            noun.table.fields.compactMap { field in
                noun.example[field.name] == nil ? nil : example[field.name].map { JSON.Member(field.name, $0) }
            }
        )
    }

    /// The member of the example of a change: the last one that stands in the noun's example.
    private var changed: JSON.Member {
        let field = noun.table.fields.last { noun.example[$0.name] != nil } ?? noun.table.fields[0]
        return JSON.Member(field.name, example[field.name] ?? .null)
    }

    private var versionExample: JSON {
        [
            "version": 2, "at": "2026-11-24T17:03:50.516Z", "actor": "user:1", "by": "Anna", "job_id": nil,
            "change": "update",
            "changes": [["field": .string(changed.name), "before": nil, "after": changed.value]],
        ]
    }
}
