import Database
import Jobs
import Support

/// All SQL of the tables system_log and system_log_place.
struct SystemLogStore {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    // MARK: Collecting

    /// How far the spool was collected; nil before the first time.
    func place() throws(DatabaseError) -> LogSpool.Place? {
        let found = try connection.first("SELECT spool, position FROM system_log_place WHERE id = 1") { row in
            LogSpool.Place(generation: row.text(0), offset: row.int(1))
        }
        return found?.generation.isEmpty ?? true ? nil : found
    }

    enum Outcome {
        case done
        /// Another process writes.
        case busy
        /// Another runner has collected meanwhile.
        case overtaken
    }

    /// Adds lines and notes how far they reach, both or neither.
    /// - Parameters:
    ///   - from: as it was noted when they were read.
    ///   - waits: whether to wait for the gate.
    func add(
        _ entries: [LogEntry],
        from: LogSpool.Place?,
        to: LogSpool.Place,
        waits: Bool
    ) throws -> Outcome {
        func body() throws -> Outcome {
            guard try place() == from else { return .overtaken }
            var jobs: [String: Int64] = [:]
            for entry in entries { try insert(entry, &jobs) }
            try connection.execute(
                "UPDATE system_log_place SET spool = \(to.generation), position = \(to.offset) WHERE id = 1"
            )
            return .done
        }
        // What a power cut takes away is taken together with the place, and collected again.
        return try waits ? connection.write(.normal, body) : (connection.writeIfFree(body) ?? .busy)
    }

    private func insert(_ entry: LogEntry, _ jobs: inout [String: Int64]) throws {
        var extras = entry.others.map {
            JSON.Member($0.name.withVisibleControls, .string($0.value.withVisibleControls))
        }
        var jobID: Int64?
        if let name = entry["job_id"] {
            jobID = try jobs[name] ?? JobStore(connection).find(publicID: name)?.id
            jobs[name] = jobID
            // A job that is not known any more is still named.
            if jobID == nil { extras.append(JSON.Member("job_id", .string(name.withVisibleControls))) }
        }
        let stackTrace = extras.first { $0.name == "stack_trace" }?.value.stringValue
        extras.removeAll { $0.name == "stack_trace" }
        if entry.pid > 0 { extras.append(JSON.Member("pid", .string(String(entry.pid)))) }
        let message = entry.message.withVisibleControls
        let words = [message, entry.module, entry.function] + extras.map { $0.value.stringValue ?? "" }
        try connection.execute(
            """
            INSERT INTO system_log (created_at, level, logger_name, message, module, function, line_number, user_id,
                job_id, session_id, request_id, extra_data, stack_trace, search_text)
            VALUES (\(entry.time), \(entry.level.rawValue), \(entry.logger.withVisibleControls), \(message),
                \(entry.module.withVisibleControls), \(entry.function.withVisibleControls), \(Int64(entry.line)),
                \(entry["user_id"].flatMap { Int64($0) }), \(jobID), \(entry["session_id"].flatMap { Int64($0) }),
                \(entry["request_id"]?.withVisibleControls), \(JSON.object(extras).text), \(stackTrace),
                \(words.joined(separator: " ").caseFolded))
            """
        )
    }

    // MARK: Reading

    /// Which lines are wanted. What is nil does not matter.
    struct Filter: Sendable, Equatable {
        /// Every word must stand somewhere in the line, in any case.
        var q: String?
        /// At least this one.
        var level: Log.Level?
        var logger: String?
        /// A module, `Catalog`, or one file of it, `Catalog/ProductSearch`.
        var module: String?
        var requestID: String?
        /// The key inside.
        var jobID: Int64?
        var userID: Int64?
        var sessionID: Int64?
        /// Inclusive.
        var since: Timestamp?
        /// Exclusive.
        var until: Timestamp?

        init() {}

        var condition: SQL {
            var parts: [SQL] = ["1 = 1"]
            for word in (q ?? "").caseFolded.split(whereSeparator: \.isWhitespace) {
                parts.append("s.search_text LIKE \("%\(Self.literal(word))%") ESCAPE '\\'")
            }
            if let level, level > .debug {
                parts.append("s.level IN \(list: Log.Level.allCases.filter { $0 >= level }.map(\.rawValue))")
            }
            if let logger { parts.append("s.logger_name = \(logger)") }
            if let module {
                parts.append("(s.module = \(module) OR s.module LIKE \("\(Self.literal(module[...]))/%") ESCAPE '\\')")
            }
            if let requestID { parts.append("s.request_id = \(requestID)") }
            if let jobID { parts.append("s.job_id = \(jobID)") }
            if let userID { parts.append("s.user_id = \(userID)") }
            if let sessionID { parts.append("s.session_id = \(sessionID)") }
            if let since { parts.append("s.created_at >= \(since)") }
            if let until { parts.append("s.created_at < \(until)") }
            return parts.joined(separator: " AND ")
        }

        private static func literal(_ text: Substring) -> String {
            String(text.flatMap { "\\%_".contains($0) ? "\\\($0)" : "\($0)" })
        }
    }

    private static let columns: SQL = """
        s.id, s.created_at, s.level, s.logger_name, s.message, s.module, s.function, s.line_number, s.user_id,
        s.job_id, s.session_id, s.request_id, s.extra_data, s.stack_trace
        """

    @Sendable private static func read(_ row: borrowing Row) throws(DatabaseError) -> SystemLogLine {
        guard let level = Log.Level(rawValue: row.text(2)) else {
            throw DatabaseError(.decoding, "a line of the system log has no level")
        }
        return SystemLogLine(
            id: row.int(0),
            createdAt: row.time(1),
            level: level,
            loggerName: row.text(3),
            message: row.text(4),
            module: row.text(5),
            function: row.text(6),
            lineNumber: row.int(7),
            userID: row.intOrNil(8),
            jobID: row.intOrNil(9),
            sessionID: row.intOrNil(10),
            requestID: row.textOrNil(11),
            extraData: (try? JSON.parse(row.text(12))) ?? .object([]),
            stackTrace: row.textOrNil(13)
        )
    }

    private static let entries = EntryStore("system_log", "s", columns: columns, read)

    /// One page in the order of collecting.
    /// - Parameter after: the id behind which the page begins.
    func list(
        _ filter: Filter,
        after: Int64? = nil,
        descends: Bool = true,
        limit: Int
    ) throws(DatabaseError) -> [SystemLogLine] {
        try Self.entries.list(connection, where: filter.condition, after: after, descends: descends, limit: limit)
    }

    func find(_ id: Int64) throws(DatabaseError) -> SystemLogLine? { try Self.entries.find(connection, id) }

    /// How many lines match.
    /// - Parameter limit: counting ends there.
    func count(_ filter: Filter, limit: Int64 = .max) throws(DatabaseError) -> Int64 {
        try Self.entries.count(connection, where: filter.condition, limit: limit)
    }

    /// The processes that have said something, in their order.
    func loggers() throws(DatabaseError) -> [String] { try Self.entries.distinct(connection, "logger_name") }

    // MARK: Removing

    /// Removes lines that are too old or too many, oldest first, unless another process writes.
    /// - Returns: how many went.
    func prune(before: Timestamp, keeping rows: Int64, limit: Int = 2000) throws -> Int {
        // Both ends are found along an index, without the gate.
        let newestKept = try connection.first(
            "SELECT id FROM system_log ORDER BY id DESC LIMIT 1 OFFSET \(rows)"
        ) { row in row.int(0) }
        guard try newestKept != nil || oldest().map({ $0 < before }) ?? false else { return 0 }
        return try connection.writeIfFree {
            try connection.execute(
                """
                DELETE FROM system_log WHERE id IN (
                    SELECT id FROM system_log WHERE id <= \(newestKept ?? 0) OR created_at < \(before)
                    ORDER BY id LIMIT \(limit))
                """
            )
        } ?? 0
    }

    private func oldest() throws(DatabaseError) -> Timestamp? {
        try connection.first("SELECT MIN(created_at) FROM system_log") { row in row.timeOrNil(0) } ?? nil
    }
}
