public import Database
public import Support

/// All SQL of the schedule table, and of its runs as they are shown; how due times become jobs is in
/// `ScheduleStore+Due`.
public struct ScheduleStore {
    public let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// Why a write was refused.
    public enum Refusal: Error, Sendable, Equatable {
        /// Another schedule has the name.
        case nameTaken(existingID: Int64)
        case missing
    }

    static let columns: SQL = """
        s.id, s.name, s.kind, s.parameters, s.cron, s.time_zone, s.enabled, s.missed_policy, s.missed_limit,
        s.overlap_policy, s.next_run_at, s.last_job_id, s.problem, s.user_id, s.version, s.created_at, s.updated_at
        """

    static func read(_ row: borrowing Row) throws(DatabaseError) -> Schedule {
        let cron: CronExpression
        let parameters: JSON
        do {
            cron = try CronExpression(row.text(4))
            parameters = try JSON.parse(row.text(3))
        } catch {
            throw DatabaseError(.decoding, "schedule \(row.int(0)) is not readable: \(error)")
        }
        // A zone that the system has no more: the schedule stands still and says why, see `heal`.
        let zone = TimeZone(named: row.text(5)) ?? TimeZone.missing(row.text(5))
        var schedule = Schedule(
            name: row.text(1),
            kind: row.text(2),
            parameters: parameters,
            cron: cron,
            timeZone: zone
        )
        schedule.id = row.int(0)
        schedule.isEnabled = row.bool(6)
        schedule.missed = Schedule.Missed(rawValue: row.text(7)) ?? .skip
        schedule.missedLimit = row.int(8)
        schedule.overlap = Schedule.Overlap(rawValue: row.text(9)) ?? .skip
        schedule.nextRunAt = row.timeOrNil(10)
        schedule.lastJobID = row.intOrNil(11)
        schedule.problem = row.textOrNil(12)
        schedule.userID = row.intOrNil(13)
        schedule.version = row.int(14)
        schedule.createdAt = row.time(15)
        schedule.updatedAt = row.time(16)
        return schedule
    }

    // MARK: Reading

    public func find(_ id: Int64) throws(DatabaseError) -> Schedule? {
        try connection.first("SELECT \(Self.columns) FROM schedule s WHERE s.id = \(id)", Self.read)
    }

    public func find(name: String) throws(DatabaseError) -> Schedule? {
        try connection.first(
            "SELECT \(Self.columns) FROM schedule s WHERE s.name_norm = \(name.trimmed.caseFolded)",
            Self.read
        )
    }

    /// The schedule that asked for a job.
    public func find(ofJob id: Int64) throws(DatabaseError) -> Schedule? {
        try connection.first(
            """
            SELECT \(Self.columns) FROM schedule s
            WHERE s.id = (SELECT r.schedule_id FROM schedule_run r WHERE r.job_id = \(id))
            """,
            Self.read
        )
    }

    /// What a list shows.
    public struct Filter: Sendable, Equatable {
        public var kind: String?
        public var isEnabled: Bool?

        public init() {}

        var condition: SQL {
            var parts: [SQL] = ["1 = 1"]
            if let kind { parts.append("s.kind = \(kind)") }
            if let isEnabled { parts.append("s.enabled = \(isEnabled)") }
            return parts.joined(separator: " AND ")
        }
    }

    /// One page by name, those behind a name and id.
    public func list(
        _ filter: Filter = Filter(),
        after: (name: String, id: Int64)? = nil,
        limit: Int
    ) throws(DatabaseError) -> [Schedule] {
        let start: SQL = after.map { "AND (s.name_norm, s.id) > (\($0.name), \($0.id))" } ?? ""
        return try connection.all(
            """
            SELECT \(Self.columns) FROM schedule s WHERE \(filter.condition) \(start)
            ORDER BY s.name_norm, s.id LIMIT \(limit)
            """,
            Self.read
        )
    }

    public func count(_ filter: Filter = Filter()) throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM schedule s WHERE \(filter.condition)") { row in row.int(0) } ?? 0
    }

    /// What came of a schedule's times, the newest first; those with a smaller id than `before`.
    public func runs(of id: Int64, before: Int64? = nil, limit: Int) throws(DatabaseError) -> [ScheduleRun] {
        try connection.all(
            """
            SELECT r.id, r.due_at, r.is_manual, r.outcome, r.started_at, j.public_id, j.status
            FROM schedule_run r LEFT JOIN job j ON j.id = r.job_id
            WHERE r.schedule_id = \(id) AND r.id < \(before ?? .max) ORDER BY r.id DESC LIMIT \(limit)
            """
        ) { row in
            ScheduleRun(
                id: row.int(0),
                dueAt: row.time(1),
                isManual: row.bool(2),
                outcome: ScheduleRun.Outcome(rawValue: row.text(3)) ?? .failed,
                startedAt: row.timeOrNil(4),
                jobID: row.textOrNil(5),
                jobStatus: row.textOrNil(6).flatMap(Job.Status.init)
            )
        }
    }

    public func countRuns(of id: Int64) throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM schedule_run WHERE schedule_id = \(id)") { row in row.int(0) } ?? 0
    }

    // MARK: Writing

    /// Stores a new schedule. Throws `Refusal.nameTaken`.
    public func insert(_ schedule: Schedule, userID: Int64?, _ context: WriteContext) throws -> Schedule {
        let next = schedule.next(after: context.now)
        let after = schedule.audited
        return try connection.write {
            try requireFree(schedule, id: nil)
            let id = try connection.insert(
                """
                INSERT INTO schedule (name, name_norm, kind, parameters, cron, time_zone, enabled, missed_policy,
                    missed_limit, overlap_policy, next_run_at, user_id, created_at, updated_at)
                VALUES (\(schedule.name), \(schedule.nameKey), \(schedule.kind), \(schedule.parameters.text),
                    \(schedule.cron.text), \(schedule.timeZone.name), \(schedule.isEnabled),
                    \(schedule.missed.rawValue), \(schedule.missedLimit), \(schedule.overlap.rawValue), \(next),
                    \(userID), \(context.now), \(context.now))
                """
            )
            try audit("create", id, (nil, after), context)
            return try require(id)
        }
    }

    /// Stores what an edit makes of a schedule; runs that wait are left out when it is turned off.
    /// - Parameter edit: asked again when another request has changed the schedule meanwhile.
    ///
    /// Throws `Refusal`, and what the closure throws.
    public func update(
        _ id: Int64,
        userID: Int64?,
        _ context: WriteContext,
        _ edit: (Schedule) throws -> Schedule
    ) throws -> Schedule {
        try connection.untilSettled {
            guard let current = try find(id) else { throw Refusal.missing }
            let edited = try edit(current)
            guard edited != current else { return current }
            let isSameTime =
                edited.cron == current.cron && edited.timeZone == current.timeZone
                && edited.isEnabled == current.isEnabled
            let next = isSameTime ? current.nextRunAt : edited.next(after: context.now)
            let differences = AuditEntry.differences(current.audited, edited.audited)
            return try connection.write {
                try requireStanding(current)
                try requireFree(edited, id: id)
                try connection.execute(
                    """
                    UPDATE schedule SET name = \(edited.name), name_norm = \(edited.nameKey), kind = \(edited.kind),
                        parameters = \(edited.parameters.text), cron = \(edited.cron.text),
                        time_zone = \(edited.timeZone.name), enabled = \(edited.isEnabled),
                        missed_policy = \(edited.missed.rawValue), missed_limit = \(edited.missedLimit),
                        overlap_policy = \(edited.overlap.rawValue), next_run_at = \(next), problem = NULL,
                        user_id = \(userID), version = version + 1, updated_at = \(SQL.updated(at: context.now))
                    WHERE id = \(id)
                    """
                )
                if !edited.isEnabled {
                    try connection.execute(
                        """
                        UPDATE schedule_run SET outcome = 'skipped' WHERE schedule_id = \(id) AND outcome = 'waiting'
                        """
                    )
                }
                try audit("update", id, differences, context)
                return try require(id)
            }
        }
    }

    /// Removes a schedule and its history; its jobs stay. Throws `Refusal.missing`, and what the closure throws.
    public func delete(_ id: Int64, _ context: WriteContext, _ check: (Schedule) throws -> Void = { _ in }) throws {
        try connection.untilSettled {
            guard let current = try find(id) else { throw Refusal.missing }
            try check(current)
            let entry = AuditEntry.differences(current.audited, nil)
            try connection.write {
                try requireStanding(current)
                try connection.execute("DELETE FROM schedule WHERE id = \(id)")
                try audit("delete", id, entry, context)
            }
        }
    }

    private func require(_ id: Int64) throws -> Schedule {
        guard let schedule = try find(id) else { throw Refusal.missing }
        return schedule
    }

    /// Throws `Refusal.missing` and `RecordChanged`.
    private func requireStanding(_ schedule: Schedule) throws {
        let version = try connection.first("SELECT version FROM schedule WHERE id = \(schedule.id)") { row in
            row.int(0)
        }
        guard let version else { throw Refusal.missing }
        guard version == schedule.version else { throw RecordChanged() }
    }

    private func requireFree(_ schedule: Schedule, id: Int64?) throws {
        let other = try connection.first("SELECT id FROM schedule WHERE name_norm = \(schedule.nameKey)") { row in
            row.int(0)
        }
        if let other, other != id { throw Refusal.nameTaken(existingID: other) }
    }

    func audit(
        _ verb: String,
        _ id: Int64,
        _ differences: (before: JSON?, after: JSON?),
        _ context: WriteContext
    ) throws(DatabaseError) {
        let (before, after) = differences
        let entry = AuditEntry("schedule.\(verb)", "schedule", id: id, before: before, after: after)
        try AuditStore(connection).append(entry, context: context)
    }
}

extension Schedule {
    /// What users choose about it, as the API writes it.
    public var settings: [JSON.Member] {
        [
            JSON.Member("name", .string(name)), JSON.Member("kind", .string(kind)),
            JSON.Member("parameters", parameters), JSON.Member("cron", .string(cron.text)),
            JSON.Member("time_zone", .string(timeZone.name)), JSON.Member("enabled", .bool(isEnabled)),
            JSON.Member("missed_policy", .string(missed.rawValue)), JSON.Member("missed_limit", .int(missedLimit)),
            JSON.Member("overlap_policy", .string(overlap.rawValue)),
        ]
    }

    var audited: JSON { .object(settings) }
}
