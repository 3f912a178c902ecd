public import Database
public import Support

/// Writes the revisions of what a job changes, inside the batch that changes it.
///
/// The revisions of records that were created one after another differ in nothing but the record, so one statement
/// writes them all at the end of their run: a statement for each costs three times as much.
public final class RecordRevisionStore {
    private let write: Prepared
    private let writeCreations: Prepared
    private let jobID: Int64
    private let isBatched: Bool
    private let actor: [UInt8]
    /// Records created in this batch whose revisions are still to be written; ids without a gap.
    private var created: ClosedRange<Int64>?
    private var createdAt = Timestamp(milliseconds: 0)

    public init(_ connection: Connection, _ table: RecordTable, jobID: Int64) throws(DatabaseError) {
        self.jobID = jobID
        isBatched = table.history == .batches
        let (batch, value): (SQL, SQL) = isBatched ? (", batch_id", ", ?") : ("", "")
        actor = Array(Actor.job(jobID).description.utf8)
        write = Prepared(
            try connection.prepare(
                """
                INSERT INTO \(ident: table.revisions)
                    (\(ident: table.revisionOwner), version, at, actor, job_id, change, before\(batch))
                VALUES (?, ?, ?, ?, ?, ?, ?\(value))
                """
            )
        )
        writeCreations = Prepared(
            try connection.prepare(
                """
                INSERT INTO \(ident: table.revisions)
                    (\(ident: table.revisionOwner), version, at, actor, job_id, change)
                SELECT id, 1, ?, ?, ?, 'create' FROM \(ident: table.name) WHERE id >= ? AND id <= ? ORDER BY id
                """
            )
        )
    }

    /// Begins a batch: what an earlier one has left was rolled back with it.
    public func begin() { created = nil }

    /// Notes that a record was created, where it does not say so itself.
    public func create(_ id: Int64, at now: Timestamp) throws(DatabaseError) {
        guard !isBatched else { return }
        if let range = created, range.upperBound + 1 == id, createdAt == now {
            created = range.lowerBound...id
        } else {
            try flush()
            created = id...id
            createdAt = now
        }
    }

    /// Writes the revision of a record that was there, now or before.
    /// - Parameters:
    ///   - before: the changed fields as they were, as JSON; nil when it is put back.
    ///   - batch: the job that has brought a record which goes or comes back, where the noun keeps that with it.
    public func change(
        _ id: Int64,
        version: Int64,
        _ change: StaticString,
        before: [UInt8]?,
        batch: Int64? = nil,
        at now: Timestamp
    ) throws(DatabaseError) {
        try flush()
        try add(id, version: version, change, before: before, batch: batch, at: now)
    }

    /// Writes what is still to be written: at the end of a batch, and before one of its records is deleted again.
    public func flush() throws(DatabaseError) {
        guard let range = created else { return }
        created = nil
        guard range.count > 1 else {
            return try add(range.lowerBound, version: 1, "create", before: nil, at: createdAt)
        }
        let statement = writeCreations
        statement.statement.bind(1, createdAt.milliseconds)
        statement.statement.bind(3, jobID)
        statement.statement.bind(4, range.lowerBound)
        statement.statement.bind(5, range.upperBound)
        try actor.withUnsafeBufferPointer { (actor) throws(DatabaseError) in
            statement.statement.bindBorrowed(2, actor)
            try statement.statement.run()
        }
    }

    private func add(
        _ id: Int64,
        version: Int64,
        _ change: StaticString,
        before: [UInt8]?,
        batch: Int64? = nil,
        at now: Timestamp
    ) throws(DatabaseError) {
        let statement = write
        statement.statement.bind(1, id)
        statement.statement.bind(2, version)
        statement.statement.bind(3, now.milliseconds)
        statement.statement.bind(5, jobID)
        if isBatched {
            if let batch { statement.statement.bind(8, batch) } else { statement.statement.bindNull(8) }
        }
        let word = UnsafeBufferPointer(start: change.utf8Start, count: change.utf8CodeUnitCount)
        statement.statement.bindBorrowed(6, word)
        try actor.withUnsafeBufferPointer { (actor) throws(DatabaseError) in
            statement.statement.bindBorrowed(4, actor)
            guard let before else {
                statement.statement.bindNull(7)
                return try statement.statement.run()
            }
            try before.withUnsafeBufferPointer { (before) throws(DatabaseError) in
                statement.statement.bindBorrowed(7, before)
                try statement.statement.run()
            }
        }
    }
}
