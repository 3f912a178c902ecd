public import Database
public import Support

/// How due times become jobs. Everything that a due time leads to (its row, the job, the next time) is one transaction,
/// and its row is the only one of that time: whoever dies in between has done nothing, whoever comes second finds it
/// done.
extension ScheduleStore {
    /// Schedules whose time has come.
    func due(at now: Timestamp) throws(DatabaseError) -> [Int64] {
        try connection.all(
            "SELECT id FROM schedule WHERE enabled = 1 AND next_run_at <= \(now) ORDER BY next_run_at, id"
        ) { row in row.int(0) }
    }

    /// Asks for the jobs of the times that have come, or leaves them out, as the schedule's policies say.
    /// - Parameter step: told `before-schedule` before the commit and `after-schedule` behind it: the runner's
    ///   failpoints.
    /// - Returns: the jobs that were made.
    @discardableResult
    func fire(
        _ id: Int64,
        _ kinds: [JobKind],
        _ environment: Environment,
        at step: (String) throws -> Void = { _ in }
    ) throws -> [Job] {
        let now = environment.now()
        let context = WriteContext(actor: .system, now: now)
        // Times are found outside of the transaction: others can write meanwhile.
        guard let known = try find(id), let first = known.nextRunAt, first <= now else { return [] }
        guard !known.timeZone.isMissing else { return try stop(known, now: now) }
        let due = DueTimes(of: known, at: now)
        let next = known.next(after: now)
        let made = try connection.write {
            // Another runner was faster, or a user has changed it.
            guard let schedule = try find(id), schedule.version == known.version, schedule.nextRunAt == first else {
                return [Job]()
            }
            for time in due.dropped.suffix(Self.mostRuns) { try add(schedule, time, .missed, context) }
            let made = try start(schedule, due, kinds, environment, context)
            try connection.execute("UPDATE schedule SET next_run_at = \(next) WHERE id = \(id)")
            if !due.missed.isEmpty { try tellMissed(schedule, due, context) }
            try step("before-schedule")
            return made
        }
        try step("after-schedule")
        return made
    }

    private func start(
        _ schedule: Schedule,
        _ due: DueTimes,
        _ kinds: [JobKind],
        _ environment: Environment,
        _ context: WriteContext
    ) throws -> [Job] {
        var made: [Job] = []
        var isBusy = try isBusy(schedule)
        var waiting = try countWaiting(schedule)
        for time in due.late + [due.onTime].compactMap({ $0 }) {
            let isLate = time != due.onTime
            guard isBusy || waiting > 0 else {
                guard let job = try begin(schedule, at: time, kinds, environment, context) else { continue }
                made.append(job)
                isBusy = true
                continue
            }
            // Made-up runs stand in line; of those in time one waits, where the policy says so.
            let waits = isLate || schedule.overlap == .wait && waiting == 0
            try add(schedule, time, waits ? .waiting : .skipped, context)
            if waits { waiting += 1 }
        }
        return made
    }

    /// Runs that waited for the one before, which has ended.
    func fireWaiting(_ kinds: [JobKind], _ environment: Environment) throws {
        let found = try connection.all(
            """
            SELECT MIN(r.id), r.schedule_id FROM schedule_run r JOIN schedule s ON s.id = r.schedule_id
            WHERE r.outcome = 'waiting' AND s.enabled = 1 GROUP BY r.schedule_id
            """
        ) { row in (run: row.int(0), schedule: row.int(1)) }
        for (run, id) in found {
            guard let known = try find(id), try !isBusy(known) else { continue }
            let context = WriteContext(actor: .system, now: environment.now())
            try connection.write {
                guard let schedule = try find(id), schedule.isEnabled, try !isBusy(schedule) else { return }
                let taken = try connection.execute(
                    "UPDATE schedule_run SET outcome = 'failed' WHERE id = \(run) AND outcome = 'waiting'"
                )
                guard taken == 1, let job = try makeJob(schedule, kinds, environment, context) else { return }
                try note(job, schedule, run: run, context)
            }
        }
    }

    /// Asks for a job now, whatever the schedule's times are, and whether or not one is under way.
    ///
    /// Throws `Refusal.missing`; nil when its kind is not known.
    public func runNow(
        _ id: Int64,
        _ kinds: [JobKind],
        userID: Int64?,
        _ environment: Environment,
        _ context: WriteContext
    ) throws -> Job? {
        try connection.write {
            guard let schedule = try find(id) else { throw Refusal.missing }
            guard let job = try makeJob(schedule, kinds, environment, context, userID: .some(userID)) else {
                return nil
            }
            var time = context.now
            while try add(schedule, time, .failed, context, isManual: true) == nil {
                time = time.adding(milliseconds: 1)
            }
            let run = try connection.first(
                "SELECT id FROM schedule_run WHERE schedule_id = \(id) AND due_at = \(time)"
            ) { row in row.int(0) }
            try note(job, schedule, run: run ?? 0, context)
            try audit("run", id, (nil, ["job_id": .string(job.publicID)]), context)
            return job
        }
    }

    // MARK: Inside a transaction

    /// Makes the job of one due time; nil when that time is done already.
    private func begin(
        _ schedule: Schedule,
        at time: Timestamp,
        _ kinds: [JobKind],
        _ environment: Environment,
        _ context: WriteContext
    ) throws -> Job? {
        guard let run = try add(schedule, time, .failed, context),
            let job = try makeJob(schedule, kinds, environment, context)
        else { return nil }
        try note(job, schedule, run: run, context)
        return job
    }

    /// Adds the row of a due time.
    /// - Returns: its id; nil when there is one already.
    @discardableResult
    private func add(
        _ schedule: Schedule,
        _ time: Timestamp,
        _ outcome: ScheduleRun.Outcome,
        _ context: WriteContext,
        isManual: Bool = false
    ) throws(DatabaseError) -> Int64? {
        let id = try connection.insert(
            """
            INSERT INTO schedule_run (schedule_id, due_at, is_manual, outcome, created_at)
            VALUES (\(schedule.id), \(time), \(isManual), \(outcome.rawValue), \(context.now))
            ON CONFLICT (schedule_id, due_at) DO NOTHING
            """
        )
        return connection.changes == 1 ? id : nil
    }

    /// Adds the job; one that the kind cannot order stops the schedule and says why.
    private func makeJob(
        _ schedule: Schedule,
        _ kinds: [JobKind],
        _ environment: Environment,
        _ context: WriteContext,
        userID: Int64?? = nil
    ) throws -> Job? {
        guard let order = kinds.first(where: { $0.name == schedule.kind })?.order else {
            try connection.execute(
                "UPDATE schedule SET problem = \(Schedule.unknownKind) WHERE id = \(schedule.id)"
            )
            return nil
        }
        return try JobStore(connection).add(
            order(schedule.parameters),
            publicID: environment.makeUUID(),
            userID: userID ?? schedule.userID,
            context: context
        )
    }

    private func note(
        _ job: Job,
        _ schedule: Schedule,
        run: Int64,
        _ context: WriteContext
    ) throws(DatabaseError) {
        try connection.execute(
            """
            UPDATE schedule_run SET outcome = 'started', job_id = \(job.id), started_at = \(context.now)
            WHERE id = \(run)
            """
        )
        try connection.execute(
            "UPDATE schedule SET last_job_id = \(job.id), problem = NULL WHERE id = \(schedule.id)"
        )
    }

    /// Whether a job that it asked for is not over.
    private func isBusy(_ schedule: Schedule) throws(DatabaseError) -> Bool {
        try connection.first(
            """
            SELECT 1 FROM schedule_run r JOIN job j ON j.id = r.job_id
            WHERE r.schedule_id = \(schedule.id) AND j.status NOT IN ('completed', 'failed', 'cancelled') LIMIT 1
            """
        ) { _ in true } ?? false
    }

    private func countWaiting(_ schedule: Schedule) throws(DatabaseError) -> Int64 {
        try connection.first(
            "SELECT COUNT(*) FROM schedule_run WHERE schedule_id = \(schedule.id) AND outcome = 'waiting'"
        ) { row in row.int(0) } ?? 0
    }

    private func tellMissed(_ schedule: Schedule, _ due: DueTimes, _ context: WriteContext) throws {
        try EventStore(connection).publish(
            "schedule.missed",
            subject: String(schedule.id),
            data: [
                "schedule_id": .int(schedule.id), "name": .string(schedule.name), "missed": .int(due.missed.count),
                "made_up": .int(due.late.count), "first_due_at": .optional(due.missed.first),
                "last_due_at": .optional(due.missed.last),
            ],
            context
        )
    }

    // MARK: Keeping in order

    /// How many rows of its history each schedule keeps.
    static let mostRuns = 500

    /// A zone that is not there: no time can be told.
    private func stop(_ schedule: Schedule, now: Timestamp) throws -> [Job] {
        try connection.write {
            try connection.execute(
                """
                UPDATE schedule SET next_run_at = NULL, problem = \(Schedule.unknownZone(schedule.timeZone.name))
                WHERE id = \(schedule.id) AND version = \(schedule.version)
                """
            )
        }
        return []
    }

    /// Puts schedules right that stand still or too far ahead: the clock was put back, or a zone is there again. And
    /// forgets the oldest of long histories.
    func heal(at now: Timestamp) throws {
        for schedule in try list(limit: 1000) where schedule.isEnabled && !schedule.timeZone.isMissing {
            guard let next = schedule.next(after: now), schedule.nextRunAt.map({ $0 > next }) ?? true else { continue }
            try connection.write {
                try connection.execute(
                    """
                    UPDATE schedule SET next_run_at = \(next), problem = NULL
                    WHERE id = \(schedule.id) AND version = \(schedule.version)
                    """
                )
            }
        }
        let long = try connection.all(
            "SELECT schedule_id FROM schedule_run GROUP BY schedule_id HAVING COUNT(*) > \(Self.mostRuns)"
        ) { row in row.int(0) }
        for id in long {
            _ = try connection.writeIfFree {
                try connection.execute(
                    """
                    DELETE FROM schedule_run WHERE schedule_id = \(id) AND outcome <> 'waiting' AND id <= (
                        SELECT id FROM schedule_run WHERE schedule_id = \(id)
                        ORDER BY id DESC LIMIT 1 OFFSET \(Self.mostRuns))
                    """
                )
            }
        }
    }
}

extension Schedule {
    static let unknownKind = "This version of Bodega has no such kind of job that can be scheduled."

    static func unknownZone(_ name: String) -> String {
        "The system does not know the time zone \(name). Choose another, or install the package tzdata."
    }
}
