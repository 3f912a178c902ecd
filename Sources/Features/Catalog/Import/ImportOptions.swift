package import Support
package import Web

/// What the caller chose for one import.
package struct ImportOptions: Sendable, Equatable {
    package enum Mode: String, Sendable, CaseIterable {
        /// Unknown SKUs are created, known ones updated.
        case upsert
        /// Known SKUs are skipped.
        case create
        /// Unknown SKUs are skipped.
        case update
    }

    package enum Blank: String, Sendable, CaseIterable {
        /// A blank cell leaves what is there.
        case keep
        /// A blank cell empties the field, or sets it to its default where it cannot be empty.
        case clear
        /// A blank cell stands for the default of its column or field; where there is none, what is there stays.
        case standard = "default"
    }

    /// Which of several records with one SKU is applied.
    package enum Duplicates: String, Sendable, CaseIterable {
        case last, first
    }

    package var mode = Mode.upsert
    package var blank = Blank.keep
    package var duplicates = Duplicates.last
    /// What the caller said of columns.
    package var mapping = ImportMapping()

    package init() {}

    package static let names = ["mode", "blank", "duplicates", "mapping"]
    /// Known to the contract, with the only value that is served so far.
    package static let fixed = ["review": "0", "on_error": "skip", "missing": "keep", "guard": "on"]

    /// Reads form parts or query values.
    ///
    /// Throws a `WebError` that names the option and what it takes.
    package init(_ values: Fields) throws {
        for name in values.names {
            let value = values[name] ?? ""
            switch name {
            case "mode": mode = try Self.choice(name, value)
            case "blank": blank = try Self.choice(name, value)
            case "duplicates": duplicates = try Self.choice(name, value)
            case "mapping": mapping = try ImportMapping(text: value)
            default:
                guard let only = Self.fixed[name] else { continue }
                guard value == only else {
                    throw WebError.invalid([
                        Problem(name, "unsupported_option", "\(name) can only be \(only) in this version.")
                    ])
                }
            }
        }
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        _ value: String
    ) throws -> Choice {
        guard let choice = Choice(rawValue: value) else {
            let list = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw WebError.invalid([Problem(name, "bad_option", "\(name) takes \(list), not '\(value)'.")])
        }
        return choice
    }

    /// As the job keeps and shows them.
    package var json: JSON {
        [
            "mode": .string(mode.rawValue), "blank": .string(blank.rawValue),
            "duplicates": .string(duplicates.rawValue),
            "mapping": mapping.json,
        ]
    }

    /// Back from the job.
    package init(json: JSON) {
        mode = json["mode"]?.stringValue.flatMap(Mode.init) ?? .upsert
        blank = json["blank"]?.stringValue.flatMap(Blank.init) ?? .keep
        duplicates = json["duplicates"]?.stringValue.flatMap(Duplicates.init) ?? .last
        mapping = ImportMapping(json: json["mapping"] ?? [:])
    }
}
