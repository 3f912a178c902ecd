import Support
import Web

/// What the API of metafields sends and takes.
enum MetafieldSchemas {
    static let all: [NamedSchema] = [
        NamedSchema("MetafieldDefinition", .object([id] + naming + writable + given).example(definition)),
        NamedSchema("MetafieldDefinitionList", .page(of: "MetafieldDefinition", example: definition)),
        NamedSchema(
            "NewMetafieldDefinition",
            .object(naming + writable, required: ["namespace", "key", "name", "type"]).example([
                "namespace": "custom", "key": "net_weight", "name": "Net weight", "type": "weight",
                "validations": ["max": "50 kg"],
            ])
        ),
        NamedSchema(
            "MetafieldDefinitionChange",
            .object(writable + fixed, required: [], "JSON Merge Patch (RFC 7396): what is left out stays, null clears.")
                .example(["name": "Net weight", "validations": ["max": "60 kg"]])
        ),
        NamedSchema(
            "MetafieldDefinitionReplacement",
            .object(writable + fixed, required: ["name"], "All writable members: what is left out gets its default.")
                .example(["name": "Net weight", "display_order": 2])
        ),
        NamedSchema("ProductMetafield", .object(metafield).example(example)),
        NamedSchema("ProductMetafieldList", .page(of: "ProductMetafield", example: example)),
        NamedSchema(
            "ProductMetafieldReplacement",
            .object(
                [
                    ("value", value),
                    ("type", Schema.choice(types, "Needed only where no definition says it.").orNull),
                ]
                    + metafield.filter { !["value", "type"].contains($0.name) }
                    .map { ($0.name, $0.schema.with("readOnly", true)) },
                required: ["value"]
            ).example(["value": "2.5 kg"])
        ),
    ]

    private static let types = MetafieldType.all.map(\.name)

    private static let id = (name: "id", schema: Schema.integer(nil, 1...Int64.max))

    private static let namePattern = "^[A-Za-z0-9_-]+$"

    private static let naming: [(name: String, schema: Schema)] = [
        ("namespace", .text(length: 1...MetafieldName.mostNamespace, pattern: namePattern)),
        ("key", .text(length: 1...MetafieldName.mostKey, pattern: namePattern)),
        ("type", .choice(types, "Fixed when the definition is made.")),
    ]

    private static let writable: [(name: String, schema: Schema)] = [
        ("name", .text("As people read it.", length: 1...MetafieldDefinition.mostTitle)),
        ("description", Schema.text(length: 0...MetafieldDefinition.mostDescription).orNull),
        ("validations", validations),
        ("display_order", .integer("Its place among the others, the least first.", MetafieldDefinition.orders)),
        ("is_visible", .boolean("Whether it stands on the pages of products.")),
    ]

    private static let given: [(name: String, schema: Schema)] = [
        ("version", .integer("Grows with each change; stands in the ETag.", 1...Int64.max)),
        ("created_at", .time()), ("updated_at", .time()),
    ]

    private static let fixed = ([id] + naming + given).map { ($0.name, $0.schema.with("readOnly", true)) }

    /// Characters of a text that says a value: no type takes more.
    private static let mostCharacters: JSON = .int(65_535)
    private static let end = Schema(["type": ["string", "number", "object", "null"], "maxLength": mostCharacters])
    private static let count = Schema.integer(nil, 0...65_535).orNull

    private static let validations = Schema.object(
        [
            "min": end.described("The least value, of numbers, days, times, amounts and measurements: `10 kg`."),
            "max": end.described("The greatest value."),
            "max_precision": Schema.integer("Digits behind the point.", 0...9).orNull,
            "min_length": count, "max_length": count,
            "regex": Schema.text("The form of the whole text.", length: 1...MetafieldPattern.mostCharacters).orNull,
            "choices": Schema([
                "type": ["array", "null"], "maxItems": .int(MetafieldRules.mostChoices),
                "items": ["maxLength": mostCharacters],
            ]),
            "scale_min": Schema(["type": ["string", "number", "null"], "maxLength": mostCharacters]).described(
                "The ends of a rating, needed for it."
            ),
            "scale_max": Schema(["type": ["string", "number", "null"], "maxLength": mostCharacters]),
        ],
        required: [],
        "Which of them there are depends on the type."
    )

    private static let value = Schema.anything.with("maxLength", mostCharacters).described(
        """
        Of the JSON type of its metafield: a text, a whole number, true or false; decimals are texts; a measurement is \
        {"value", "unit"}, a rating {"value", "scale_min", "scale_max"}, an amount {"amount", "currency_code"}; \
        products go by their SKU, categories by their path; lists are arrays. All are taken as texts too: `2.5 kg`.
        """
    )

    private static let metafield: [(name: String, schema: Schema)] = [
        ("namespace", .text()), ("key", .text()), ("type", .text("See MetafieldDefinition.")), ("value", value),
        ("name", Schema.text("As its definition calls it; null without one.").orNull),
        ("description", Schema.text().orNull), ("display_order", Schema.integer().orNull), ("is_visible", .boolean()),
        ("shopify_metafield_id", Schema.text().orNull),
        ("product_version", .integer("Stands in the ETag of the product.", 1...Int64.max)), ("created_at", .time()),
        ("updated_at", .time()),
    ]

    private static let definition: JSON = [
        "id": 3, "namespace": "custom", "key": "net_weight", "type": "weight", "name": "Net weight",
        "description": nil, "validations": ["max": "50 kg"], "display_order": 0, "is_visible": true, "version": 1,
        "created_at": "2026-11-30T17:03:50.516Z", "updated_at": "2026-11-30T17:03:50.516Z",
    ]

    private static let example: JSON = [
        "namespace": "custom", "key": "net_weight", "type": "weight", "value": ["value": "2.5", "unit": "kg"],
        "name": "Net weight", "description": nil, "display_order": 0, "is_visible": true,
        "shopify_metafield_id": nil, "product_version": 2, "created_at": "2026-11-30T17:03:50.516Z",
        "updated_at": "2026-11-30T17:03:50.516Z",
    ]
}
