import Glibc
package import Support

/// Settings that the environment of the process fixes: they go before what is stored, and cannot be changed meanwhile.
package struct ConfigurationOverrides: Sendable, Equatable {
    /// Canonical values by key.
    private var values: [String: String] = [:]

    package static let none = ConfigurationOverrides()

    private init() {}

    /// Reads the variables of the settings.
    ///
    /// Throws `UsageError`, which names the variable, for a value that may not be.
    package init(
        _ entries: [ConfigurationEntry] = ConfigurationTable.all,
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

    package subscript(key: String) -> String? { values[key] }

    /// Those of this process. What may not be was refused when it started.
    package static let process: ConfigurationOverrides = {
        let read = { (name: String) in getenv(name).map { String(cString: $0) } }
        return (try? ConfigurationOverrides(variable: read)) ?? .none
    }()
}
