import Database
import Support
import Synchronization
import TestSupport
import Testing

@testable import Jobs

/// Due times become jobs once, whoever is there, and missed ones as the schedule says.
@Suite struct ScheduleTests {
    private let fixture = JobFixture()
    private static let kinds = [
        JobKind("tidy", order: { JobStore.Order(kind: "tidy", displayName: "Tidy", options: $0) }) { _ in },
        JobKind("other") { _ in },
    ]

    /// 1970-01-01T00:16:40 is where the fixture's clock begins.
    private func add(
        _ connection: Connection,
        _ cron: String = "0 * * * *",
        _ change: (inout Schedule) -> Void = { _ in }
    ) throws -> Schedule {
        var schedule = Schedule(name: "Tidy up", kind: "tidy", cron: try CronExpression(cron), timeZone: .utc)
        change(&schedule)
        return try ScheduleStore(connection).insert(schedule, userID: 7, fixture.context)
    }

    @discardableResult
    private func fire(_ schedule: Schedule, _ connection: Connection) throws -> [Job] {
        try ScheduleStore(connection).fire(schedule.id, Self.kinds, fixture.environment)
    }

    /// `due outcome` of each run, oldest first.
    private func runs(_ schedule: Schedule, _ connection: Connection) throws -> [String] {
        try ScheduleStore(connection).runs(of: schedule.id, limit: 1000).reversed().map {
            "\($0.dueAt.rfc3339.dropFirst(5).prefix(11)) \($0.outcome.rawValue)"
        }
    }

    private func end(_ job: Job, _ connection: Connection) throws {
        try connection.write { try JobStore(connection).move(job.id, .cancel, at: fixture.now) }
    }

    private func missedEvents(_ connection: Connection) throws -> [JSON] {
        try connection.all("SELECT data FROM outbox WHERE type = 'schedule.missed' ORDER BY id") { row in row.text(0) }
            .map { try JSON.parse($0) }
    }

    @Test func aTimeThatHasComeBecomesAJob() throws {
        let connection = try fixture.database()
        let schedule = try add(connection) { $0.parameters = ["task": "cleanup"] }
        #expect(schedule.nextRunAt?.milliseconds == 3_600_000)
        fixture.advance(seconds: 2590)
        #expect(try fire(schedule, connection).isEmpty, "too early")
        fixture.advance(seconds: 11)
        let job = try #require(try fire(schedule, connection).first)
        #expect(job.kind == "tidy" && job.options == ["task": "cleanup"] && job.userID == 7)
        let after = try #require(try ScheduleStore(connection).find(schedule.id))
        #expect(after.nextRunAt?.milliseconds == 7_200_000 && after.lastJobID == job.id && after.version == 1)
        #expect(try ScheduleStore(connection).find(ofJob: job.id)?.id == schedule.id)
        #expect(try fire(schedule, connection).isEmpty && runs(schedule, connection) == ["01-01T01:00 started"])
        #expect(try missedEvents(connection).isEmpty)
    }

    /// Three days off, a run every day at noon; the runner is there again in the afternoon.
    @Test(arguments: [
        (Schedule.Missed.skip, ["missed", "missed", "missed"]), (.once, ["missed", "missed", "started"]),
        (.all, ["started", "waiting", "waiting"]),
    ])
    func missedRuns(_ policy: Schedule.Missed, _ outcomes: [String]) throws {
        let connection = try fixture.database()
        let schedule = try add(connection, "0 12 * * *") { $0.missed = policy }
        fixture.advance(seconds: 3 * 86_400 - 1000)
        let made = try fire(schedule, connection)
        #expect(try runs(schedule, connection).map { String($0.split(separator: " ")[1]) } == outcomes)
        #expect(made.count == outcomes.count { $0 == "started" })
        let events = try missedEvents(connection)
        #expect(events.count == 1 && events[0]["missed"]?.intValue == 3)
        #expect(events[0]["made_up"]?.intValue == Int64(outcomes.count { $0 != "missed" }))
        #expect(events[0]["first_due_at"] == "1970-01-01T12:00:00.000Z")
        #expect(try ScheduleStore(connection).find(schedule.id)?.nextRunAt?.rfc3339 == "1970-01-04T12:00:00.000Z")
        try fire(schedule, connection)
        #expect(try missedEvents(connection).count == 1)
    }

    @Test func madeUpRunsComeOneAfterAnother() throws {
        let connection = try fixture.database()
        let schedule = try add(connection, "0 12 * * *") { ($0.missed, $0.missedLimit) = (.all, 2) }
        fixture.advance(seconds: 3 * 86_400 - 1000)
        let store = ScheduleStore(connection)
        let first = try #require(try fire(schedule, connection).first)
        try store.fireWaiting(Self.kinds, fixture.environment)
        #expect(try JobStore(connection).count() == 1, "the first is not over")
        try end(first, connection)
        try store.fireWaiting(Self.kinds, fixture.environment)
        try store.fireWaiting(Self.kinds, fixture.environment)
        #expect(
            try runs(schedule, connection) == [
                "01-01T12:00 missed", "01-02T12:00 started", "01-03T12:00 started",
            ]
        )
        #expect(try store.runs(of: schedule.id, limit: 1).first?.lateBy == 43_200)
    }

    /// Every minute for a year: bounded work, a bounded history, and the next time all the same.
    @Test func aYearOffIsNotCountedMinuteByMinute() throws {
        let connection = try fixture.database()
        let schedule = try add(connection, "* * * * *") { $0.missed = .skip }
        fixture.advance(seconds: 365 * 86_400)
        let began = monotonicNanoseconds()
        #expect(try fire(schedule, connection).count == 1, "the newest is in time")
        #expect(monotonicNanoseconds() - began < 30_000_000_000)
        #expect(try ScheduleStore(connection).countRuns(of: schedule.id) == 501)
        let next = try #require(try ScheduleStore(connection).find(schedule.id)?.nextRunAt)
        #expect(next > fixture.now && next <= fixture.now.adding(seconds: 60))
    }

    @Test(arguments: [(Schedule.Overlap.skip, "skipped"), (.wait, "waiting")])
    func aRunThatIsUnderWay(_ policy: Schedule.Overlap, _ outcome: String) throws {
        let connection = try fixture.database()
        let schedule = try add(connection) { $0.overlap = policy }
        fixture.advance(seconds: 2600)
        let first = try #require(try fire(schedule, connection).first)
        for _ in 0..<2 {
            fixture.advance(seconds: 3600)
            try fire(schedule, connection)
        }
        // One waits at a time.
        #expect(
            try runs(schedule, connection) == [
                "01-01T01:00 started", "01-01T02:00 \(outcome)", "01-01T03:00 skipped",
            ]
        )
        try end(first, connection)
        try ScheduleStore(connection).fireWaiting(Self.kinds, fixture.environment)
        #expect(try JobStore(connection).count() == (policy == .wait ? 2 : 1))
    }

    /// What stops a runner before the commit leaves nothing, behind it all: each time is run once.
    @Test(arguments: ["before-schedule", "after-schedule"])
    func aRunnerThatStopsInBetween(_ point: String) throws {
        struct Stopped: Error {}
        let connection = try fixture.database()
        let schedule = try add(connection)
        fixture.advance(seconds: 2600)
        #expect(throws: Stopped.self) {
            try ScheduleStore(connection).fire(schedule.id, Self.kinds, fixture.environment) {
                if $0 == point { throw Stopped() }
            }
        }
        #expect(try JobStore(connection).count() == (point == "after-schedule" ? 1 : 0))
        #expect(try runs(schedule, connection).count == (point == "after-schedule" ? 1 : 0))
        try fire(schedule, connection)
        try fire(schedule, connection)
        #expect(try JobStore(connection).count() == 1)
        #expect(try runs(schedule, connection) == ["01-01T01:00 started"])
    }

    /// Two runners with a connection each, both at every due time.
    @Test func twoRunnersFireOnce() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.db")
        let connection = try Connection(path: path, role: .maintenance)
        try Migrator(JobsSchema.migrations + AuditSchema.migrations + SeenTimeSchema.migrations).up(
            connection,
            now: fixture.now
        )
        let schedule = try add(connection, "* * * * *")
        let environment = fixture.environment
        let counts = Mutex<[Int]>([])
        let runners = (0..<2).map { _ in
            TestThread { [fixture] in
                guard let own = try? Connection(path: path, role: .maintenance) else { return }
                var made = 0
                for _ in 0..<40 {
                    fixture.advance(seconds: 30)
                    made += (try? ScheduleStore(own).fire(schedule.id, Self.kinds, environment).count) ?? -1000
                    for job in (try? JobStore(own).list(limit: 5)) ?? [] where !job.status.isFinal {
                        _ = try? JobStore(own).cancel(job, context: fixture.context)
                    }
                }
                counts.withLock { $0.append(made) }
            }
        }
        for runner in runners { runner.join() }
        let made = counts.withLock { $0.reduce(0, +) }
        #expect(counts.withLock { $0.count } == 2)
        let all = try ScheduleStore(connection).runs(of: schedule.id, limit: 1000)
        #expect(Set(all.map(\.dueAt)).count == all.count && all.count >= 30)
        #expect(made == all.count { $0.outcome == .started } && made > 0)
        #expect(try JobStore(connection).count() == Int64(made))
    }

    /// The clock went back: what was run is not run again, and the next time comes as the clock has it.
    @Test func aClockThatGoesBack() throws {
        let connection = try fixture.database()
        let schedule = try add(connection)
        fixture.advance(seconds: 2600)
        try end(try #require(try fire(schedule, connection).first), connection)
        fixture.advance(seconds: -1800)
        let store = ScheduleStore(connection)
        try store.heal(at: fixture.now)
        #expect(try store.find(schedule.id)?.nextRunAt?.milliseconds == 3_600_000)
        fixture.advance(seconds: 1800)
        #expect(try fire(schedule, connection).isEmpty, "that time was run")
        #expect(try store.find(schedule.id)?.nextRunAt?.milliseconds == 7_200_000)
    }

    @Test func oneThatCannotRunSaysWhyAndHealsWithAChange() throws {
        let connection = try fixture.database()
        let schedule = try add(connection) { $0.kind = "other" }
        fixture.advance(seconds: 2600)
        #expect(try fire(schedule, connection).isEmpty)
        let store = ScheduleStore(connection)
        #expect(try store.find(schedule.id)?.problem == Schedule.unknownKind)
        #expect(try runs(schedule, connection) == ["01-01T01:00 failed"])
        let changed = try store.update(schedule.id, userID: 8, fixture.context) { current in
            var edited = current
            edited.kind = "tidy"
            return edited
        }
        #expect(changed.problem == nil && changed.version == 2 && changed.userID == 8)
        // A zone that the system has no more.
        try connection.execute("UPDATE schedule SET time_zone = 'Europe/Atlantis' WHERE id = \(schedule.id)")
        fixture.advance(seconds: 3600)
        #expect(try fire(schedule, connection).isEmpty)
        #expect(try store.find(schedule.id)?.problem?.contains("Europe/Atlantis") == true)
        try connection.execute("UPDATE schedule SET time_zone = 'UTC' WHERE id = \(schedule.id)")
        try store.heal(at: fixture.now)
        let healed = try #require(try store.find(schedule.id))
        #expect(healed.problem == nil && healed.nextRunAt?.milliseconds == 10_800_000)
    }

    @Test func namesAreUniqueAndRunsByHandHaveARowEach() throws {
        let connection = try fixture.database()
        let schedule = try add(connection)
        #expect(throws: ScheduleStore.Refusal.nameTaken(existingID: schedule.id)) {
            try add(connection) { $0.name = " TIDY UP" }
        }
        let store = ScheduleStore(connection)
        for _ in 0..<3 {
            let job = try store.runNow(schedule.id, Self.kinds, userID: 9, fixture.environment, fixture.context)
            #expect(job?.userID == 9)
        }
        let manual = try store.runs(of: schedule.id, limit: 10)
        #expect(manual.count == 3 && manual.allSatisfy { $0.isManual && $0.outcome == .started && $0.lateBy == nil })
        try store.delete(schedule.id, fixture.context)
        #expect(try store.count() == 0 && JobStore(connection).count() == 3)
        #expect(throws: ScheduleStore.Refusal.missing) { try store.delete(schedule.id, fixture.context) }
    }

    @Test func turnedOffItRunsNothing() throws {
        let connection = try fixture.database()
        let schedule = try add(connection) { $0.overlap = .wait }
        fixture.advance(seconds: 2600)
        try fire(schedule, connection)
        fixture.advance(seconds: 3600)
        try fire(schedule, connection)
        let store = ScheduleStore(connection)
        let off = try store.update(schedule.id, userID: 7, fixture.context) { current in
            var edited = current
            edited.isEnabled = false
            return edited
        }
        #expect(off.nextRunAt == nil)
        #expect(try runs(schedule, connection) == ["01-01T01:00 started", "01-01T02:00 skipped"])
        fixture.advance(seconds: 86_400)
        try store.heal(at: fixture.now)
        #expect(try store.due(at: fixture.now).isEmpty)
    }
}
