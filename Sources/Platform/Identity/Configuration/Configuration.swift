package import Database
package import Support

/// The settings in force, as one connection sees them: what the environment fixes, else what a user has chosen, else
/// the default. Kept in memory and read again only after the configuration was changed, by whatever process.
package final class Configuration {
    private let connection: Connection
    private let overrides: ConfigurationOverrides
    private let store: ConfigurationStore
    private var rows: [String: ConfigurationStore.Row] = [:]
    /// The state of the database when it was looked at last, and that of the configuration then.
    private var content: ContentVersion?
    private var version: Int64?

    package init(_ connection: Connection, overrides: ConfigurationOverrides = .process) {
        self.connection = connection
        self.overrides = overrides
        store = ConfigurationStore(connection)
    }

    /// Where a value comes from.
    package enum Source: String, Sendable {
        case defaultValue = "default"
        case database
        case environment
    }

    /// A setting as it stands.
    package struct State: Sendable, Equatable {
        /// In force; nil for a secret, which is never shown.
        package let value: String?
        /// Whether there is a value; differs from the above for secrets only.
        package let isSet: Bool
        package let source: Source
        /// Of the configuration when it was chosen; 0 when no user has.
        package let version: Int64
        package let updatedAt: Timestamp?
    }

    /// The value of a setting.
    package func value<Value>(_ key: ConfigurationKey<Value>) throws(DatabaseError) -> Value {
        if let text = overrides[key.entry] { return key.read(text) ?? key.defaultValue }
        try refresh()
        return rows[key.entry.key].flatMap { key.read($0.value) } ?? key.defaultValue
    }

    /// A secret; nil when it is not set.
    package func secret(_ entry: ConfigurationEntry) throws -> String? {
        if let text = overrides[entry] { return text.isEmpty ? nil : text }
        try refresh()
        guard let row = rows[entry.key], row.isEncrypted else { return nil }
        return try SecretVaultStore(connection).open(row.value, ConfigurationStore.purpose(entry.key))
    }

    /// How a setting stands.
    package func state(_ entry: ConfigurationEntry) throws(DatabaseError) -> State {
        try refresh()
        let row = rows[entry.key]
        let fixed = overrides[entry]
        let value = fixed ?? row?.value ?? entry.defaultValue
        return State(
            value: entry.isSecret ? nil : value,
            isSet: !(value ?? "").isEmpty,
            source: fixed != nil ? .environment : row != nil ? .database : .defaultValue,
            version: row?.version ?? 0,
            updatedAt: row?.updatedAt
        )
    }

    /// Grows with every change.
    package func currentVersion() throws(DatabaseError) -> Int64 {
        try refresh()
        return version ?? 0
    }

    private func refresh() throws(DatabaseError) {
        let present = try connection.contentVersion()
        guard present != content else { return }
        let latest = try store.version()
        if latest != version {
            rows = try store.rows()
            version = latest
        }
        content = present
    }
}
