public import Database
public import Support

/// All SQL of the job table.
public struct JobStore {
    public let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    static let columns: SQL = """
        id, public_id, kind, display_name, status, stage, progress, filename,
        total_rows, processed_rows, created_rows, updated_rows, unchanged_rows, skipped_rows, failed_rows,
        rows_per_second, peak_memory_bytes, error_message, parameters, options, result, output_log, user_id, attempt,
        barren_attempts, waiting_reason, worker, lease_until, cancel_requested, checkpoint, scheduled_at, started_at,
        completed_at, created_at, updated_at, undo, file_kept, file_hash, earlier_changes,
        \(reference("undo_of")), \(undoChain), \(reference("duplicate_of")), \(reference("waiting_for")),
        working_since, working_ms, takeovers, resumed_after, priority
        """

    /// What `Job.Reference` holds of a job, as one text.
    private static let reference: SQL = """
        o.public_id || ' ' || o.status || ' ' || o.updated_rows || ' ' || o.skipped_rows || ' ' || o.unchanged_rows
        """

    /// That of the job which a column names.
    private static func reference(_ column: String) -> SQL {
        "(SELECT \(reference) FROM job o WHERE o.id = job.\(ident: column))"
    }

    /// That of the job which took this one back, of the job which took that one back, and so on.
    private static let undoChain: SQL = """
        (WITH RECURSIVE chain (depth, id, next, text) AS (
            SELECT 1, o.id, o.undone_by, \(reference) FROM job o WHERE o.id = job.undone_by
            UNION ALL
            SELECT c.depth + 1, o.id, o.undone_by, c.text || ' ' || \(reference)
            FROM chain c JOIN job o ON o.id = c.next WHERE o.id > c.id AND c.depth < 200)
        SELECT text FROM chain ORDER BY depth DESC LIMIT 1)
        """

    /// Reads one of them, or a chain of which each has taken the one before it back.
    private static func readReference(_ text: String?) -> Job.Reference? {
        let parts = (text ?? "").split(separator: " ").map(String.init)
        var last: Job.Reference?
        for start in stride(from: parts.count - 5, through: 0, by: -5) {
            guard let status = Job.Status(rawValue: parts[start + 1]), let takenBack = Int64(parts[start + 2]),
                let kept = Int64(parts[start + 3]), let unchanged = Int64(parts[start + 4])
            else { return nil }
            last = Job.Reference(
                publicID: parts[start],
                status: status,
                takenBack: takenBack,
                kept: kept,
                unchanged: unchanged,
                undone: last?.effect ?? .no
            )
        }
        return last
    }

    static func read(_ row: borrowing Row) throws(DatabaseError) -> Job {
        var books = Books()
        books.total = row.int(8)
        books.processed = row.int(9)
        books.created = row.int(10)
        books.updated = row.int(11)
        books.unchanged = row.int(12)
        books.skipped = row.int(13)
        books.failed = row.int(14)
        guard let status = Job.Status(rawValue: row.text(4)) else {
            throw DatabaseError(.decoding, "job \(row.int(0)) has an unknown status")
        }
        return Job(
            id: row.int(0),
            publicID: row.text(1),
            kind: row.text(2),
            displayName: row.text(3),
            status: status,
            stage: row.textOrNil(5),
            progress: row.int(6),
            filename: row.textOrNil(7),
            books: books,
            rowsPerSecond: row.realOrNil(15),
            peakMemoryBytes: row.intOrNil(16),
            errorMessage: row.textOrNil(17),
            parameters: try json(row.text(18)),
            options: try json(row.text(19)),
            result: try row.textOrNil(20).map(json),
            outputLog: row.text(21),
            userID: row.intOrNil(22),
            attempt: row.int(23),
            barrenAttempts: row.int(24),
            waitingReason: row.textOrNil(25),
            worker: row.textOrNil(26),
            leaseUntil: row.time(27),
            cancelRequested: row.bool(28),
            checkpoint: try row.textOrNil(29).map(json),
            scheduledAt: row.time(30),
            startedAt: row.timeOrNil(31),
            completedAt: row.timeOrNil(32),
            workingSince: row.timeOrNil(43),
            earlierWork: row.int(44),
            takeovers: row.int(45),
            resumedAfter: row.intOrNil(46),
            createdAt: row.time(33),
            updatedAt: row.time(34),
            undo: Job.Undo(rawValue: row.text(35)) ?? .none,
            keepsFile: row.bool(36),
            fileHash: row.textOrNil(37),
            earlierChanges: row.int(38),
            undoOf: readReference(row.textOrNil(39)),
            undoneBy: readReference(row.textOrNil(40)),
            duplicateOf: readReference(row.textOrNil(41)),
            waitingFor: readReference(row.textOrNil(42)),
            priority: row.int(47)
        )
    }

    private static func json(_ text: String) throws(DatabaseError) -> JSON {
        do {
            return try JSON.parse(text)
        } catch {
            throw DatabaseError(.decoding, "a JSON column of job holds: \(error)")
        }
    }

    // MARK: Reading

    public func find(_ id: Int64) throws(DatabaseError) -> Job? {
        try connection.first("SELECT \(Self.columns) FROM job WHERE id = \(id)", Self.read)
    }

    public func find(publicID: String) throws(DatabaseError) -> Job? {
        try connection.first("SELECT \(Self.columns) FROM job WHERE public_id = \(publicID)", Self.read)
    }

    /// What a list shows.
    public struct Filter: Sendable, Equatable {
        public var kinds: [String] = []
        public var statuses: [Job.Status] = []
        public var userID: Int64?
        /// When it was asked for, inclusive.
        public var since: Timestamp?
        /// Exclusive.
        public var until: Timestamp?
        /// Every word must stand in its name, its file's name or its error, in any case of ASCII letters.
        public var text: String?
        /// Public ids; nil for all.
        public var ids: [String]?

        public init() {}

        var condition: SQL {
            var parts: [SQL] = ["1 = 1"]
            if !kinds.isEmpty { parts.append("kind IN \(list: kinds)") }
            if !statuses.isEmpty { parts.append("status IN \(list: statuses.map(\.rawValue))") }
            if let userID { parts.append("user_id = \(userID)") }
            if let since { parts.append("created_at >= \(since)") }
            if let until { parts.append("created_at < \(until)") }
            if let ids { parts.append("public_id IN \(list: ids)") }
            for word in (text ?? "").lowercased().split(whereSeparator: \.isWhitespace) {
                let pattern = "%\(String(word.flatMap { "\\%_".contains($0) ? "\\\($0)" : "\($0)" }))%"
                parts.append(
                    """
                    LOWER(display_name || ' ' || COALESCE(filename, '') || ' ' || COALESCE(error_message, ''))
                        LIKE \(pattern) ESCAPE '\\'
                    """
                )
            }
            return parts.joined(separator: " AND ")
        }
    }

    /// Newest first, those with a smaller key than `before`.
    public func list(_ filter: Filter = Filter(), before: Int64? = nil, limit: Int) throws(DatabaseError) -> [Job] {
        try connection.all(
            """
            SELECT \(Self.columns) FROM job
            WHERE \(filter.condition) AND id < \(before ?? .max) ORDER BY id DESC LIMIT \(limit)
            """,
            Self.read
        )
    }

    /// The last ones whose file, or whose own name, holds a text, whatever its case: among the newest 10,000, so that
    /// nobody waits for a search through years of jobs.
    public func named(_ text: String, limit: Int) throws(DatabaseError) -> [Job] {
        let literal = String(text.flatMap { "\\%_".contains($0) ? "\\\($0)" : "\($0)" })
        let pattern = "%\(literal.lowercased())%"
        return try connection.all(
            """
            SELECT \(Self.columns) FROM job
            WHERE id > (SELECT COALESCE(MAX(id), 0) - 10000 FROM job)
                AND LOWER(COALESCE(filename, display_name)) LIKE \(pattern) ESCAPE '\\'
            ORDER BY id DESC LIMIT \(limit)
            """,
            Self.read
        )
    }

    public func count(_ filter: Filter = Filter()) throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM job WHERE \(filter.condition)") { row in row.int(0) } ?? 0
    }

    // MARK: Asking for work

    /// What is needed to ask for a job.
    public struct Order: Sendable {
        public var kind: String
        public var displayName: String
        public var filename: String?
        public var parameters: JSON
        public var options: JSON
        /// BLAKE2b-256 of the upload in hexadecimal; an earlier job with the same one is noted as its double.
        public var fileHash: String?
        /// Whether the upload is ours to keep, to send back and to remove one day.
        public var keepsFile: Bool
        public var undo: Job.Undo
        /// The key of the job that this one takes back.
        public var undoOf: Int64?
        /// Of jobs that wait the one with the smallest number begins first.
        public var priority: Int64 = Job.commonPriority

        public init(
            kind: String,
            displayName: String,
            filename: String? = nil,
            parameters: JSON = [:],
            options: JSON = [:],
            fileHash: String? = nil,
            keepsFile: Bool = false,
            undo: Job.Undo = .none,
            undoOf: Int64? = nil
        ) {
            self.kind = kind
            self.displayName = displayName
            self.filename = filename
            self.parameters = parameters
            self.options = options
            self.fileHash = fileHash
            self.keepsFile = keepsFile
            self.undo = undo
            self.undoOf = undoOf
        }
    }

    /// Writes the job row and its first event. Call inside a `write(.full)`: a job that was acknowledged is on disk.
    public func add(_ order: Order, publicID: String, userID: Int64?, context: WriteContext) throws -> Job {
        let id = try connection.insert(
            """
            INSERT INTO job (public_id, kind, display_name, filename, parameters, options, file_hash, file_kept,
                duplicate_of, undo, undo_of, user_id, priority, scheduled_at, created_at, updated_at)
            VALUES (\(publicID), \(order.kind), \(order.displayName), \(order.filename), \(order.parameters.text),
                \(order.options.text), \(order.fileHash), \(order.keepsFile), \(try duplicate(of: order)),
                \(order.undo.rawValue), \(order.undoOf), \(userID), \(order.priority), \(context.now), \(context.now),
                \(context.now))
            """
        )
        let job = try announce(id, at: context.now)
        try audit("create", job, context, after: order.audited)
        return job
    }

    /// Reads the job back and writes its present state as an event for whoever watches.
    @discardableResult
    func announce(_ id: Int64, at now: Timestamp) throws -> Job {
        guard let job = try find(id) else { throw DatabaseError(.misuse, "job \(id) is not there") }
        let type = job.status.isFinal ? "end" : "progress"
        try EventStore(connection).add(topic: "job:\(job.publicID)", type: type, data: job.json(at: now), at: now)
        return job
    }
}
