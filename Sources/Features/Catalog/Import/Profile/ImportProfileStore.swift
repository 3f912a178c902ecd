package import Database
package import Support

/// All SQL of the import_profile table.
package struct ImportProfileStore {
    package let connection: Connection

    package init(_ connection: Connection) {
        self.connection = connection
    }

    /// Why a write was refused.
    package enum Refusal: Error, Sendable, Equatable {
        /// Another profile has the name.
        case nameTaken(existingID: Int64)
        case missing
    }

    private static let columns: SQL = """
        p.id, p.name, p.mapping, p.headers, p.delimiter, p.encoding, p.mode, p.blank, p.used_at, p.version,
        p.created_at, p.updated_at, p.quote
        """

    private static func read(_ row: borrowing Row) throws(DatabaseError) -> ImportProfile {
        do {
            var profile = ImportProfile(name: row.text(1), mapping: ImportMapping(json: try JSON.parse(row.text(2))))
            profile.id = row.int(0)
            let headers = try row.textOrNil(3).map { try JSON.parse($0) }
            profile.headers = headers?.arrayValue?.compactMap(\.stringValue) ?? []
            profile.delimiter = row.textOrNil(4)
            profile.encoding = row.textOrNil(5)
            profile.mode = row.textOrNil(6).flatMap(ImportOptions.Mode.init)
            profile.blank = row.textOrNil(7).flatMap(ImportOptions.Blank.init)
            profile.usedAt = row.timeOrNil(8)
            profile.version = row.int(9)
            profile.createdAt = row.time(10)
            profile.updatedAt = row.time(11)
            profile.quote = row.textOrNil(12)
            return profile
        } catch {
            throw DatabaseError(.decoding, "import profile \(row.int(0)) is not readable: \(error)")
        }
    }

    // MARK: Reading

    package func find(_ id: Int64) throws(DatabaseError) -> ImportProfile? {
        try connection.first("SELECT \(Self.columns) FROM import_profile p WHERE p.id = \(id)", Self.read)
    }

    package func find(name: String) throws(DatabaseError) -> ImportProfile? {
        try connection.first(
            "SELECT \(Self.columns) FROM import_profile p WHERE p.name_norm = \(ImportProfile.nameKey(name))",
            Self.read
        )
    }

    /// The profile that a file with this header was imported with last.
    package func find(headers: [String]) throws(DatabaseError) -> ImportProfile? {
        guard let fingerprint = ImportProfile.fingerprint(headers) else { return nil }
        return try connection.first(
            """
            SELECT \(Self.columns) FROM import_profile p WHERE p.fingerprint = \(fingerprint)
            ORDER BY COALESCE(p.used_at, p.updated_at) DESC, p.id DESC LIMIT 1
            """,
            Self.read
        )
    }

    /// The order of a list, with ties by id.
    package enum Sort: String, Sendable, CaseIterable {
        case id, name

        var column: SQL { self == .id ? "p.id" : "p.name_norm" }
    }

    /// One page, those behind a record's sort value and id.
    package func list(
        _ sort: Sort = .name,
        descends: Bool = false,
        after: (value: DatabaseValue, id: Int64)? = nil,
        limit: Int
    ) throws(DatabaseError) -> [ImportProfile] {
        let direction: SQL = descends ? "DESC" : "ASC"
        let beyond: SQL = descends ? "<" : ">"
        let start: SQL = after.map { "WHERE (\(sort.column), p.id) \(beyond) (\($0.value), \($0.id))" } ?? ""
        return try connection.all(
            """
            SELECT \(Self.columns) FROM import_profile p \(start)
            ORDER BY \(sort.column) \(direction), p.id \(direction) LIMIT \(limit)
            """,
            Self.read
        )
    }

    package func count() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM import_profile") { row in row.int(0) } ?? 0
    }

    // MARK: Writing

    /// Stores a new profile. Throws `Refusal.nameTaken`.
    package func insert(_ profile: ImportProfile, _ context: WriteContext) throws -> ImportProfile {
        let change = ImportProfileChange(from: nil, to: profile)
        return try connection.write { try add(change, context) }
    }

    /// Stores what an edit makes of a profile.
    /// - Parameter edit: asked again when another request has changed the profile meanwhile.
    ///
    /// Throws `Refusal`, and what the closure throws.
    package func update(
        _ id: Int64,
        _ context: WriteContext,
        _ edit: (ImportProfile) throws -> ImportProfile
    ) throws -> ImportProfile {
        try connection.untilSettled {
            guard let current = try find(id) else { throw Refusal.missing }
            let edited = try edit(current)
            guard edited != current else { return current }
            let change = ImportProfileChange(from: current, to: edited)
            return try connection.write { try replace(current, change, context) }
        }
    }

    /// Removes a profile. Throws `Refusal.missing`, and what the closure throws.
    package func delete(
        _ id: Int64,
        _ context: WriteContext,
        _ check: (ImportProfile) throws -> Void = { _ in }
    ) throws {
        try connection.untilSettled {
            guard let current = try find(id) else { throw Refusal.missing }
            try check(current)
            let entry = AuditEntry.differences(current.audited, nil)
            try connection.write {
                try requireStanding(current)
                try connection.execute("DELETE FROM import_profile WHERE id = \(id)")
                try audit("delete", id, entry, context)
            }
        }
    }

    /// Notes that an import uses it; inside the transaction that adds the import's job. Not a new version: that would
    /// disturb whoever edits it.
    package func noteUse(_ id: Int64, at now: Timestamp) throws(DatabaseError) {
        try connection.execute("UPDATE import_profile SET used_at = \(now) WHERE id = \(id)")
    }

    // MARK: Inside the caller's transaction

    /// As `insert`.
    private func add(_ change: ImportProfileChange, _ context: WriteContext) throws -> ImportProfile {
        try requireFree(change)
        let profile = change.profile
        let id = try connection.insert(
            """
            INSERT INTO import_profile (name, name_norm, mapping, headers, fingerprint, delimiter, quote, encoding,
                mode, blank, version, created_at, updated_at)
            VALUES (\(profile.name), \(change.nameKey), \(change.mapping), \(change.headers), \(change.fingerprint),
                \(profile.delimiter), \(profile.quote), \(profile.encoding), \(profile.mode?.rawValue),
                \(profile.blank?.rawValue), 1, \(context.now), \(context.now))
            """
        )
        try audit("create", id, change.differences, context)
        return change.stored(id: id, at: context.now)
    }

    private func replace(
        _ current: ImportProfile,
        _ change: ImportProfileChange,
        _ context: WriteContext
    ) throws -> ImportProfile {
        try requireStanding(current)
        try requireFree(change)
        let profile = change.profile
        try connection.execute(
            """
            UPDATE import_profile SET name = \(profile.name), name_norm = \(change.nameKey),
                mapping = \(change.mapping), headers = \(change.headers), fingerprint = \(change.fingerprint),
                delimiter = \(profile.delimiter), quote = \(profile.quote), encoding = \(profile.encoding),
                mode = \(profile.mode?.rawValue), blank = \(profile.blank?.rawValue), version = version + 1,
                updated_at = \(context.now)
            WHERE id = \(current.id)
            """
        )
        try audit("update", current.id, change.differences, context)
        return change.stored(id: current.id, at: context.now)
    }

    /// Throws `Refusal.missing` and `RecordChanged`.
    private func requireStanding(_ profile: ImportProfile) throws {
        let version = try connection.first("SELECT version FROM import_profile WHERE id = \(profile.id)") { row in
            row.int(0)
        }
        guard let version else { throw Refusal.missing }
        guard version == profile.version else { throw RecordChanged() }
    }

    private func audit(
        _ verb: String,
        _ id: Int64,
        _ differences: (before: JSON?, after: JSON?),
        _ context: WriteContext
    ) throws(DatabaseError) {
        let (before, after) = differences
        let entry = AuditEntry("import_profile.\(verb)", "import_profile", id: id, before: before, after: after)
        try AuditStore(connection).append(entry, context: context)
    }

    /// What stores a profile under its name: anew, or over the one of that name that was made for the same header.
    ///
    /// Throws `Refusal.nameTaken` when the name is that of a profile for other files.
    func saving(_ profile: ImportProfile) throws -> ImportProfileChange {
        guard let known = try find(name: profile.name) else { return ImportProfileChange(from: nil, to: profile) }
        guard ImportProfile.fingerprint(known.headers) == ImportProfile.fingerprint(profile.headers) else {
            throw Refusal.nameTaken(existingID: known.id)
        }
        return ImportProfileChange(from: known, to: profile)
    }

    /// Call inside the caller's transaction. Throws `Refusal.nameTaken` and `RecordChanged`.
    func save(_ change: ImportProfileChange, _ context: WriteContext) throws -> ImportProfile {
        guard let known = change.current else { return try add(change, context) }
        if change.isEmpty {
            try requireStanding(known)
            return known
        }
        return try replace(known, change, context)
    }

    private func requireFree(_ change: ImportProfileChange) throws {
        let other = try connection.first("SELECT id FROM import_profile WHERE name_norm = \(change.nameKey)") { row in
            row.int(0)
        }
        if let other, other != change.current?.id { throw Refusal.nameTaken(existingID: other) }
    }
}
