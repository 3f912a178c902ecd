package import Database
package import Support

/// All SQL of the import_profile table.
package struct ImportProfileStore {
    package let connection: Connection

    private let targets: ImportTargets

    /// - Parameter targets: what profiles may be for. Those of other targets are not to be read.
    package init(_ connection: Connection, _ targets: ImportTargets) {
        self.connection = connection
        self.targets = targets
    }

    /// Why a write was refused.
    package enum Refusal: Error, Sendable, Equatable {
        /// Another profile has the name.
        case nameTaken(existingID: Int64)
        case missing
    }

    private static let columns: SQL = """
        p.id, p.name, p.mapping, p.headers, p.delimiter, p.encoding, p.mode, p.blank, p.used_at, p.version,
        p.created_at, p.updated_at, p.quote, p.identify, p.target
        """

    private func read(_ row: borrowing Row) throws(DatabaseError) -> ImportProfile {
        do {
            guard let target = targets[row.text(14)] else { throw DatabaseError(.decoding, "\(row.text(14)) is none") }
            let mapping = ImportMapping(json: try JSON.parse(row.text(2)), in: target)
            var profile = ImportProfile(name: row.text(1), mapping: mapping, target: target)
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
            profile.identify = row.textOrNil(13).flatMap(ImportIdentity.init(text:))
            return profile
        } catch {
            throw DatabaseError(.decoding, "import profile \(row.int(0)) is not readable: \(error)")
        }
    }

    // MARK: Reading

    /// - Parameter target: nil for one of any target.
    package func find(_ id: Int64, of target: ImportTarget? = nil) throws(DatabaseError) -> ImportProfile? {
        try connection.first(
            "SELECT \(Self.columns) FROM import_profile p WHERE p.id = \(id)\(Self.only(target))"
        ) { (row) throws(DatabaseError) in try read(row) }
    }

    /// - Parameter target: nil for one of any target.
    package func find(name: String, of target: ImportTarget? = nil) throws(DatabaseError) -> ImportProfile? {
        let key = ImportProfile.nameKey(name)
        return try connection.first(
            "SELECT \(Self.columns) FROM import_profile p WHERE p.name_norm = \(key)\(Self.only(target))"
        ) { (row) throws(DatabaseError) in try read(row) }
    }

    private static func only(_ target: ImportTarget?) -> SQL { target.map { " AND p.target = \($0.name)" } ?? "" }

    /// The profile that a file with this header was imported with last.
    package func find(headers: [String], of target: ImportTarget) throws(DatabaseError) -> ImportProfile? {
        guard let fingerprint = ImportProfile.fingerprint(headers) else { return nil }
        return try connection.first(
            """
            SELECT \(Self.columns) FROM import_profile p
            WHERE p.fingerprint = \(fingerprint) AND p.target = \(target.name)
            ORDER BY COALESCE(p.used_at, p.updated_at) DESC, p.id DESC LIMIT 1
            """
        ) { (row) throws(DatabaseError) in try read(row) }
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
            """
        ) { (row) throws(DatabaseError) in try read(row) }
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
    /// disturb a user who edits it.
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
                mode, blank, identify, target, version, created_at, updated_at)
            VALUES (\(profile.name), \(change.nameKey), \(change.mapping), \(change.headers), \(change.fingerprint),
                \(profile.delimiter), \(profile.quote), \(profile.encoding), \(profile.mode?.rawValue),
                \(profile.blank?.rawValue), \(profile.identify?.text),
                \(profile.target.name), 1, \(context.now), \(context.now))
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
                mode = \(profile.mode?.rawValue), blank = \(profile.blank?.rawValue),
                identify = \(profile.identify?.text), version = version + 1,
                updated_at = \(SQL.updated(at: context.now))
            WHERE id = \(current.id)
            """
        )
        try audit("update", current.id, change.differences, context)
        return change.stored(id: current.id, at: max(context.now, current.updatedAt))
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
    package func saving(_ profile: ImportProfile) throws -> ImportProfileChange {
        guard let known = try find(name: profile.name) else { return ImportProfileChange(from: nil, to: profile) }
        guard ImportProfile.fingerprint(known.headers) == ImportProfile.fingerprint(profile.headers) else {
            throw Refusal.nameTaken(existingID: known.id)
        }
        return ImportProfileChange(from: known, to: profile)
    }

    /// Call inside the caller's transaction. Throws `Refusal.nameTaken` and `RecordChanged`.
    package func save(_ change: ImportProfileChange, _ context: WriteContext) throws -> ImportProfile {
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
