package import Database
package import Records
import Support

/// All SQL of undos: which revisions a job left, and which records an undo has kept.
package struct UndoStore {
    let connection: Connection
    private let revisions: RevisionStore
    private let table: SQL
    private let history: SQL
    private let owner: SQL
    private let isBatched: Bool

    package init(_ connection: Connection, _ table: RecordTable) {
        self.connection = connection
        revisions = RevisionStore(connection, table)
        self.table = "\(ident: table.name)"
        history = "\(ident: table.revisions)"
        owner = "\(ident: table.revisionOwner)"
        isBatched = table.history == .batches
    }

    // MARK: The job's revisions

    /// A revision of a job.
    struct Step {
        var revision: Revision
        /// Whether it is the last change of its record and the only one by its job, so that it alone decides.
        var isAlone: Bool
    }

    /// The revisions of a job, newest first: what was done last is taken back first.
    /// - Parameter visit: may change the records and write revisions of other jobs; returns whether to go on.
    /// - Returns: whether there may be more.
    func walk(_ scope: UndoScope, before id: Int64, _ visit: (Step) throws -> Bool) throws -> Bool {
        // A change is not the only one by the job that has brought the record.
        let brought: SQL = isBatched ? "AND (p.batch_id IS NULL OR p.batch_id <> r.job_id)" : ""
        let statement = try connection.prepare(
            """
            SELECT \(revisions.columns), CASE WHEN
                CASE WHEN p.id IS NULL THEN NOT EXISTS (SELECT 1 FROM \(history) n
                    WHERE n.\(owner) = r.\(owner) AND n.version > r.version)
                ELSE p.version = r.version END
                AND (r.change = 'create' OR NOT EXISTS (SELECT 1 FROM \(history) e
                    WHERE e.\(owner) = r.\(owner) AND e.version < r.version AND e.job_id = r.job_id))
                \(brought)
                THEN 1 ELSE 0 END
            FROM \(history) r LEFT JOIN \(table) p ON p.id = r.\(owner)
            WHERE r.job_id = \(scope.jobID) AND r.id > \(scope.after) AND r.id < \(id) ORDER BY r.id DESC
            """
        )
        while try statement.step() {
            let step = Step(
                revision: try revisions.revision(statement.row()),
                isAlone: statement.row().bool(revisions.columnCount)
            )
            if try !visit(step) { return true }
        }
        return try isBatched && walkBrought(scope, before: id, visit)
    }

    /// How many records brought by a job are looked up at a time: what is visited may take them away.
    private static let broughtPage = 512

    /// The records that a job has brought and of whose creation no revision tells, the newest first.
    private func walkBrought(
        _ scope: UndoScope,
        before id: Int64,
        _ visit: (Step) throws -> Bool
    ) throws -> Bool {
        var last = id < 0 ? id - Revision.firstCreation : Int64.max
        while true {
            let steps = try connection.all(
                """
                SELECT id, version, created_at FROM \(table)
                WHERE batch_id = \(scope.jobID) AND id < \(last) ORDER BY id DESC LIMIT \(Self.broughtPage)
                """
            ) { row in
                let revision = Revision(creationOf: row.int(0), by: scope.jobID, at: row.time(2))
                return Step(revision: revision, isAlone: row.int(1) == 1)
            }
            guard let end = steps.last else { return false }
            for step in steps {
                if try !visit(step) { return true }
            }
            last = end.revision.recordID
        }
    }

    /// How many records the job changed, and how many of its revisions made one or took one away.
    func records(_ scope: UndoScope) throws(DatabaseError) -> (all: Int64, moved: Int64) {
        let changed = try changed(scope)
        guard isBatched else { return changed }
        let brought =
            try connection.first("SELECT COUNT(*) FROM \(table) WHERE batch_id = \(scope.jobID)") { row in row.int(0) }
            ?? 0
        return (changed.all + brought, changed.moved + brought)
    }

    /// What its revisions tell; a record that the job has brought is not counted among those that it has changed.
    private func changed(_ scope: UndoScope) throws(DatabaseError) -> (all: Int64, moved: Int64) {
        let others: SQL =
            isBatched
            ? "AND NOT EXISTS (SELECT 1 FROM \(table) p WHERE p.id = \(owner) AND p.batch_id = \(scope.jobID))" : ""
        return try connection.first(
            """
            SELECT COUNT(DISTINCT \(owner)),
                COUNT(CASE WHEN change IN ('create', 'delete') OR before IS NULL THEN 1 END)
            FROM \(history) WHERE job_id = \(scope.jobID) AND id > \(scope.after) \(others)
            """
        ) { row in (row.int(0), row.int(1)) } ?? (0, 0)
    }

    /// The ids of the first and the last change of a record by the job; nil when there is none.
    func span(_ scope: UndoScope, _ recordID: Int64) throws(DatabaseError) -> ClosedRange<Int64>? {
        let span: ClosedRange<Int64>? =
            try connection.first(
                """
                SELECT MIN(id), MAX(id) FROM \(history)
                WHERE \(owner) = \(recordID) AND id > \(scope.after) AND job_id = \(scope.jobID)
                """
            ) { row in row.intOrNil(0).map { $0...max($0, row.int(1)) } } ?? nil
        guard isBatched, let creation = try revisions.creation(recordID), creation.jobID == scope.jobID else {
            return span
        }
        return creation.id...(span?.upperBound ?? creation.id)
    }

    /// How many revisions an undo wrote, by what they do.
    func written(by jobID: Int64) throws(DatabaseError) -> (deleted: Int64, restored: Int64) {
        try connection.first(
            """
            SELECT COUNT(CASE WHEN change = 'delete' THEN 1 END), COUNT(CASE WHEN change = 'restore' THEN 1 END)
            FROM \(history) WHERE job_id = \(jobID)
            """
        ) { row in (row.int(0), row.int(1)) } ?? (0, 0)
    }

    // MARK: What was kept

    /// Notes a record that the undo leaves alone; call inside its batch.
    func note(_ kept: Kept, jobID: Int64) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO import_undo_kept (job_id, record_id, label, reason, actor, by_job_id, at)
            VALUES (\(jobID), \(kept.recordID), \(kept.label), \(kept.reason.rawValue), \(kept.actor), \(kept.jobID),
                \(kept.at))
            """
        )
    }

    /// Records that an undo left alone, by id.
    package func kept(by jobID: Int64, after recordID: Int64, limit: Int) throws(DatabaseError) -> [Kept] {
        try connection.all(
            """
            SELECT record_id, label, reason, actor, by_job_id, at FROM import_undo_kept
            WHERE job_id = \(jobID) AND record_id > \(recordID) ORDER BY record_id LIMIT \(limit)
            """
        ) { row in
            Kept(
                recordID: row.int(0),
                label: row.text(1),
                reason: Kept.Reason(rawValue: row.text(2)) ?? .edited,
                actor: row.text(3),
                jobID: row.intOrNil(4),
                at: row.time(5)
            )
        }
    }

    package func keptCount(by jobID: Int64) throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM import_undo_kept WHERE job_id = \(jobID)") { row in row.int(0) }
            ?? 0
    }
}
