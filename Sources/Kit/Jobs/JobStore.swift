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
        completed_at, created_at, updated_at
        """

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
            createdAt: row.time(33),
            updatedAt: row.time(34)
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

        public init() {}

        var condition: SQL {
            var parts: [SQL] = ["1 = 1"]
            if !kinds.isEmpty { parts.append("kind IN \(list: kinds)") }
            if !statuses.isEmpty { parts.append("status IN \(list: statuses.map(\.rawValue))") }
            if let userID { parts.append("user_id = \(userID)") }
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
        public var fileHash: String?

        public init(
            kind: String,
            displayName: String,
            filename: String? = nil,
            parameters: JSON = [:],
            options: JSON = [:],
            fileHash: String? = nil
        ) {
            self.kind = kind
            self.displayName = displayName
            self.filename = filename
            self.parameters = parameters
            self.options = options
            self.fileHash = fileHash
        }
    }

    /// Writes the job row and its first event. Call inside a `write(.full)`: a job that was acknowledged is on disk.
    public func add(_ order: Order, publicID: String, userID: Int64?, context: WriteContext) throws -> Job {
        let id = try connection.insert(
            """
            INSERT INTO job (public_id, kind, display_name, filename, parameters, options, file_hash, user_id,
                scheduled_at, created_at, updated_at)
            VALUES (\(publicID), \(order.kind), \(order.displayName), \(order.filename), \(order.parameters.text),
                \(order.options.text), \(order.fileHash), \(userID), \(context.now), \(context.now), \(context.now))
            """
        )
        return try announce(id, at: context.now)
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
