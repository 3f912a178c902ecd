import Crypto
package import Database
package import Support

/// All SQL of the configuration table.
package struct ConfigurationStore {
    private let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// What users have chosen, as stored.
    package struct Row: Sendable, Equatable {
        /// Sealed where it is a secret.
        package let value: String
        package let isEncrypted: Bool
        /// Of the whole configuration when this was changed.
        package let version: Int64
        package let updatedAt: Timestamp
    }

    // MARK: Reading

    /// Every row, by key.
    package func rows() throws(DatabaseError) -> [String: Row] {
        let found = try connection.all("SELECT key, value, is_encrypted, version, updated_at FROM configuration") {
            row in
            (
                row.text(0),
                Row(value: row.text(1), isEncrypted: row.bool(2), version: row.int(3), updatedAt: row.time(4))
            )
        }
        return Dictionary(found) { first, _ in first }
    }

    /// Counts the changes.
    package func version() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT version FROM configuration_state WHERE id = 1") { row in row.int(0) } ?? 0
    }

    // MARK: Writing

    /// Sets values, or takes them back where there is none: all of them, or none when one is refused.
    /// - Parameters:
    ///   - changes: canonical values by key.
    ///   - check: looks at the version inside the transaction.
    package func set(
        _ changes: [(entry: ConfigurationEntry, value: String?)],
        context: WriteContext,
        check: () throws -> Void = {}
    ) throws {
        try connection.write {
            try HandedOut(connection).requireStanding(context)
            try check()
            let rows = try rows()
            var version = try version()
            for (entry, value) in changes {
                let old = rows[entry.key]
                // A secret cannot be compared without being opened; setting it is always a change.
                guard entry.isSecret || old?.value != value else { continue }
                guard old != nil || value != nil else { continue }
                version += 1
                if let value {
                    try store(entry, value, version, context)
                } else {
                    try connection.execute("DELETE FROM configuration WHERE key = \(entry.key)")
                }
                try audit(entry, from: old, to: value, context)
            }
            try connection.execute("UPDATE configuration_state SET version = \(version) WHERE id = 1")
        }
    }

    private func store(
        _ entry: ConfigurationEntry,
        _ value: String,
        _ version: Int64,
        _ context: WriteContext
    ) throws {
        // The ring is read here, inside the transaction, so that nothing is sealed with a key that was just retired.
        let stored = entry.isSecret ? try SecretVaultStore(connection).seal(value, Self.purpose(entry.key)) : value
        try connection.execute(
            """
            INSERT INTO configuration (key, value, data_type, is_encrypted, version, created_at, updated_at)
            VALUES (\(entry.key), \(stored), \(entry.dataType.rawValue), \(entry.isSecret), \(version),
                \(context.now), \(context.now))
            ON CONFLICT (key) DO UPDATE SET value = excluded.value, data_type = excluded.data_type,
                is_encrypted = excluded.is_encrypted, version = excluded.version,
                updated_at = CASE WHEN configuration.updated_at > excluded.updated_at
                    THEN configuration.updated_at ELSE excluded.updated_at END
            """
        )
    }

    private func audit(
        _ entry: ConfigurationEntry,
        from old: Row?,
        to value: String?,
        _ context: WriteContext
    ) throws {
        func shown(_ text: String?) -> JSON {
            guard entry.isSecret else { return ["value": entry.json(text ?? entry.defaultValue)] }
            return ["value": text == nil ? "not set" : "set"]
        }
        let entry = AuditEntry(
            value == nil ? "configuration.reset" : "configuration.update",
            "configuration",
            id: entry.key,
            before: shown(old?.value),
            after: shown(value)
        )
        try AuditStore(connection).append(entry, context: context)
    }

    /// What a secret of the configuration is sealed for.
    static func purpose(_ key: String) -> String { "configuration:\(key)" }
}
