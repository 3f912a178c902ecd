import Identity
import Support
import Web

/// What the API of the configuration sends and takes.
struct ConfigurationSchemas {
    private let settings: ConfigurationEntries

    init(_ settings: ConfigurationEntries) {
        self.settings = settings
    }

    var all: [NamedSchema] {
        [
            NamedSchema("ConfigurationEntry", Schema.object(members).example(ConfigurationExamples.entry)),
            NamedSchema("ConfigurationList", .page(of: "ConfigurationEntry", example: ConfigurationExamples.entry)),
            NamedSchema(
                "ConfigurationChange",
                .object(
                    members.map { member in
                        member.name == "value"
                            ? ("value", Self.value) : (member.name, member.schema.with("readOnly", true))
                    },
                    required: [],
                    "Only `value` is changed; null takes it back to its default."
                ).example(["value": 8])
            ),
            NamedSchema(
                "ConfigurationValues",
                .object(
                    settings.all.map { (name: $0.key, schema: Self.value(of: $0)) },
                    required: [],
                    "Settings by key; null takes one back to its default."
                ).example(["shop.name": "Acme"])
            ),
        ]
    }

    private var members: [(name: String, schema: Schema)] {
        [
            ("key", .text()), ("category", .choice(settings.categories.map(\.name))),
            ("title", .text()), ("description", .text()),
            ("data_type", .choice(ConfigurationEntry.DataType.allCases.map(\.rawValue))),
            ("value", Schema.anything.described("Null for a secret, which is never shown.")), ("is_set", .boolean()),
            ("source", .text("default, database or environment; what the environment fixes cannot be changed here.")),
            ("variable", .text("The environment variable that fixes it.")), ("default", .anything),
            ("is_required", .boolean()), ("is_encrypted", .boolean()), ("validation_regex", Schema.text().orNull),
            ("minimum", Schema.integer().orNull), ("maximum", Schema.integer().orNull),
            ("choices", Schema.list(of: .text()).orNull), ("applies", .text("now or next_start.")),
            ("version", .integer(nil, 0...Int64.max)), ("updated_at", Schema.time().orNull),
        ]
    }

    /// Of whatever setting.
    private static let value = Schema([
        "description": "As the setting's `data_type` has it.",
        "anyOf": [
            Schema.text(length: 0...ConfigurationEntry.maxCharacters).orNull.json, ["type": "number"],
            ["type": "boolean"], Schema.list(of: .text(length: 3...300), most: 100).json,
        ],
    ])

    private static let origin = Schema.text(length: 8...300, pattern: "^https?://[a-z0-9.:-]+$")

    private static func value(of entry: ConfigurationEntry) -> Schema {
        let value: Schema =
            switch entry.dataType {
            case .string, .secret: text(of: entry).orNull
            case .integer: Schema.integer(nil, entry.range).orNull
            case .decimal: Schema(["type": "number"]).orNull
            case .boolean: Schema.boolean().orNull
            case .json: list(of: entry).orNull
            }
        return value.described(entry.description)
    }

    private static func list(of entry: ConfigurationEntry) -> Schema {
        guard case .networks = entry.rule else { return .list(of: origin, most: 100) }
        return .list(of: .text(length: 2...60, pattern: "^[0-9a-fA-F:.]+(/[0-9]{1,3})?$"), most: 100)
    }

    private static func text(of entry: ConfigurationEntry) -> Schema {
        switch entry.rule {
        case .choices(let words): .choice(words)
        case .length(let range): .text(length: range, pattern: entry.validationRegex.map { "^\($0)$" })
        case .any, .range, .origins, .networks: .text(length: 0...ConfigurationEntry.maxCharacters)
        }
    }
}
