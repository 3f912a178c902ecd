import ImportEngine
import RecordKit
import Records
import Support
import Tables
import Web

/// What the API of imports sends and takes, beside the jobs that they are.
enum ImportSchemas {
    /// - Parameter targets: what files can become.
    static func all(_ targets: ImportTargets) -> [NamedSchema] {
        uploads(targets) + plans(targets) + profiles(targets)
    }

    private static func uploads(_ targets: ImportTargets) -> [NamedSchema] {
        [
            NamedSchema("Upload", upload(targets).example(["file": .string(table), "mode": "upsert"])),
            NamedSchema("Repair", repair.example(["file": .string(corrected)])),
            NamedSchema("File", Schema.file("The bytes of the file.").example(.string(table))),
            NamedSchema(
                "FailingRows",
                .text("CSV: the failing rows behind `bodega_row` and `bodega_error`.").example(.string(failing))
            ),
            NamedSchema("RowCode", rowCode), NamedSchema("UndoPreview", undoPreview(targets)),
            NamedSchema("ImportTarget", target.example(targetExample)),
            NamedSchema(
                "ImportTargets",
                Schema.object(["items": .list(of: .ref("ImportTarget"))]).example(["items": [targetExample]])
            ),
        ]
    }

    private static func plans(_ targets: ImportTargets) -> [NamedSchema] {
        [
            NamedSchema(
                "Plan",
                Schema(["anyOf": [Schema.ref("PlanSummary").json, Schema.ref("PlanRowList").json]])
                    .example(PlanExamples.summary)
            ),
            NamedSchema("PlanSummary", planSummary.example(PlanExamples.summary)),
            NamedSchema("PlanRow", planRow(targets).example(PlanExamples.row)),
            NamedSchema("PlanRowList", .page(of: "PlanRow", example: PlanExamples.row)),
        ]
    }

    private static func profiles(_ targets: ImportTargets) -> [NamedSchema] {
        let choice = Schema.choice(targets.all.map(\.name), "What its files become; it cannot be changed.")
        let writable = writable + [(name: "target", schema: choice)]
        return [
            NamedSchema("ColumnMapping", mapping(targets)),
            NamedSchema("ImportProfile", profile(writable).example(kept)),
            NamedSchema("ImportProfileList", .page(of: "ImportProfile", example: kept)),
            NamedSchema("NewImportProfile", .object(writable, required: ["name"]).example(example)),
            NamedSchema(
                "ImportProfileChange",
                .object(
                    writable + given,
                    required: [],
                    "JSON Merge Patch (RFC 7396): what is left out stays, null clears."
                ).example(["mode": "update", "encoding": "windows-1252"])
            ),
            NamedSchema(
                "ImportProfileReplacement",
                .object(writable + given, required: ["name"], "All writable members: what is left out is cleared.")
                    .example(example)
            ),
        ]
    }

    // MARK: Uploads

    /// What the examples upload, and what came back of it.
    private static let table = "sku,name,price\nA-1,Teapot,13.00\nA-3,Bowl,1.2.3\nA-4,Jug,9.50\n"
    private static let failing =
        "bodega_row,bodega_error,sku,name,price\n2,\"price: \(ImportMessage(code: "bad_price").text)\",A-3,Bowl,1.2.3\n"
    private static let corrected = "bodega_row,sku,name,price\n2,A-3,Bowl,12.30\n"

    private static func upload(_ targets: ImportTargets) -> Schema {
        Schema.object(
            [(name: "file", schema: .file())]
                + ImportAPI.options(targets).map { ($0.name, $0.schema.described($0.description)) },
            required: ["file"],
            "One part `file`; the options may be parts or stand in the query."
        )
    }

    private static let repair = Schema.object(
        [(name: "file", schema: .file())]
            + ImportAPI.tableOptions.map { ($0.name, $0.schema.described($0.description)) },
        required: ["file"],
        "One part `file`: the failing rows, corrected."
    )

    // MARK: Profiles

    private static func mapping(_ targets: ImportTargets) -> Schema {
        Schema(
            [
                "type": "object",
                "description": .string(
                    "By column: a field's name, null for none, or an object. \(ImportAPI.synonymHelp(targets))"
                ),
                "additionalProperties": [
                    "anyOf": [
                        ["type": "null"], field(targets).json,
                        Schema.object(
                            [
                                "field": field(targets).orNull,
                                "blank": Schema.choice(ImportOptions.Blank.allCases.map(\.rawValue)).orNull,
                                "default": standard.orNull,
                            ],
                            required: []
                        ).json,
                    ]
                ],
                "propertyNames": columnName.json,
                "x-synonyms": .object(
                    targets.standard.synonyms.entries.map { entry in
                        JSON.Member(entry.target.name ?? "", .array(entry.names.map(JSON.string)))
                    }
                ),
            ]
        )
    }

    private static func field(_ targets: ImportTargets) -> Schema {
        var known: Set<String> = []
        let names = targets.all.flatMap { ImportMapping.Target.names(of: $0) }.filter { known.insert($0).inserted }
            .joined(separator: "|")
        let attribute = "attribute:\(RecordField.attributeNamePattern)"
        return .text(length: 0...(10 + CustomAttributes.maxName), pattern: "^(\(names)|\(attribute))?$")
    }

    /// No control characters, but for tabs and line breaks.
    private static let plain = #"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"#
    private static let columnName = Schema.text(length: 0...ImportMapping.maxName, pattern: plain)
    private static let standard = Schema.text(
        "What a blank cell stands for.",
        length: 0...ImportMapping.maxStandard,
        pattern: plain
    )

    private static let writable: [(name: String, schema: Schema)] = [
        ("name", .text("Unique; no number, and no built-in profile's name.", length: 1...ImportProfile.maxName)),
        ("mapping", .ref("ColumnMapping")),
        ("headers", Schema.list(of: columnName, most: 2000, "The header that it was made for.").orNull),
        (
            "delimiter",
            Schema.text(
                "As an upload takes it, kept as the character. Null: as the file shows.",
                length: 0...9,
                pattern: ImportAPI.delimiterPattern
            ).orNull
        ),
        (
            "quote",
            Schema.choice(quotes, "As an upload takes it, kept as the character. Null: as the file shows.").orNull
        ),
        ("encoding", Schema.choice(encodings, "As an upload takes it. Null: as the file shows.").orNull),
        ("mode", Schema.choice(ImportOptions.Mode.allCases.map(\.rawValue), "Null: as the upload says.").orNull),
        ("blank", Schema.choice(ImportOptions.Blank.allCases.map(\.rawValue), "Null: as the upload says.").orNull),
        (
            "identify",
            Schema.text(
                "What identifies a product, as an upload takes it. Null: as the upload says.",
                length: 0...ImportIdentity.maxText,
                pattern: plain
            ).orNull
        ),
    ]

    private static let quotes = ["double", "single", "none", "\"", "'", ""]
    private static let encodings = ImportAPI.encodings + [""]

    private static let given: [(name: String, schema: Schema)] = [
        ("id", .integer(nil, 1...Int64.max)), ("used_at", Schema.time("When an import used it last.").orNull),
        ("version", .integer(nil, 1...Int64.max)), ("created_at", .time()), ("updated_at", .time()),
    ].map { ($0.0, $0.1.with("readOnly", true)) }

    private static func profile(_ writable: [(name: String, schema: Schema)]) -> Schema {
        .object(
            Array(given.prefix(1)) + writable.filter { $0.name != "headers" }
                + [("headers", .list(of: .text(), "The header that it was made for."))] + given.dropFirst()
        )
    }

    private static let example: JSON = [
        "name": "Acme price list", "mapping": ["Art.-Nr.": "sku", "Preis": "price", "Lager": nil], "mode": "update",
    ]

    /// The example once it is kept.
    private static let kept: JSON = [
        "id": 1, "name": "Acme price list", "mapping": ["Art.-Nr.": "sku", "Preis": "price", "Lager": nil],
        "headers": [], "delimiter": nil, "quote": nil, "encoding": nil, "mode": "update", "blank": nil,
        "identify": nil, "target": "products", "used_at": nil,
        "version": 1, "created_at": "2026-11-24T17:03:50.781Z", "updated_at": "2026-11-24T17:03:50.781Z",
    ]

    // MARK: Plans and undos

    private static let rowCode = Schema.choice(ImportMessage.all.keys.sorted(), "What is wrong with a row, or odd.")

    /// What identifies a record in answers: the same members for all, and for each target those of its own names.
    private static func identity(_ targets: ImportTargets, isThere: Bool) -> [(name: String, schema: Schema)] {
        func told(_ schema: Schema) -> Schema { isThere ? schema : schema.orNull }
        var known: Set<String> = []
        let own = targets.all.flatMap { target in
            [(name: target.idName, schema: told(.integer())), (name: target.keyName, schema: told(.text()))]
        }
        let common = [
            (name: "record_id", schema: told(.integer())),
            (name: "label", schema: told(.text("What people know the record by."))),
        ]
        return common + own.filter { known.insert($0.name).inserted }
    }

    private static func planRow(_ targets: ImportTargets) -> Schema {
        let place: [(name: String, schema: Schema)] = [
            ("row", Schema.count("The record's number; null for a stored one that no record names.").orNull),
            ("line", Schema.count().orNull), ("state", .choice(PlanState.allCases.map(\.name))),
            (
                "reason",
                Schema.choice(PlanReason.allCases.compactMap(\.code) + [PlanFilter.heldBackName]).orNull
            ),
        ]
        let content: [(name: String, schema: Schema)] = [
            ("name", Schema.text().orNull),
            (
                "changes",
                .list(of: .object(["field": .text(), "before": Schema.text().orNull, "after": Schema.text().orNull]))
            ),
            (
                "errors",
                .list(
                    of: .object([
                        "column": Schema.text().orNull, "code": .ref("RowCode"), "message": .text(),
                        "value": Schema.text().orNull,
                    ])
                )
            ),
            ("warnings", .list(of: .choice(PlanWarnings.all.map(\.code)))),
        ]
        let sometimes: [(name: String, schema: Schema)] = [
            ("superseded_by", .count("The record of the same key that is applied.")),
            ("by", Schema.text("Who changed the stored record meanwhile.").orNull), ("at", Schema.time().orNull),
        ]
        return .object(
            place + identity(targets, isThere: false) + content + sometimes,
            required: (place + content).map(\.name) + ["record_id", "label"]
        )
    }

    private static let planSummary = Schema.object([
        "job_id": .text(format: "uuid"), "status": .text(), "waiting_reason": Schema.text().orNull,
        "total_rows": .count(),
        "counts": .object(PlanState.allCases.map { (name: $0.name, schema: .count()) }),
        "skipped": .object(PlanReason.allCases.compactMap { $0.code.map { (name: $0, schema: .count()) } }),
        "held_back": .count("Rows whose product was changed while the plan was looked at."),
        "guard": .list(
            of: .object([
                "kind": .choice(ImportGuard.Kind.allCases.map(\.rawValue)), "count": .count(), "rows": .count(),
                "percent": Schema.count().orNull, "limit_percent": .count(), "message": .text(),
            ]),
            "Shares of the file that are so great that a user has to confirm them."
        ),
        "samples": .list(of: .ref("PlanRow"), "Some rows of each state."),
        "ignored_columns": .list(of: .text()),
        "ignored_prices": .list(of: .text(), "Those of them that hold prices, as their names say."),
        "identify": Schema.object(
            [
                "by": .text(), "columns": .list(of: .text()),
                "proposed": .boolean("Whether it was proposed and not said: then the plan waits to be confirmed."),
                "examples": .list(of: .object(["sku": .text(), "from": .list(of: .text())])),
                "checked": Schema.object(
                    [
                        "rows": .count("Rows that were read before the import was accepted."),
                        "all": .boolean("Whether these are all rows of the file."),
                        "own": .count("Rows of them that have a SKU."),
                        "ambiguous": .count("Rows that would get the SKU of another product."),
                    ],
                    "How far the file was read for a proposal; null where it was said."
                ).orNull,
            ],
            required: ["by", "columns", "proposed", "examples"],
            "What SKUs are made of; null where they stand in the file."
        ).orNull,
        "new_brands": .object(
            ["count": .count(), "names": .list(of: .text(), "The first of them.")],
            "Brands that no product has yet."
        ),
        "warnings": .list(
            of: .object([
                "code": .choice(PlanWarnings.all.map(\.code) + ImportWarning.allCases.map(\.rawValue)),
                "column": Schema.text().orNull, "count": .count(), "message": .text(),
                "rows": .list(
                    of: .object(["row": .count(), "line": .count(), "value": Schema.text().orNull])
                ),
            ])
        ),
    ])

    private static func undoPreview(_ targets: ImportTargets) -> Schema {
        let reasons = Kept.Reason.allCases.map(\.rawValue)
        let kept: [(name: String, schema: Schema)] = [
            ("reason", .choice(reasons)), ("by", .text()), ("at", .time()),
        ]
        return Schema.object([
            "delete": .count("Records that it removes."), "restore": .count("Records that it sets back."),
            "keep": .count("Records that were changed since and stay as they are."),
            "kept": .list(
                of: .object(
                    identity(targets, isThere: true) + kept,
                    required: ["record_id", "label"] + kept.map(\.name)
                )
            ),
            "next": Schema.text("The address of the next page of kept records; null on the last one.").orNull,
        ]).example([
            "delete": 1, "restore": 1, "keep": 1,
            "kept": [
                [
                    "record_id": 12, "label": "A-1", "product_id": 12, "sku": "A-1", "reason": "edited",
                    "by": "anna@example.com", "at": "2026-11-24T17:03:50.000Z",
                ]
            ],
            "next": nil,
        ])
    }

    // MARK: Targets

    private static let target = Schema.object([
        "name": .text("As the option `target` has it."), "noun": .text("What it is called, one of them."),
        "nouns": .text("Several of them."), "key": .list(of: .text(), "What makes two records the same."),
        "columns": .list(
            of: .object([
                "name": .text(), "label": .text(), "needed": .boolean("Whether no record is made without it."),
                "synonyms": .list(of: .text(), "Other names under which files carry it."),
            ])
        ),
        "modes": .list(of: .choice(ImportOptions.Mode.allCases.map(\.rawValue))),
        "permissions": .list(of: .text(), "What it takes to import them."),
    ])

    private static let targetExample: JSON = [
        "name": "products", "noun": "product", "nouns": "products", "key": ["sku"],
        "columns": [["name": "sku", "label": "SKU", "needed": true, "synonyms": ["Article number"]]],
        "modes": ["upsert", "create", "update", "delete"], "permissions": ["run:imports"],
    ]
}
