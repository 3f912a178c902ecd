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
        try connection.write { try add(profile, context) }
    }

    /// Stores what an edit makes of a profile, inside the transaction in which it was read.
    ///
    /// Throws `Refusal`, and what the closure throws.
    package func update(
        _ id: Int64,
        _ context: WriteContext,
        _ edit: (ImportProfile) throws -> ImportProfile
    ) throws -> ImportProfile {
        try connection.write {
            guard let current = try find(id) else { throw Refusal.missing }
            return try replace(current, by: try edit(current), context)
        }
    }

    /// Removes a profile. Throws `Refusal.missing`, and what the closure throws.
    package func delete(
        _ id: Int64,
        _ context: WriteContext,
        _ check: (ImportProfile) throws -> Void = { _ in }
    ) throws {
        try connection.write {
            guard let current = try find(id) else { throw Refusal.missing }
            try check(current)
            try connection.execute("DELETE FROM import_profile WHERE id = \(id)")
            try audit("delete", from: current, to: nil, context)
        }
    }

    /// Notes that an import uses it; inside the transaction that adds the import's job. Not a new version: that would
    /// disturb whoever edits it.
    package func noteUse(_ id: Int64, at now: Timestamp) throws(DatabaseError) {
        try connection.execute("UPDATE import_profile SET used_at = \(now) WHERE id = \(id)")
    }

    // MARK: Inside the caller's transaction

    /// As `insert`.
    private func add(_ profile: ImportProfile, _ context: WriteContext) throws -> ImportProfile {
        try requireFree(profile)
        let id = try connection.insert(
            """
            INSERT INTO import_profile (name, name_norm, mapping, headers, fingerprint, delimiter, quote, encoding,
                mode, blank, version, created_at, updated_at)
            VALUES (\(profile.name), \(ImportProfile.nameKey(profile.name)), \(profile.mapping.json.text),
                \(Self.headers(profile)), \(ImportProfile.fingerprint(profile.headers)), \(profile.delimiter),
                \(profile.quote), \(profile.encoding), \(profile.mode?.rawValue), \(profile.blank?.rawValue), 1,
                \(context.now), \(context.now))
            """
        )
        let added = try stored(id)
        try audit("create", from: nil, to: added, context)
        return added
    }

    private func replace(
        _ current: ImportProfile,
        by profile: ImportProfile,
        _ context: WriteContext
    ) throws -> ImportProfile {
        guard profile != current else { return current }
        try requireFree(profile)
        try connection.execute(
            """
            UPDATE import_profile SET name = \(profile.name), name_norm = \(ImportProfile.nameKey(profile.name)),
                mapping = \(profile.mapping.json.text), headers = \(Self.headers(profile)),
                fingerprint = \(ImportProfile.fingerprint(profile.headers)), delimiter = \(profile.delimiter),
                quote = \(profile.quote), encoding = \(profile.encoding), mode = \(profile.mode?.rawValue),
                blank = \(profile.blank?.rawValue), version = version + 1, updated_at = \(context.now)
            WHERE id = \(current.id)
            """
        )
        let changed = try stored(current.id)
        try audit("update", from: current, to: changed, context)
        return changed
    }

    private func audit(
        _ verb: String,
        from old: ImportProfile?,
        to new: ImportProfile?,
        _ context: WriteContext
    ) throws(DatabaseError) {
        let (before, after) = AuditEntry.differences(old?.audited, new?.audited)
        let id = new?.id ?? old?.id ?? 0
        let entry = AuditEntry("import_profile.\(verb)", "import_profile", id: id, before: before, after: after)
        try AuditStore(connection).append(entry, context: context)
    }

    /// Stores a profile under its name: anew, or over the one of that name that was made for the same header.
    ///
    /// Throws `Refusal.nameTaken` when the name is that of a profile for other files.
    func save(_ profile: ImportProfile, _ context: WriteContext) throws -> ImportProfile {
        guard let known = try find(name: profile.name) else { return try add(profile, context) }
        guard ImportProfile.fingerprint(known.headers) == ImportProfile.fingerprint(profile.headers) else {
            throw Refusal.nameTaken(existingID: known.id)
        }
        var saved = profile
        (saved.id, saved.version, saved.usedAt) = (known.id, known.version, known.usedAt)
        (saved.createdAt, saved.updatedAt) = (known.createdAt, known.updatedAt)
        return try replace(known, by: saved, context)
    }

    private func requireFree(_ profile: ImportProfile) throws {
        if let other = try find(name: profile.name), other.id != profile.id {
            throw Refusal.nameTaken(existingID: other.id)
        }
    }

    private func stored(_ id: Int64) throws -> ImportProfile {
        guard let profile = try find(id) else { throw Refusal.missing }
        return profile
    }

    private static func headers(_ profile: ImportProfile) -> String? {
        profile.headers.isEmpty ? nil : JSON.array(profile.headers.map(JSON.string)).text
    }
}
