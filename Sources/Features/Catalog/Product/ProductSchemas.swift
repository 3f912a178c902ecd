import Money
import RecordKit
import Records
import Support
import Web

/// What the API of products sends and takes, made from the field table.
enum ProductSchemas {
    static func all(_ currency: Currency) -> [NamedSchema] {
        let fields = ProductFields.all.map { (name: $0.name, schema: $0.record.storedSchema(currency)) }
        let writable = ProductFields.all.map { (name: $0.name, schema: $0.record.writtenSchema(currency)) }
        let active = (name: "active", schema: Schema.boolean("Stands for `status`: true for active, false for draft."))
        let required = ProductFields.all.filter { $0.record.isNeededToCreate }.map(\.name)
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
        "status": Schema(["type": "integer", "enum": [200, 201, 409, 422, 503, 507]])
            .described(
                """
                200 changed or as it was, 201 added, 409 and 422 refused; 503 and 507 not written, because other \
                requests held the database or its disk was full when the lines before were there already.
                """
            ),
        "id": Schema.integer("The product.", 1...Int64.max).orNull, "sku": Schema.text().orNull,
        "errors": .list(of: .ref("Fault"), "What is wrong; empty unless it was refused."),
    ])

    private static func files(_ currency: Currency) -> [NamedSchema] {
        let row = "A-1,Teapot,Acme,,\(currency.text(1250)),,4006381333931,active,\"{\"\"Colour\"\":\"\"blue\"\"}\""
        let rest = ProductFields.all.dropFirst(9).map { exampleTexts[$0.name] ?? "" } + [""]
        return [
            NamedSchema(
                "ProductExport",
                .text("The products as a file: a row for each, under a header. Importing it changes nothing.")
                    .example(
                        .string(
                            "\(ProductCSV.header.joined(separator: ","))\r\n\(row),\(rest.joined(separator: ","))\r\n"
                        )
                    )
            ),
            NamedSchema(
                "ProductExportSheet",
                .file(
                    """
                    A workbook (.xlsx): amounts are numbers, all else is text cells. A text of more than 32,767 \
                    characters, which no cell may hold, is left out.
                    """
                ).example("PK…")
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
        ("synced_at", Schema.time("When a shop had it last: as it is where this is not before `updated_at`.").orNull),
    ]

    /// An amount as a query or a body writes it.
    private static func amount(_ currency: Currency) -> Schema {
        .text(
            "A decimal in \(currency.code) with at most \(currency.exponent) decimals, never rounded.",
            length: 1...16,
            pattern: "^\(AmountPattern.written(currency.exponent))$"
        ).example(.string(currency.text(1250)))
    }

    /// What a client that has read the example sends back with another price and without its brand.
    private static func replacement(_ currency: Currency) -> JSON {
        let members = (example(currency).members ?? []).filter { $0.name != "brand" }
        return .object(
            members.map { $0.name == "price" ? JSON.Member("price", .string(currency.text(1350))) : $0 }
        )
    }

    private static func example(_ currency: Currency) -> JSON {
        var product = Product(sku: "A-1", name: "Teapot")
        product.id = 12
        (product.brand, product.price, product.upc) = ("Acme", 1250, "4006381333931")
        product.customAttributes = #"{"Colour":"blue"}"#
        for (name, text) in exampleTexts {
            guard let field = ProductFields.named(name), case .success(let value) = field.parse(text, currency) else {
                continue
            }
            field.write(&product, value)
        }
        product.categoryID = 7
        product.version = 3
        product.createdAt = Timestamp(milliseconds: 1_795_239_960_000)
        product.updatedAt = Timestamp(milliseconds: 1_795_539_792_250)
        return product.json(currency)
    }

    private static let exampleTexts = [
        "manufacturer": "Acme Ceramics", "manufacturer_part_number": "TP-450", "weight": "0.45", "weight_unit": "kg",
        "inventory_quantity": "12", "inventory_tracked": "true", "seo_handle": "teapot-blue", "group_key": "teapot",
        "option_1_name": "Colour", "option_1_value": "Blue", "category_id": "Kitchen > Tea",
    ]
}
