public import Database
public import Support

extension Job {
    /// Whether its row can go: it is over, and no undo will ask for it.
    public var canBeRemoved: Bool { status.isFinal && !isNeededForUndo }
    /// Whether what it changed can still be taken back, for which its row is needed.
    public var isNeededForUndo: Bool { undo == .possible && hasChanges }
}

/// Jobs that nobody needs any more.
extension JobStore {
    /// Removes a job that is over, with its problems and attempts; what it changed stays. Its upload goes with the next
    /// look for uploads without a job.
    /// - Returns: the job as it was, or why it stays.
    public func remove(_ job: Job, context: WriteContext) throws -> Outcome {
        try connection.write {
            guard let current = try find(job.id), current.canBeRemoved, try !isAwaited(current) else {
                return .wrongState(try find(job.id) ?? job)
            }
            try audit("delete", current, context)
            try connection.execute("DELETE FROM job WHERE id = \(job.id)")
            return .done(current)
        }
    }

    /// Whether a job that is not over takes this one back, or waits for it.
    private func isAwaited(_ job: Job) throws(DatabaseError) -> Bool {
        try connection.first(
            """
            SELECT 1 FROM job
            WHERE (undo_of = \(job.id) OR waiting_for = \(job.id))
                AND status NOT IN ('completed', 'failed', 'cancelled') LIMIT 1
            """
        ) { _ in true } ?? false
    }

    /// Removes jobs that ended before the moment, some at a time: not those that can be undone, nor those that keep an
    /// upload.
    /// - Parameters:
    ///   - kinds: of which kinds; nil for all.
    ///   - others: of which kinds not.
    /// - Returns: how many were removed; nil when another writer has the gate.
    func forget(
        endedBefore moment: Timestamp,
        kinds: [String]? = nil,
        except others: [String] = [],
        limit: Int = 20
    ) throws -> Int? {
        let wanted: SQL = kinds.map { "kind IN \(list: $0)" } ?? "kind NOT IN \(list: others)"
        let all: SQL = kinds == nil && others.isEmpty ? "1 = 1" : wanted
        let found = try connection.all(
            """
            SELECT id FROM job
            WHERE status IN ('completed', 'failed', 'cancelled') AND completed_at < \(moment) AND undo <> 'possible'
                AND file_kept = 0 AND \(all)
                AND NOT EXISTS (SELECT 1 FROM job o WHERE (o.undo_of = job.id OR o.waiting_for = job.id)
                    AND o.status NOT IN ('completed', 'failed', 'cancelled'))
            ORDER BY id LIMIT \(limit)
            """
        ) { row in row.int(0) }
        guard !found.isEmpty else { return 0 }
        return try connection.writeIfFree {
            try connection.execute(
                """
                DELETE FROM job WHERE id IN \(list: found) AND status IN ('completed', 'failed', 'cancelled')
                """
            )
        }
    }
}

/// Keeps the table of jobs small: by age, and for some kinds sooner.
public struct JobRetention {
    private let store: JobStore
    private let kinds: [JobKind]
    private let days: () throws -> Int64

    /// - Parameter days: after how many a job is forgotten, where its kind does not say sooner.
    public init(_ connection: Connection, _ kinds: [JobKind], days: @escaping () throws -> Int64) {
        store = JobStore(connection)
        self.kinds = kinds
        self.days = days
    }

    /// - Returns: how many jobs were removed; nil when another writer has the gate.
    public func step(_ now: Timestamp) throws -> Int? {
        let days = try days()
        let short = kinds.filter { ($0.keptDays ?? .max) < days }
        for kind in short {
            let oldest = now.adding(seconds: -(kind.keptDays ?? days) * 86_400)
            let removed = try store.forget(endedBefore: oldest, kinds: [kind.name])
            if removed != 0 { return removed }
        }
        return try store.forget(endedBefore: now.adding(seconds: -days * 86_400), except: short.map(\.name))
    }
}

extension JobRun {
    /// The time that retention goes by: never later than what is believed of the clock.
    public func retentionTime() throws -> Timestamp {
        let now = environment.now()
        return min(try SeenTimeStore(connection).believed() ?? now, now)
    }
}

extension JobStore {
    /// What a check of all books has found.
    public struct BooksVerdict: Sendable, Equatable {
        /// How many jobs are over.
        public var jobs: Int64 = 0
        /// Public ids of those whose rows are not each counted once; the first hundred.
        public var unbalanced: [String] = []
    }

    /// Adds up the books of every job that is over.
    public func checkBooks() throws(DatabaseError) -> BooksVerdict {
        var verdict = BooksVerdict()
        verdict.jobs =
            try connection.first("SELECT COUNT(*) FROM job WHERE status IN ('completed', 'failed', 'cancelled')") {
                row in row.int(0)
            } ?? 0
        verdict.unbalanced = try connection.all(
            """
            SELECT public_id FROM job
            WHERE status IN ('completed', 'failed', 'cancelled') AND (processed_rows > total_rows OR
                processed_rows <> created_rows + updated_rows + unchanged_rows + skipped_rows + failed_rows)
            ORDER BY id LIMIT 100
            """
        ) { row in row.text(0) }
        return verdict
    }
}
