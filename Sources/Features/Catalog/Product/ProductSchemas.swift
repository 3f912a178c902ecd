import Support
import Web

/// What the API of products sends and takes, made from the field table.
enum ProductSchemas {
    static func all(_ currency: Currency) -> [NamedSchema] {
        let fields = ProductFields.all.map { (name: $0.name, schema: $0.stored(currency)) }
        let writable = ProductFields.all.map { (name: $0.name, schema: $0.written(currency)) }
        let active = (name: "active", schema: Schema.boolean("Stands for `status`: true for active, false for draft."))
        let required = ProductFields.all.filter { $0.isRequired && $0.standard == nil }.map(\.name)
        let readOnly = given.map { (name: $0.name, schema: $0.schema.with("readOnly", true)) }
        let whole = given.prefix(1) + fields + [active] + given.dropFirst()
        return [
            NamedSchema("Amount", amount(currency)),
            NamedSchema("Product", .object(Array(whole)).example(example(currency))),
            NamedSchema("ProductList", .page(of: "Product", example: example(currency))),
            NamedSchema(
                "NewProduct",
                .object(writable + [active], required: required, "What is left out gets its default.")
                    .example(["sku": "A-1", "name": "Teapot", "price": .string(currency.text(1250))])
            ),
            NamedSchema(
                "ProductReplacement",
                .object(
                    writable + [active] + readOnly,
                    required: required,
                    "All writable members: what is left out is cleared. Those given by Bodega may come along unchanged."
                ).example(replacement(currency))
            ),
            NamedSchema(
                "ProductChange",
                .object(
                    writable + [active] + readOnly,
                    required: [],
                    "JSON Merge Patch (RFC 7396): what is left out stays, null clears."
                ).example(["price": .string(currency.text(1250))])
            ),
        ] + batches(currency) + files(currency)
    }

    // MARK: Many at once

    private static func batches(_ currency: Currency) -> [NamedSchema] {
        let sent: [JSON] = [
            ["sku": "A-1", "price": .string(currency.text(1350))],
            ["sku": "A-7", "price": .string(currency.text(400))],
        ]
        let results: [JSON] = [
            ["line": 1, "status": 200, "id": 12, "sku": "A-1", "errors": []],
            [
                "line": 2, "status": 422, "id": nil, "sku": "A-7",
                "errors": [["field": "name", "code": "required", "detail": "Name is missing: enter one."]],
            ],
        ]
        return [
            NamedSchema(
                "ProductBatch",
                .object(
                    ["items": .list(of: .ref("ProductChange"), most: ProductBulkBody.lineLimit)],
                    "Products with their `sku`: found by it and changed, or added. At most 4 MiB; more as lines."
                ).example(["items": .array(sent)])
            ),
            NamedSchema("ProductBatchResult", result.example(results[1])),
            NamedSchema(
                "ProductBatchResults",
                .object(["items": .list(of: .ref("ProductBatchResult"), "One for each, in the same order.")])
                    .example(["items": .array(results)])
            ),
            NamedSchema(
                "ProductLines",
                .text("One ProductChange with its `sku` a line; found by it, or added.").example(lines(sent))
            ),
            NamedSchema(
                "ProductLineResults",
                lines("A ProductBatchResult for each line, in the same order.", "ProductBatchResult")
                    .example(lines(results))
            ),
        ]
    }

    private static let result = Schema.object([
        "line": .integer("Which: from 1, blank lines counted.", 1...Int64.max),
        "status": Schema(["type": "integer", "enum": [200, 201, 409, 422]])
            .described("200 changed or as it was, 201 added, 409 and 422 refused."),
        "id": Schema.integer("The product.", 1...Int64.max).orNull, "sku": Schema.text().orNull,
        "errors": .list(of: .ref("Fault"), "What is wrong; empty unless it was refused."),
    ])

    private static func files(_ currency: Currency) -> [NamedSchema] {
        let row = "A-1,Teapot,Acme,,\(currency.text(1250)),,4006381333931,active,\"{\"\"Colour\"\":\"\"blue\"\"}\","
        return [
            NamedSchema(
                "ProductExport",
                .text("The products as a file: a row for each, under a header. Importing it changes nothing.")
                    .example(.string("\(ProductCSV.header.joined(separator: ","))\r\n\(row)\r\n"))
            ),
            NamedSchema(
                "ProductExportLines",
                lines("A Product a line.", "Product").example(lines([example(currency)]))
            ),
        ]
    }

    private static func lines(_ values: [JSON]) -> JSON { .string(values.map { "\($0.text)\n" }.joined()) }

    /// JSON objects line by line, which a document of this version can only call a text; one line alone is JSON, too.
    private static func lines(_ description: String, _ line: String) -> Schema {
        Schema(["anyOf": [Schema.text().json, Schema.ref(line).json]]).described(description)
    }

    // MARK: Single ones

    /// What Bodega gives a product.
    private static let given: [(name: String, schema: Schema)] = [
        ("id", .integer("Given once, never again.", 1...Int64.max)),
        ("version", .integer("Grows with each change; stands in the ETag.", 1...Int64.max)),
        ("created_at", .time()), ("updated_at", .time()),
    ]

    /// An amount as a query or a body writes it.
    private static func amount(_ currency: Currency) -> Schema {
        .text(
            "A decimal in \(currency.code) with at most \(currency.exponent) decimals, never rounded.",
            length: 1...16,
            pattern: "^\(amountPattern(currency))$"
        ).example(.string(currency.text(1250)))
    }

    fileprivate static func amountPattern(_ currency: Currency) -> String {
        guard currency.exponent > 0 else { return "[0-9]{1,15}" }
        return "[0-9]{1,\(15 - currency.exponent)}(\\.[0-9]{1,\(currency.exponent)})?"
    }

    /// What a client that has read the example sends back with another price and without its brand.
    private static func replacement(_ currency: Currency) -> JSON {
        let members = (example(currency).members ?? []).filter { $0.name != "brand" }
        return .object(
            members.map { $0.name == "price" ? JSON.Member("price", .string(currency.text(1350))) : $0 }
        )
    }

    private static func example(_ currency: Currency) -> JSON {
        [
            "id": 12, "sku": "A-1", "name": "Teapot", "brand": "Acme", "description": nil,
            "price": .string(currency.text(1250)), "compare_at_price": nil, "upc": "4006381333931",
            "status": "active", "custom_attributes": ["Colour": "blue"], "active": true, "version": 3,
            "created_at": "2026-11-21T05:46:00.000Z", "updated_at": "2026-11-24T17:03:12.250Z",
        ]
    }
}

extension ProductField {
    /// The value as the API shows it.
    fileprivate func stored(_ currency: Currency) -> Schema {
        let schema: Schema
        switch kind {
        case .text(let max, _): schema = .text(label, length: 0...max)
        case .gtin: schema = .text(label, length: 0...Self.gtinLimit)
        case .choice(let words): schema = .choice(words, label)
        case .attributes: schema = .map(of: .text(), most: CustomAttributes.maxCount, label)
        case .money:
            let decimals = currency.exponent == 0 ? "" : "\\.[0-9]{\(currency.exponent)}"
            schema = .text("\(label) in \(currency.code)", pattern: "^[0-9]+\(decimals)$")
        }
        return isRequired ? schema : schema.orNull
    }

    /// The value as a client may write it. White space at the ends of a single line is taken away.
    fileprivate func written(_ currency: Currency) -> Schema {
        switch kind {
        case .text(let max, let multiline): optional(.text(label, length: least...max, pattern: pattern(multiline)))
        case .gtin: optional(.text(label, length: 0...Self.gtinLimit, pattern: pattern(false)))
        case .choice(let words): Schema.choice(words, label)
        case .attributes:
            optional(
                .map(
                    of: Schema.text(length: 0...CustomAttributes.maxBytes, pattern: Self.multilinePattern).orNull,
                    names: .text(length: 1...CustomAttributes.maxName, pattern: Self.namePattern),
                    most: CustomAttributes.maxCount,
                    "\(label): texts by name, \(CustomAttributes.maxBytes >> 10) KiB together; null takes one away"
                )
            )
        case .money:
            // Not one type of several, and no constant for the blank: generators make of these what takes no amount.
            Schema([
                "description": .string("\(label) in \(currency.code): a decimal in a string, or a number"),
                "anyOf": [
                    Schema.text(
                        "Blank and null clear it.",
                        length: 0...16,
                        pattern: "^(\(ProductSchemas.amountPattern(currency)))?$"
                    ).orNull.json, ["type": "number", "minimum": 0],
                ],
            ])
        }
    }

    private var least: Int { isRequired ? 1 : 0 }

    private func optional(_ schema: Schema) -> Schema { isRequired ? schema : schema.orNull }

    /// Control characters are refused, but for the white space that is taken away at the ends.
    private func pattern(_ multiline: Bool) -> String {
        if multiline { return Self.multilinePattern }
        let control = name == "sku" ? #"\u0000-\u001f\u007f-\u009f"# : #"\u0000-\u001f\u007f"#
        let space = #"[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"#
        let mark = isRequired ? #"[^\#(control) \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"# : ""
        return "^\(space)*\(mark)[^\(control)]*\(space)*$"
    }

    private static let multilinePattern = #"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"#

    /// No control characters, and no white space at the ends.
    private static let namePattern = "^\(attributeNamePattern)$"

    /// The name of a custom attribute, to be put together with more.
    static let attributeNamePattern: String = {
        let outer = #"[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"#
        return "\(outer)(" + #"[^\u0000-\u001f\u007f-\u009f]*"# + "\(outer))?"
    }()
}
