import Glibc
package import Support

/// Settings that the environment of the process fixes: they go before what is stored, and cannot be changed meanwhile.
package struct ConfigurationOverrides: Sendable, Equatable {
    /// Canonical values by key.
    private var values: [String: String] = [:]
    /// Looks up variables of those that are not among them; nil where no others are fixed.
    private var variable: (@Sendable (String) -> String?)?

    package static let none = ConfigurationOverrides()

    /// Whether the same values are fixed, and others by the same variables.
    package static func == (left: Self, right: Self) -> Bool {
        left.values == right.values && (left.variable == nil) == (right.variable == nil)
    }

    private init() {}

    /// Reads the variables of the settings.
    ///
    /// Throws `UsageError`, which names the variable, for a value that may not be.
    package init(
        _ entries: [ConfigurationEntry],
        variable: (String) -> String?
    ) throws(UsageError) {
        for entry in entries {
            guard let text = variable(entry.variable) else { continue }
            try set(entry, text, from: entry.variable)
        }
    }

    /// Fixes one more, e.g. by a flag. Throws `UsageError`, which names the source, for a value that may not be.
    package mutating func set(_ entry: ConfigurationEntry, _ text: String, from source: String) throws(UsageError) {
        do throws(ConfigurationFault) {
            values[entry.key] = try entry.canonical(text)
        } catch {
            throw UsageError("\(source) cannot be '\(entry.isSecret ? "…" : text)': \(error.detail)")
        }
    }

    /// The fixed value of a setting; nil when it is not fixed.
    package subscript(entry: ConfigurationEntry) -> String? {
        values[entry.key] ?? variable?(entry.variable).flatMap { try? entry.canonical($0) }
    }

    /// Those of this process. What may not be was refused when it started.
    package static let process: ConfigurationOverrides = {
        var overrides = ConfigurationOverrides()
        overrides.variable = { name in getenv(name).map { String(cString: $0) } }
        return overrides
    }()
}
