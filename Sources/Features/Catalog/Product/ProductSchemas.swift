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
            NamedSchema("ProductList", .page(of: "Product")),
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
                )
            ),
            NamedSchema(
                "ProductChange",
                .object(
                    writable + [active] + readOnly,
                    required: [],
                    "JSON Merge Patch (RFC 7396): what is left out stays, null clears."
                ).example(["price": .string(currency.text(1250))])
            ),
            NamedSchema("ProductLines", .text("One ProductChange with its `sku` a line; found by it, or added.")),
            NamedSchema("ProductLineResults", lines("A line for each line: line, status, id, sku, errors.", .anything)),
            NamedSchema("ProductExport", .text("The products as a file.")),
            NamedSchema("ProductExportLines", lines("A Product a line.", .ref("Product"))),
        ]
    }

    /// JSON objects line by line, which a document of this version can only call a text; one line alone is JSON, too.
    private static func lines(_ description: String, _ line: Schema) -> Schema {
        Schema(["anyOf": [Schema.text().json, line.json]]).described(description)
    }

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
            pattern: currency.exponent == 0
                ? "^[0-9]{1,15}$" : "^[0-9]{1,\(15 - currency.exponent)}(\\.[0-9]{1,\(currency.exponent)})?$"
        ).example(.string(currency.text(1250)))
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
            Schema([
                "description": .string("\(label) in \(currency.code): a decimal in a string, or a number"),
                "anyOf": [
                    Schema.ref("Amount").json, ["type": "number", "minimum": 0], ["type": "null"],
                    ["const": ""],
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
