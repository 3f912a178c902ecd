public import Database
public import Support

/// One change of one record: who, when, in which job, and what the changed fields held before.
public struct Revision: Sendable, Equatable {
    public enum Change: String, Sendable {
        case create, update, delete, restore
    }

    public var id: Int64
    public var recordID: Int64
    /// The version that the change made.
    public var version: Int64
    public var at: Timestamp
    /// As `Actor.description`.
    public var actor: String
    public var jobID: Int64?
    public var change: Change
    /// The changed fields as they were, by column name, in stored form; nil when the record was not there before: for
    /// a creation, and when a deleted one was put back.
    public var before: JSON?
    /// Of a record that went or came back: the job that had brought it, where the noun keeps that with its records.
    public var batch: Int64?
}

extension Revision {
    /// Ids of creations that no revision tells of lie below all others, in the order of the records.
    public static let firstCreation = Int64.min / 2

    /// The creation of a record of which no revision tells.
    public init(creationOf recordID: Int64, by jobID: Int64, at moment: Timestamp) {
        self.init(
            id: Self.firstCreation + recordID,
            recordID: recordID,
            version: 1,
            at: moment,
            actor: Actor.job(jobID).description,
            jobID: jobID,
            change: .create,
            before: nil,
            batch: jobID
        )
    }
}

/// Reads the revisions of a noun; they are written by the store that changes a record, in the same transaction.
public struct RevisionStore {
    public let connection: Connection
    private let table: RecordTable
    /// The table of revisions, and its column that names the record.
    private let revisions: SQL
    private let owner: SQL
    private let isBatched: Bool

    public init(_ connection: Connection, _ table: RecordTable) {
        self.connection = connection
        self.table = table
        revisions = "\(ident: table.revisions)"
        owner = "\(ident: table.revisionOwner)"
        isBatched = table.history == .batches
    }

    /// Of a table `r`, for `read`, and for `revision` of this noun.
    public var columns: SQL {
        let common: SQL = "r.id, r.\(owner), r.version, r.at, r.actor, r.job_id, r.change, r.before"
        return isBatched ? "\(common), r.batch_id" : common
    }

    /// How many these are.
    public var columnCount: Int32 { isBatched ? 9 : 8 }

    /// A row of `columns`, with what only some nouns keep.
    public func revision(_ row: borrowing Row) throws(DatabaseError) -> Revision {
        var revision = try Self.read(row)
        if isBatched { revision.batch = row.intOrNil(8) }
        return revision
    }

    public static func read(_ row: borrowing Row) throws(DatabaseError) -> Revision {
        guard let change = Revision.Change(rawValue: row.text(6)) else {
            throw DatabaseError(.decoding, "revision \(row.int(0)) has an unknown change")
        }
        let before: JSON?
        do {
            before = try row.textOrNil(7).map { try JSON.parse($0) }
        } catch {
            throw DatabaseError(.decoding, "revision \(row.int(0)) is not readable: \(error)")
        }
        return Revision(
            id: row.int(0),
            recordID: row.int(1),
            version: row.int(2),
            at: row.time(3),
            actor: row.text(4),
            jobID: row.intOrNil(5),
            change: change,
            before: before
        )
    }

    /// The history of one record, newest first.
    public func history(_ recordID: Int64, limit: Int = 50) throws(DatabaseError) -> [Revision] {
        var found = try connection.all(
            """
            SELECT \(columns) FROM \(revisions) r
            WHERE r.\(owner) = \(recordID) ORDER BY r.version DESC LIMIT \(limit)
            """,
            revision
        )
        if found.count < limit, let creation = try creation(recordID) { found.append(creation) }
        return found
    }

    /// The creation of a record that is there, as it tells itself which job has brought it; nil where a revision does.
    public func creation(_ recordID: Int64) throws(DatabaseError) -> Revision? {
        guard isBatched else { return nil }
        return try connection.first(
            """
            SELECT id, batch_id, created_at FROM \(ident: table.name)
            WHERE id = \(recordID) AND batch_id IS NOT NULL
            """
        ) { row in Revision(creationOf: row.int(0), by: row.int(1), at: row.time(2)) }
    }

    /// What happened to a record last; nil when nothing is known of it.
    public func newest(_ recordID: Int64) throws(DatabaseError) -> Revision? {
        try history(recordID, limit: 1).first
    }

    /// The version that the last change of a record made; nil when nothing is known of it.
    public func newestVersion(_ recordID: Int64) throws(DatabaseError) -> Int64? {
        try connection.first("SELECT MAX(version) FROM \(revisions) WHERE \(owner) = \(recordID)") { row in
            row.intOrNil(0)
        } ?? nil
    }

    /// The newest changes of a record as long as the closure wants to see more.
    public func walk(_ recordID: Int64, _ visit: (Revision) throws -> Bool) throws {
        let statement = try connection.prepare(
            "SELECT \(columns) FROM \(revisions) r WHERE r.\(owner) = \(recordID) ORDER BY r.version DESC"
        )
        while try statement.step() {
            if try !visit(try revision(statement.row())) { return }
        }
        if let creation = try creation(recordID) { _ = try visit(creation) }
    }

    public func count(recordID: Int64) throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM \(revisions) WHERE \(owner) = \(recordID)") { row in
            row.int(0)
        } ?? 0
    }

    /// When a record that is gone was created, as far as that is known.
    /// - Parameter record: as it was before it went.
    public func created(_ record: StoredRecord) throws(DatabaseError) -> Timestamp? {
        record.batch == nil ? try firstMoment(record.id) : record.createdAt
    }

    /// When the oldest change of a record that is still known was made.
    public func firstMoment(_ recordID: Int64) throws(DatabaseError) -> Timestamp? {
        try connection.first(
            "SELECT r.at FROM \(revisions) r WHERE r.\(owner) = \(recordID) ORDER BY r.version LIMIT 1"
        ) { row in row.time(0) }
    }

    /// The keys of the first records that a job changed, each as often as it was changed.
    /// - Parameter after: only revisions with a greater id count.
    public func labels(jobID: Int64, after: Int64, limit: Int) throws(DatabaseError) -> [String] {
        let fields = table.key.fields.compactMap(table.field)
        let columns = fields.map { "p.\(ident: $0.name)" as SQL }.joined(separator: ", ")
        let brought = try isBatched ? self.brought(jobID: jobID, fields, columns, limit: limit) : []
        guard brought.count < limit else { return brought }
        return try brought
            + connection.all(
                """
                SELECT CASE WHEN p.id IS NULL THEN r.before END, p.id, \(columns)
                FROM \(revisions) r LEFT JOIN \(ident: table.name) p ON p.id = r.\(owner)
                WHERE r.job_id = \(jobID) AND r.id > \(after) ORDER BY r.id LIMIT \(limit - brought.count)
                """
            ) { row in
                // A record that is gone stands whole in the revision of its deletion.
                let before = row.textOrNil(0).flatMap { try? JSON.parse($0) }
                guard before != nil || !row.isNull(1) else { return nil }
                let values = fields.enumerated().map { index, field in
                    before.map { RecordValue(stored: $0[field.name] ?? .null) }
                        ?? RecordValue(row, 2 + Int32(index), field.storage)
                }
                return RecordStore.label(values)
            }.compactMap { $0 }
    }

    /// The keys of the first records that a job has brought.
    private func brought(
        jobID: Int64,
        _ fields: [RecordField],
        _ columns: SQL,
        limit: Int
    ) throws(DatabaseError) -> [String] {
        try connection.all(
            "SELECT \(columns) FROM \(ident: table.name) p WHERE p.batch_id = \(jobID) ORDER BY p.id LIMIT \(limit)"
        ) { row in
            RecordStore.label(fields.enumerated().map { RecordValue(row, Int32($0.offset), $0.element.storage) })
        }
    }

    /// The id of the last revision of all; 0 before the first.
    public func lastID() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT MAX(id) FROM \(revisions)") { row in row.int(0) } ?? 0
    }

    /// How many records a job created, updated and deleted, by its revisions.
    /// - Parameter after: only revisions with a greater id count: those since the job was restarted.
    public func counts(
        jobID: Int64,
        after: Int64 = 0
    ) throws(DatabaseError) -> (created: Int64, updated: Int64, deleted: Int64) {
        let brought = try isBatched ? self.brought(by: jobID) : 0
        return try connection.first(
            """
            SELECT COUNT(CASE WHEN change = 'create' THEN 1 END), COUNT(CASE WHEN change = 'update' THEN 1 END),
                COUNT(CASE WHEN change = 'delete' THEN 1 END)
            FROM \(revisions) WHERE job_id = \(jobID) AND id > \(after)
            """
        ) { row in (row.int(0) + brought, row.int(1), row.int(2)) } ?? (0, 0, 0)
    }

    /// How many records a job has brought: those that are there, and those that went since and did not come back.
    private func brought(by jobID: Int64) throws(DatabaseError) -> Int64 {
        let present = try connection.first(
            "SELECT COUNT(*) FROM \(ident: table.name) WHERE batch_id = \(jobID)"
        ) { row in row.int(0) }
        let gone = try connection.first(
            """
            SELECT COUNT(CASE WHEN change = 'delete' THEN 1 END) - COUNT(CASE WHEN change = 'restore' THEN 1 END)
            FROM \(revisions) WHERE batch_id = \(jobID)
            """
        ) { row in row.int(0) }
        return (present ?? 0) + (gone ?? 0)
    }

    /// Writes the revision of one change, in the transaction of that; many at once are for `RecordRevisionStore`.
    /// - Parameter before: the changed fields as they were, as JSON; nil when the record was not there before.
    public func append(
        _ recordID: Int64,
        version: Int64,
        _ change: Revision.Change,
        before: String?,
        _ context: WriteContext
    ) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO \(revisions) (\(owner), version, at, actor, job_id, change, before)
            VALUES (\(recordID), \(version), \(context.now), \(context.actor.description), \(context.jobID),
                \(change.rawValue), \(before))
            """
        )
    }
}
