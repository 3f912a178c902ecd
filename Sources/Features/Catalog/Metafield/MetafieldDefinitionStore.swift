import Database
import Money
import Support

/// All SQL of the definitions of metafields. Every write leaves an entry in the audit trail, in the same transaction.
struct MetafieldDefinitionStore {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// Why a write was refused.
    enum Refusal: Error, Sendable, Equatable {
        case missing
        /// Another definition has the namespace and key.
        case nameTaken(existingID: Int64)
        case tooMany
    }

    private static let columns: SQL = """
        d.id, d.namespace, d.key, d.name, d.description, d.value_type, d.validations, d.display_order, d.is_visible,
        d.version, d.created_at, d.updated_at
        """

    private static func read(_ row: borrowing Row) throws(DatabaseError) -> MetafieldDefinition {
        var definition = MetafieldDefinition()
        definition.id = row.int(0)
        definition.name = MetafieldName(namespace: row.text(1), key: row.text(2))
        definition.title = row.text(3)
        definition.description = row.textOrNil(4)
        guard let type = MetafieldType(row.text(5)), let json = try? JSON.parse(row.text(6)) else {
            throw DatabaseError(.decoding, "the definition \(definition.name) cannot be read")
        }
        definition.type = type
        definition.rules = MetafieldRules(stored: json)
        definition.displayOrder = row.int(7)
        definition.isVisible = row.bool(8)
        definition.version = row.int(9)
        definition.createdAt = row.time(10)
        definition.updatedAt = row.time(11)
        return definition
    }

    // MARK: Reading

    /// All of them in their order: there are few.
    func all() throws(DatabaseError) -> [MetafieldDefinition] {
        try connection.all(
            """
            SELECT \(Self.columns) FROM metafield_definition d ORDER BY d.display_order, d.namespace, d.key
            """,
            Self.read
        )
    }

    func find(_ id: Int64) throws(DatabaseError) -> MetafieldDefinition? {
        try connection.first("SELECT \(Self.columns) FROM metafield_definition d WHERE d.id = \(id)", Self.read)
    }

    func find(_ name: MetafieldName) throws(DatabaseError) -> MetafieldDefinition? {
        try connection.first(
            """
            SELECT \(Self.columns) FROM metafield_definition d
            WHERE d.namespace = \(name.namespace) AND d.key = \(name.key)
            """,
            Self.read
        )
    }

    /// How many products have a value of it.
    func products(_ name: MetafieldName) throws(DatabaseError) -> Int64 {
        try connection.first(
            """
            SELECT COUNT(*) FROM product_metafield m JOIN product p ON p.id = m.product_id
            WHERE m.namespace = \(name.namespace) AND m.key = \(name.key)
            """
        ) { row in row.int(0) } ?? 0
    }

    // MARK: Writing

    /// Throws `Refusal.nameTaken` and `tooMany`.
    func insert(_ draft: MetafieldDefinition, _ context: WriteContext) throws -> MetafieldDefinition {
        try connection.write {
            if let other = try find(draft.name) { throw Refusal.nameTaken(existingID: other.id) }
            let count = try connection.first("SELECT COUNT(*) FROM metafield_definition") { row in row.int(0) } ?? 0
            guard count < Int64(MetafieldDefinition.most) else { throw Refusal.tooMany }
            var added = draft
            (added.version, added.createdAt, added.updatedAt) = (1, context.now, context.now)
            added.id = try connection.insert(
                """
                INSERT INTO metafield_definition (namespace, key, name, description, value_type, validations,
                    display_order, is_visible, version, created_at, updated_at)
                VALUES (\(draft.name.namespace), \(draft.name.key), \(draft.title), \(draft.description),
                    \(draft.type.name), \(draft.rules.json.text), \(draft.displayOrder), \(draft.isVisible), 1,
                    \(context.now), \(context.now))
                """
            )
            try audit("create", added.id, before: nil, after: added.summary, context)
            return added
        }
    }

    /// Stores what differs; nothing happens when nothing does. Neither name nor type change.
    ///
    /// Throws `Refusal.missing`, and what the closure throws.
    func update(
        _ id: Int64,
        _ context: WriteContext,
        _ edit: (MetafieldDefinition) throws -> MetafieldDefinition
    ) throws -> MetafieldDefinition {
        try connection.untilSettled {
            guard let current = try find(id) else { throw Refusal.missing }
            var wanted = try edit(current)
            guard wanted != current else { return current }
            let time = max(context.now, current.updatedAt)
            return try connection.write {
                try requireStanding(current)
                try connection.execute(
                    """
                    UPDATE metafield_definition SET name = \(wanted.title), description = \(wanted.description),
                        validations = \(wanted.rules.json.text), display_order = \(wanted.displayOrder),
                        is_visible = \(wanted.isVisible), version = version + 1, updated_at = \(time)
                    WHERE id = \(id)
                    """
                )
                try audit("update", id, before: current.summary, after: wanted.summary, context)
                (wanted.version, wanted.updatedAt) = (current.version + 1, time)
                return wanted
            }
        }
    }

    /// Removes a definition; the values that products have stay, without its rules.
    func delete(_ id: Int64, _ context: WriteContext, _ check: (MetafieldDefinition) throws -> Void) throws {
        try connection.untilSettled {
            guard let current = try find(id) else { throw Refusal.missing }
            try check(current)
            try connection.write {
                try requireStanding(current)
                try connection.execute("DELETE FROM metafield_definition WHERE id = \(id)")
                try audit("delete", id, before: current.summary, after: nil, context)
            }
        }
    }

    private func requireStanding(_ definition: MetafieldDefinition) throws {
        let version = try connection.first(
            "SELECT version FROM metafield_definition WHERE id = \(definition.id)"
        ) { row in row.int(0) }
        guard let version else { throw Refusal.missing }
        guard version == definition.version else { throw RecordChanged() }
    }

    private func audit(
        _ verb: String,
        _ id: Int64,
        before: JSON?,
        after: JSON?,
        _ context: WriteContext
    ) throws(DatabaseError) {
        let entry = AuditEntry(
            "metafield_definition.\(verb)",
            "metafield_definition",
            id: id,
            before: before,
            after: after
        )
        try AuditStore(connection).append(entry, context: context)
    }
}
