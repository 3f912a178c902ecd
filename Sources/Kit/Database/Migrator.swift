import Crypto
public import Support

/// Brings the schema up and down, one transaction a step, and notices a step that was changed after it was applied.
public struct Migrator: Sendable {
    public struct Status: Sendable, Equatable {
        public let id: String
        /// Nil while it is pending.
        public let appliedAt: Timestamp?
    }

    /// In the order in which they are applied.
    public let migrations: [Migration]

    public init(_ migrations: [Migration]) {
        self.migrations = migrations.sorted { $0.id < $1.id }
    }

    /// Applies what is pending, oldest first. One process at a time: a second one waits for the first.
    /// - Parameter onWait: told once when there is another, with its pid if that is known.
    /// - Returns: the ids applied.
    @discardableResult
    public func up(
        _ connection: Connection,
        now: Timestamp = .now(),
        onWait: (Int32?) -> Void = { _ in }
    ) throws -> [String] {
        let lock = try lock(connection, onWait)
        defer { withExtendedLifetime(lock) {} }
        try createTable(connection)
        return try pending(connection).map { migration in
            try step(connection, migration.up) {
                try connection.execute(
                    """
                    INSERT INTO schema_migration (id, checksum, applied_at)
                    VALUES (\(migration.id), \(checksum(migration)), \(now))
                    """
                )
            }
            return migration.id
        }
    }

    /// Takes back the newest applied ones, as `up` one process at a time.
    /// - Returns: the ids taken back, newest first.
    @discardableResult
    public func down(
        _ connection: Connection,
        steps: Int = 1,
        onWait: (Int32?) -> Void = { _ in }
    ) throws -> [String] {
        let lock = try lock(connection, onWait)
        defer { withExtendedLifetime(lock) {} }
        try createTable(connection)
        let applied = try applied(connection)
        return try migrations.filter { applied[$0.id] != nil }.suffix(max(0, steps)).reversed().map { migration in
            try step(connection, migration.down) {
                try connection.execute("DELETE FROM schema_migration WHERE id = \(migration.id)")
            }
            return migration.id
        }
    }

    /// Nil for a database in memory, which no other process shares.
    private func lock(_ connection: Connection, _ onWait: (Int32?) -> Void) throws -> MigrationLock? {
        connection.gate == nil ? nil : try MigrationLock(databasePath: connection.path, onWait: onWait)
    }

    /// Every known migration and when it was applied. Reads only, also on a database that has no schema yet.
    ///
    /// Throws kind `migration` when an applied one differs from the code or is not known to it.
    public func status(_ connection: Connection) throws(DatabaseError) -> [Status] {
        let applied = try applied(connection)
        if let unknown = applied.keys.sorted().first(where: { id in !migrations.contains { $0.id == id } }) {
            throw DatabaseError(.migration, "the database has the migration '\(unknown)' of a newer Bodega")
        }
        return migrations.map { Status(id: $0.id, appliedAt: applied[$0.id]?.at) }
    }

    /// Whether every migration has been applied and none differs from the code.
    public func isCurrent(_ connection: Connection) throws(DatabaseError) -> Bool {
        try status(connection).allSatisfy { $0.appliedAt != nil }
    }

    private func pending(_ connection: Connection) throws(DatabaseError) -> [Migration] {
        let pendingIDs = Set(try status(connection).filter { $0.appliedAt == nil }.map(\.id))
        return migrations.filter { pendingIDs.contains($0.id) }
    }

    private func applied(
        _ connection: Connection
    ) throws(DatabaseError) -> [String: (checksum: String, at: Timestamp)] {
        guard try connection.hasTable("schema_migration") else { return [:] }
        var found: [String: (checksum: String, at: Timestamp)] = [:]
        let rows = try connection.all("SELECT id, checksum, applied_at FROM schema_migration") { row in
            (row.text(0), row.text(1), row.time(2))
        }
        for (id, checksum, at) in rows {
            if let known = migrations.first(where: { $0.id == id }), self.checksum(known) != checksum {
                throw DatabaseError(.migration, "the migration '\(id)' was changed after it was applied")
            }
            found[id] = (checksum, at)
        }
        return found
    }

    private func checksum(_ migration: Migration) -> String {
        SHA256.hash(Array(migration.content.utf8)).hex
    }

    private func createTable(_ connection: Connection) throws {
        try connection.write {
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS schema_migration (
                    id TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL
                ) \(.strict)
                """
            )
        }
    }

    /// One step: foreign keys are off while tables are rebuilt (the switch works only outside a transaction) and
    /// checked before the commit.
    private func step(_ connection: Connection, _ statements: [SQL], _ record: () throws -> Void) throws {
        try connection.run("PRAGMA foreign_keys = 0")
        defer { try? connection.run("PRAGMA foreign_keys = 1") }
        try connection.write {
            for statement in statements { try connection.execute(statement) }
            try record()
            if let table = try connection.first("PRAGMA foreign_key_check", { row in row.text(0) }) {
                throw DatabaseError(.migration, "rows of '\(table)' point to rows that are not there")
            }
        }
    }
}
