import Database
import Support

/// All SQL of saved views. Every write leaves an entry in the audit trail, in the same transaction.
struct SavedViewStore {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// Why a write was refused.
    enum Refusal: Error, Sendable, Equatable {
        case missing
        /// Another view of the user has the name.
        case nameTaken(existingID: Int64)
        case tooMany
    }

    private static let columns: SQL =
        "v.id, v.user_id, v.name, v.query, v.is_shared, v.version, v.created_at, v.updated_at"

    private static func read(_ row: borrowing Row) -> SavedView {
        var view = SavedView()
        view.id = row.int(0)
        view.userID = row.int(1)
        view.name = row.text(2)
        view.query = row.text(3)
        view.isShared = row.bool(4)
        view.version = row.int(5)
        view.createdAt = row.time(6)
        view.updatedAt = row.time(7)
        return view
    }

    /// Those of a user and those that others share, by name.
    func all(of userID: Int64) throws(DatabaseError) -> [SavedView] {
        try connection.all(
            """
            SELECT \(Self.columns) FROM saved_view v WHERE v.user_id = \(userID) OR v.is_shared = 1
            ORDER BY v.name_norm, v.id LIMIT 500
            """,
            Self.read
        )
    }

    /// One that a user sees; nil for one of another user that is not shared.
    func find(_ id: Int64, for userID: Int64) throws(DatabaseError) -> SavedView? {
        try connection.first(
            """
            SELECT \(Self.columns) FROM saved_view v
            WHERE v.id = \(id) AND (v.user_id = \(userID) OR v.is_shared = 1)
            """,
            Self.read
        )
    }

    // MARK: Writing

    /// Throws `Refusal.nameTaken` and `tooMany`.
    func insert(_ draft: SavedView, _ context: WriteContext) throws -> SavedView {
        try connection.write {
            try requireFree(draft)
            let count =
                try connection.first(
                    "SELECT COUNT(*) FROM saved_view WHERE user_id = \(draft.userID)"
                ) { row in row.int(0) } ?? 0
            guard count < SavedView.most else { throw Refusal.tooMany }
            var added = draft
            (added.version, added.createdAt, added.updatedAt) = (1, context.now, context.now)
            added.id = try connection.insert(
                """
                INSERT INTO saved_view (user_id, name, name_norm, query, is_shared, version, created_at, updated_at)
                VALUES (\(draft.userID), \(draft.name), \(draft.nameKey), \(draft.query), \(draft.isShared), 1,
                    \(context.now), \(context.now))
                """
            )
            try audit("create", added.id, before: nil, after: added.summary, context)
            return added
        }
    }

    /// Stores what differs; nothing happens when nothing does.
    ///
    /// Throws `Refusal`, and what the closure throws.
    func update(
        _ id: Int64,
        for userID: Int64,
        _ context: WriteContext,
        _ edit: (SavedView) throws -> SavedView
    ) throws -> SavedView {
        try connection.untilSettled {
            guard let current = try find(id, for: userID) else { throw Refusal.missing }
            var wanted = try edit(current)
            guard wanted != current else { return current }
            let time = max(context.now, current.updatedAt)
            return try connection.write {
                try requireStanding(current)
                try requireFree(wanted)
                try connection.execute(
                    """
                    UPDATE saved_view SET name = \(wanted.name), name_norm = \(wanted.nameKey),
                        query = \(wanted.query), is_shared = \(wanted.isShared), version = version + 1,
                        updated_at = \(time) WHERE id = \(id)
                    """
                )
                try audit("update", id, before: current.summary, after: wanted.summary, context)
                (wanted.version, wanted.updatedAt) = (current.version + 1, time)
                return wanted
            }
        }
    }

    func delete(
        _ id: Int64,
        for userID: Int64,
        _ context: WriteContext,
        _ check: (SavedView) throws -> Void
    ) throws {
        try connection.untilSettled {
            guard let current = try find(id, for: userID) else { throw Refusal.missing }
            try check(current)
            try connection.write {
                try requireStanding(current)
                try connection.execute("DELETE FROM saved_view WHERE id = \(id)")
                try audit("delete", id, before: current.summary, after: nil, context)
            }
        }
    }

    private func requireFree(_ view: SavedView) throws {
        let other = try connection.first(
            """
            SELECT id FROM saved_view
            WHERE user_id = \(view.userID) AND name_norm = \(view.nameKey) AND id <> \(view.id)
            """
        ) { row in row.int(0) }
        if let other { throw Refusal.nameTaken(existingID: other) }
    }

    private func requireStanding(_ view: SavedView) throws {
        let version = try connection.first("SELECT version FROM saved_view WHERE id = \(view.id)") { row in row.int(0) }
        guard let version else { throw Refusal.missing }
        guard version == view.version else { throw RecordChanged() }
    }

    private func audit(
        _ verb: String,
        _ id: Int64,
        before: JSON?,
        after: JSON?,
        _ context: WriteContext
    ) throws(DatabaseError) {
        let entry = AuditEntry("saved_view.\(verb)", "saved_view", id: id, before: before, after: after)
        try AuditStore(connection).append(entry, context: context)
    }
}
