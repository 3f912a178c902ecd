import Support
import Tables
import Web

/// What the API of imports sends and takes, beside the jobs that they are.
enum ImportSchemas {
    static let all: [NamedSchema] = [
        NamedSchema("Upload", upload.example(["file": .string(table), "mode": "upsert"])),
        NamedSchema("Repair", repair.example(["file": .string(corrected)])),
        NamedSchema("File", Schema.file("The bytes of the file.").example(.string(table))),
        NamedSchema(
            "FailingRows",
            .text("CSV: the failing rows behind `bodega_row` and `bodega_error`.").example(.string(failing))
        ),
        NamedSchema("RowCode", rowCode), NamedSchema("UndoPreview", undoPreview),
        NamedSchema(
            "Plan",
            Schema(["anyOf": [Schema.ref("PlanSummary").json, Schema.ref("PlanRowList").json]])
                .example(PlanExamples.summary)
        ),
        NamedSchema("PlanSummary", planSummary.example(PlanExamples.summary)),
        NamedSchema("PlanRow", planRow.example(PlanExamples.row)),
        NamedSchema("PlanRowList", .page(of: "PlanRow", example: PlanExamples.row)),
        NamedSchema("ColumnMapping", mapping),
        NamedSchema("ImportProfile", profile.example(kept)),
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

    // MARK: Uploads

    /// What the examples upload, and what came back of it.
    private static let table = "sku,name,price\nA-1,Teapot,13.00\nA-3,Bowl,1.2.3\nA-4,Jug,9.50\n"
    private static let failing =
        "bodega_row,bodega_error,sku,name,price\n2,\"price: \(ImportMessage(code: "bad_price").text)\",A-3,Bowl,1.2.3\n"
    private static let corrected = "bodega_row,sku,name,price\n2,A-3,Bowl,12.30\n"

    private static let upload = Schema.object(
        [(name: "file", schema: .file())] + ImportAPI.options.map { ($0.name, $0.schema.described($0.description)) },
        required: ["file"],
        "One part `file`; the options may be parts or stand in the query."
    )

    private static let repair = Schema.object(
        [(name: "file", schema: .file())]
            + ImportAPI.tableOptions.map { ($0.name, $0.schema.described($0.description)) },
        required: ["file"],
        "One part `file`: the failing rows, corrected."
    )

    // MARK: Profiles

    private static let mapping = Schema(
        [
            "type": "object",
            "description": .string(
                "By column of the file: a field's name, null for none, or an object. \(ImportAPI.synonymHelp)"
            ),
            "additionalProperties": [
                "anyOf": [
                    ["type": "null"], target.json,
                    Schema.object(
                        [
                            "field": target.orNull,
                            "blank": Schema.choice(ImportOptions.Blank.allCases.map(\.rawValue)).orNull,
                            "default": standard.orNull,
                        ],
                        required: []
                    ).json,
                ]
            ],
            "propertyNames": columnName.json,
            "x-synonyms": .object(
                HeaderSynonyms.all.map { entry in
                    JSON.Member(entry.target.name ?? "", .array(entry.names.map(JSON.string)))
                }
            ),
        ]
    )

    private static let target: Schema = {
        let names = ImportMapping.Target.names.joined(separator: "|")
        let attribute = "attribute:\(ProductField.attributeNamePattern)"
        return .text(length: 0...(10 + CustomAttributes.maxName), pattern: "^(\(names)|\(attribute))?$")
    }()

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
    ]

    private static let quotes = ["double", "single", "none", "\"", "'", ""]
    private static let encodings = TextEncoding.allCases.map(\.rawValue) + [""]

    private static let given: [(name: String, schema: Schema)] = [
        ("id", .integer(nil, 1...Int64.max)), ("used_at", Schema.time("When an import used it last.").orNull),
        ("version", .integer(nil, 1...Int64.max)), ("created_at", .time()), ("updated_at", .time()),
    ].map { ($0.0, $0.1.with("readOnly", true)) }

    private static let profile = Schema.object(
        Array(given.prefix(1)) + writable.filter { $0.name != "headers" }
            + [("headers", .list(of: .text(), "The header that it was made for."))] + given.dropFirst()
    )

    private static let example: JSON = [
        "name": "Acme price list", "mapping": ["Art.-Nr.": "sku", "Preis": "price", "Lager": nil], "mode": "update",
    ]

    /// The example once it is kept.
    private static let kept: JSON = [
        "id": 1, "name": "Acme price list", "mapping": ["Art.-Nr.": "sku", "Preis": "price", "Lager": nil],
        "headers": [], "delimiter": nil, "quote": nil, "encoding": nil, "mode": "update", "blank": nil, "used_at": nil,
        "version": 1, "created_at": "2026-11-24T17:03:50.781Z", "updated_at": "2026-11-24T17:03:50.781Z",
    ]

    // MARK: Plans and undos

    private static let rowCode = Schema.choice(ImportMessage.all.keys.sorted(), "What is wrong with a row, or odd.")

    private static let planRow = Schema.object(
        [
            "row": Schema.count("The record's number; null for a product that no record names.").orNull,
            "line": Schema.count().orNull,
            "state": .choice(PlanState.allCases.map(\.name)),
            "reason": .choice(PlanReason.allCases.compactMap(\.code) + [PlanFilter.heldBackName]).orNull,
            "sku": Schema.text().orNull, "name": Schema.text().orNull,
            "product_id": Schema.integer().orNull,
            "changes": .list(
                of: .object(["field": .text(), "before": Schema.text().orNull, "after": Schema.text().orNull])
            ),
            "errors": .list(
                of: .object([
                    "column": Schema.text().orNull, "code": .ref("RowCode"), "message": .text(),
                    "value": Schema.text().orNull,
                ])
            ),
            "warnings": .list(of: .choice(PlanWarnings.all.map(\.code))),
            "superseded_by": .count("The record of the same SKU that is applied."),
            "by": Schema.text("Who changed the product meanwhile.").orNull, "at": Schema.time().orNull,
        ],
        required: [
            "row", "line", "state", "reason", "sku", "name", "product_id", "changes", "errors", "warnings",
        ]
    )

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
            "Shares of the file that are so great that somebody has to confirm them."
        ),
        "samples": .list(of: .ref("PlanRow"), "Some rows of each state."),
        "ignored_columns": .list(of: .text()),
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

    private static let undoPreview = Schema.object([
        "delete": .count("Products that it removes."), "restore": .count("Products that it sets back."),
        "keep": .count("Products that were changed since and stay as they are."),
        "kept": .list(
            of: .object([
                "product_id": .integer(), "sku": .text(), "reason": .choice(Kept.Reason.allCases.map(\.rawValue)),
                "by": .text(), "at": .time(),
            ])
        ),
        "next": Schema.text("The address of the next page of kept products; null on the last one.").orNull,
    ]).example([
        "delete": 1, "restore": 1, "keep": 1,
        "kept": [
            [
                "product_id": 12, "sku": "A-1", "reason": "edited", "by": "anna@example.com",
                "at": "2026-11-24T17:03:50.000Z",
            ]
        ],
        "next": nil,
    ])
}
