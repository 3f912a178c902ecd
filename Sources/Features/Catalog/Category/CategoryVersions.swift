import Database
import Records
import Support
import Web

/// The versions of one category, read from what is there now backwards.
struct CategoryVersions {
    /// One version: what it changed.
    struct Change {
        var revision: Revision
        /// The fields that it changed, before and after.
        var fields: [(field: RecordField, before: RecordValue, after: RecordValue)]
    }

    private let categories: CategoryStore
    private let revisions: RevisionStore
    private let id: Int64

    init(_ connection: Connection, _ id: Int64) {
        categories = CategoryStore(connection)
        revisions = RevisionStore(connection, CategoryFields.table)
        self.id = id
    }

    private func present() throws -> StoredRecord? { try categories.find(id).map(StoredRecord.init) }

    /// Versions below one, newest first, and where to go on; nil after the last.
    func page(before version: Int64, limit: Int) throws -> (changes: [Change], next: Int64?) {
        var past = RecordPast(id, present: try present(), CategoryFields.table)
        var changes: [Change] = []
        var next: Int64?
        try revisions.walk(id) { revision in
            let after = past.record
            past.takeBack(revision)
            guard revision.version < version else { return true }
            guard changes.count < limit else {
                next = changes.last?.revision.version
                return false
            }
            let fields = CategoryFields.table.fields.enumerated().compactMap { index, field in
                let (old, new) = (past.record?.values[index] ?? .none, after?.values[index] ?? .none)
                return old == new ? nil : (field: field, before: old, after: new)
            }
            changes.append(Change(revision: revision, fields: fields))
            return true
        }
        return (changes, next)
    }

    func count() throws -> Int64 { try revisions.count(recordID: id) }

    /// The category as it was in a version. Throws 409 `history_expired`, 422 `unknown_version`.
    func past(_ version: Int64) throws -> Category {
        guard let current = try categories.find(id) else { throw CategoryRefusal.missing }
        guard version >= 1, version <= current.version else { throw Self.unknown(version) }
        var past = RecordPast(id, present: StoredRecord(current), CategoryFields.table)
        var reached = current.version
        try revisions.walk(id) { revision in
            guard revision.version > version, revision.version == reached else { return false }
            past.takeBack(revision)
            reached = revision.version - 1
            return true
        }
        guard reached == version else { throw Self.expired }
        guard let record = past.record else { throw Self.unknown(version) }
        var wanted = current
        for (field, value) in zip(CategoryFields.all, record.values) { field.write(&wanted, value) }
        return wanted
    }

    private static func unknown(_ version: Int64) -> WebError {
        let detail = "There is no version \(version) that could be restored."
        return WebError(422, "unknown_version", detail, problems: [Problem("version", "unknown_version", detail)])
    }

    private static let expired = WebError(
        409,
        "history_expired",
        "The history of this category does not reach that far back any more."
    )
}

/// Gives a category the fields of an earlier version, and its place where that is still there.
struct CategoryRestore {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// - Parameter check: sees what stands there now.
    ///
    /// Throws what `CategoryVersions.past` does, `CategoryStore.Refusal`, and what the closure throws.
    func restore(
        _ id: Int64,
        _ version: Int64,
        _ context: WriteContext,
        _ check: (Category) throws -> Void
    ) throws -> Category {
        try connection.untilSettled {
            let (current, wanted) = try connection.read {
                (try CategoryStore(connection).require(id), try CategoryVersions(connection, id).past(version))
            }
            try check(current)
            return try CategoryStore(connection).restore(wanted, over: current, context)
        }
    }
}
