package import Database
package import Records
import Support

/// Changes that people and programs make to single records of a noun; each writes its revision and an entry of the
/// audit trail in the same transaction.
package struct RecordChangeStore {
    package let connection: Connection
    private let noun: RecordNoun
    private let records: RecordStore
    private let revisions: RevisionStore

    package init(_ connection: Connection, _ noun: RecordNoun) {
        self.connection = connection
        self.noun = noun
        records = RecordStore(connection, noun.table)
        revisions = RevisionStore(connection, noun.table)
    }

    /// Why a write was refused.
    package enum Refusal: Error, Sendable, Equatable {
        /// The record is not there any more.
        case missing
        /// Another record has the key.
        case keyTaken(existingID: Int64)
        /// A field names a record that is not there.
        case noReference(field: String, id: Int64)
    }

    /// Stores a new record.
    ///
    /// Throws `Refusal.keyTaken` and `noReference`.
    /// - Parameter values: one for each field of the table.
    package func insert(_ values: [RecordValue], _ context: WriteContext) throws -> StoredRecord {
        let new = StoredRecord(id: 0, values: values, version: 1, createdAt: context.now, updatedAt: context.now)
        return try connection.write {
            try requireFree(new, but: 0)
            try requireReferences(new, over: nil)
            let id = try connection.insert(
                """
                INSERT INTO \(ident: noun.table.name) (\(names), version, created_at, updated_at)
                VALUES (\(self.values(new)), 1, \(context.now), \(context.now))
                """
            )
            let stored = StoredRecord(
                id: id,
                values: values,
                version: 1,
                createdAt: context.now,
                updatedAt: context.now
            )
            try revisions.append(id, version: 1, .create, before: nil, context)
            try audit("create", id, from: nil, to: stored, context)
            return stored
        }
    }

    /// Changes a record: stores the fields that differ; nothing happens when none does.
    /// - Parameter edit: makes the wanted record from the one that stands there; asked again when another request has
    ///   changed that meanwhile.
    ///
    /// Throws `Refusal`, and what the closure throws.
    package func update(
        _ id: Int64,
        _ context: WriteContext,
        _ edit: (StoredRecord) throws -> StoredRecord
    ) throws -> StoredRecord {
        try connection.untilSettled {
            guard let current = try records.find(id) else { throw Refusal.missing }
            let wanted = try edit(current)
            guard wanted.values != current.values else { return current }
            return try connection.write {
                try requireStanding(current)
                return try store(wanted, over: current, "update", .update, context)
            }
        }
    }

    /// Removes a record; its revision keeps every field that holds something.
    /// - Parameter check: sees the record that would go; what it throws keeps it.
    ///
    /// Throws `Refusal.missing`, and what the closure and the noun's own check throw.
    package func delete(
        _ id: Int64,
        _ context: WriteContext,
        _ check: (StoredRecord) throws -> Void = { _ in }
    ) throws {
        try connection.untilSettled {
            guard let current = try records.find(id) else { throw Refusal.missing }
            try check(current)
            let held = noun.table.fields.indices.filter { current.values[$0] != .none }
            try connection.write {
                try requireStanding(current)
                try noun.checkRemoval(connection, current)
                try connection.execute("DELETE FROM \(ident: noun.table.name) WHERE id = \(id)")
                try revisions.append(
                    id,
                    version: current.version + 1,
                    .delete,
                    before: snapshot(current, held).text,
                    context
                )
                try audit("delete", id, from: current, to: nil, context)
            }
        }
    }

    /// Gives a record the fields of an earlier version; a deleted one comes back under its old id.
    /// - Parameter check: sees what stands there; nil when the record is deleted.
    ///
    /// Throws `RecordVersions.Fault`, `Refusal.keyTaken`, and what the closure throws.
    package func restore(
        _ id: Int64,
        to version: Int64,
        _ context: WriteContext,
        _ check: (StoredRecord?) throws -> Void
    ) throws -> StoredRecord {
        try connection.untilSettled {
            // However long the history is, it is read before another writer has to wait.
            let (current, past) = try connection.read {
                let current = try records.find(id)
                try check(current)
                return (current, try RecordVersions(connection, noun.table, id).past(version))
            }
            return try connection.write {
                guard try revisions.newestVersion(id) == past.newest else { throw RecordChanged() }
                let wanted = try records.withoutLostReferences(past.record)
                if let current {
                    guard wanted.values != current.values else { return current }
                    return try store(wanted, over: current, "restore", .restore, context)
                }
                return try putBack(wanted, version: past.newest + 1, context)
            }
        }
    }

    // MARK: Inside the caller's transaction

    private func putBack(_ wanted: StoredRecord, version: Int64, _ context: WriteContext) throws -> StoredRecord {
        try requireFree(wanted, but: 0)
        try connection.execute(
            """
            INSERT INTO \(ident: noun.table.name) (id, \(names), version, created_at, updated_at)
            VALUES (\(wanted.id), \(values(wanted)), \(version), \(wanted.createdAt), \(context.now))
            """
        )
        let stored = StoredRecord(
            id: wanted.id,
            values: wanted.values,
            version: version,
            createdAt: wanted.createdAt,
            updatedAt: context.now
        )
        try revisions.append(wanted.id, version: version, .restore, before: nil, context)
        try audit("restore", wanted.id, from: nil, to: stored, context)
        return stored
    }

    private func store(
        _ wanted: StoredRecord,
        over current: StoredRecord,
        _ verb: String,
        _ kind: Revision.Change,
        _ context: WriteContext
    ) throws -> StoredRecord {
        let changed = noun.table.fields.indices.filter { wanted.values[$0] != current.values[$0] }
        var assignments = changed.map { index in
            "\(ident: noun.table.fields[index].name) = \(wanted.values[index].databaseValue)" as SQL
        }
        // A column that is named is written to its indexes again, so the key stands here only when it differs.
        if !records.haveSameKey(wanted, current) {
            try requireFree(wanted, but: current.id)
            if let column = keyColumn { assignments.append("\(ident: column) = \(records.keyText(wanted))") }
        }
        try requireReferences(wanted, over: current)
        let time = max(context.now, current.updatedAt)
        try connection.execute(
            """
            UPDATE \(ident: noun.table.name) SET \(assignments.joined(separator: ", ")), version = version + 1,
                updated_at = \(time) WHERE id = \(current.id)
            """
        )
        let stored = StoredRecord(
            id: current.id,
            values: wanted.values,
            version: current.version + 1,
            createdAt: current.createdAt,
            updatedAt: time
        )
        try revisions.append(
            current.id,
            version: stored.version,
            kind,
            before: snapshot(current, changed).text,
            context
        )
        try audit(verb, current.id, from: current, to: stored, context)
        return stored
    }

    /// Makes sure that a record is still the one that a change was made of.
    private func requireStanding(_ record: StoredRecord) throws {
        let version = try connection.first(
            "SELECT version FROM \(ident: noun.table.name) WHERE id = \(record.id)"
        ) { row in row.int(0) }
        guard let version else { throw Refusal.missing }
        guard version == record.version else { throw RecordChanged() }
    }

    /// The index would refuse it too; this tells whose key it is.
    private func requireFree(_ record: StoredRecord, but id: Int64) throws {
        guard let other = try records.find(keyOf: record), other.id != id else { return }
        throw Refusal.keyTaken(existingID: other.id)
    }

    private func requireReferences(_ record: StoredRecord, over current: StoredRecord?) throws {
        for (index, field) in noun.table.fields.enumerated() {
            guard case .reference(let table) = field.kind, case .integer(let id) = record.values[index],
                current?.values[index] != record.values[index]
            else { continue }
            let isThere = try connection.first("SELECT 1 FROM \(ident: table) WHERE id = \(id)") { _ in true }
            if isThere == nil { throw Refusal.noReference(field: field.name, id: id) }
        }
    }

    private var keyColumn: String? { noun.table.key.textColumn }

    private var names: SQL {
        (noun.table.fields.map(\.name) + [keyColumn].compactMap { $0 }).map { "\(ident: $0)" as SQL }
            .joined(separator: ", ")
    }

    private func values(_ record: StoredRecord) -> SQL {
        let own = record.values.map { "\($0.databaseValue)" as SQL }
        return (own + (keyColumn == nil ? [] : ["\(records.keyText(record))" as SQL])).joined(separator: ", ")
    }

    /// Fields as a revision keeps them: stored form, by column name.
    private func snapshot(_ record: StoredRecord, _ fields: [Int]) -> JSON {
        .object(fields.map { JSON.Member(noun.table.fields[$0].name, record.values[$0].stored) })
    }

    /// Adds an entry to the audit trail with the fields that differ. Of what says who somebody is it tells only that it
    /// was changed.
    private func audit(
        _ verb: String,
        _ id: Int64,
        from old: StoredRecord?,
        to new: StoredRecord?,
        _ context: WriteContext
    ) throws {
        let fields = noun.table.fields.indices.filter { index in
            (old?.values[index] ?? .none) != (new?.values[index] ?? .none)
        }
        func summary(_ record: StoredRecord) -> JSON {
            .object(
                fields.map { index in
                    let (field, value) = (noun.table.fields[index], record.values[index])
                    let isHidden = field.isPersonal && value != .none
                    return JSON.Member(field.name, isHidden ? .string(Self.hidden) : value.stored)
                }
            )
        }
        let name = noun.table.name
        let entry = AuditEntry(
            "\(name).\(verb)",
            name,
            id: id,
            before: old.map(summary),
            after: new.map(summary)
        )
        try AuditStore(connection).append(entry, context: context)
    }

    /// Stands in the audit trail for what says who somebody is.
    package static let hidden = "•••••"
}
