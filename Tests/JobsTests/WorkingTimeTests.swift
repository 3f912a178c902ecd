import Database
import Support
import Testing

@testable import Jobs

/// Working time, takeovers and rates: what is told of a job must be what its workers did.
@Suite struct WorkingTimeTests {
    private let fixture = JobFixture()

    private func wait(_ run: JobRun) throws {
        try run.awaitConfirmation(reason: nil) { $0.books.total = 10 }
    }

    @Test func aPersonsPauseIsNoWorkAndNoTakeover() throws {
        let connection = try fixture.database()
        let store = JobStore(connection)
        _ = try fixture.add(connection)
        let job = try #require(try fixture.claim(connection))
        fixture.advance(seconds: 2)
        #expect(try find(job, connection).workingMilliseconds(at: fixture.now) == 2000)
        try wait(fixture.run(job, connection))
        fixture.advance(seconds: 86_400)
        _ = try store.confirm(try find(job, connection), context: fixture.context)
        let second = try #require(try fixture.claim(connection))
        #expect(second.attempt == 2 && second.takeovers == 0 && second.resumedAfter == nil)
        fixture.advance(seconds: 3)
        try fixture.run(second, connection).finish(.completed)
        let ended = try find(job, connection)
        #expect(ended.earlierWork == 5000 && ended.workingMilliseconds(at: fixture.now) == 5000)
        #expect(ended.json(at: fixture.now)["working_ms"] == 5000 && ended.json(at: fixture.now)["takeovers"] == 0)
        #expect(!ended.outputLog.contains("goes on"))
    }

    /// At the terminal it is confirmed and taken in one.
    @Test func confirmedAtTheTerminal() throws {
        let connection = try fixture.database()
        _ = try fixture.add(connection)
        let job = try #require(try fixture.claim(connection))
        fixture.advance(seconds: 2)
        try wait(fixture.run(job, connection))
        fixture.advance(seconds: 600)
        let waiting = try find(job, connection)
        let taken = try #require(try JobStore(connection).confirmClaimed(waiting, now: fixture.now))
        #expect(taken.takeovers == 0 && taken.resumedAfter == nil)
        fixture.advance(seconds: 1)
        try fixture.run(taken, connection).finish(.completed)
        #expect(try find(job, connection).earlierWork == 3000)
    }

    /// Whichever way a worker stops, its time counts once.
    @Test func everyWayToStop() throws {
        typealias Stop = (JobStore, Job) throws -> Void
        let now = { [fixture] in fixture.now }
        let ways: [(name: String, stop: Stop, takeovers: Int64)] = [
            ("died", { _ = try $0.workerDied($1.id, attempt: $1.attempt, how: "x", now: now()) }, 1),
            ("released", { try $0.release($1.id, attempt: $1.attempt, now: now()) }, 1),
            ("disk full", { try $0.postpone($1.id, attempt: $1.attempt, reason: "d", seconds: 1, now: now()) }, 0),
        ]
        for way in ways {
            let connection = try fixture.database()
            let store = JobStore(connection)
            _ = try fixture.add(connection)
            let job = try #require(try fixture.claim(connection))
            let run = fixture.run(job, connection)
            try run.batch {
                $0.books.total = 10
                ($0.books.processed, $0.books.created) = (4, 4)
            }
            fixture.advance(seconds: 4)
            try way.stop(store, job)
            fixture.advance(seconds: 100)
            let next = try #require(try fixture.claim(connection), "\(way.name)")
            #expect(
                next.takeovers == way.takeovers && next.resumedAfter == (way.takeovers > 0 ? 4 : nil),
                "\(way.name)"
            )
            fixture.advance(seconds: 2)
            try fixture.run(next, connection).finish(.failed)
            #expect(try find(job, connection).earlierWork == 6000, "\(way.name)")
            _ = try store.retry(try find(job, connection), context: fixture.context)
            let third = try #require(try fixture.claim(connection))
            #expect(third.takeovers == way.takeovers && third.resumedAfter == nil, "a retry is no takeover")
        }
    }

    /// Of a worker that nobody saw die the time counts up to its last sign of life.
    @Test func aSilentWorker() throws {
        let connection = try fixture.database()
        _ = try fixture.add(connection)
        let job = try #require(try fixture.claim(connection))
        fixture.advance(seconds: 5)
        try fixture.run(job, connection).batch { $0.books.total = 1 }
        fixture.advance(seconds: 1000)
        let next = try #require(try fixture.claim(connection))
        #expect(next.earlierWork == 5000 && next.takeovers == 1)
    }

    @Test func anErrandIsNotTheJobsOwnWork() throws {
        let connection = try fixture.database()
        let store = JobStore(connection)
        _ = try fixture.add(connection)
        let job = try #require(try fixture.claim(connection))
        fixture.advance(seconds: 2)
        try fixture.run(job, connection).finish(.completed)
        for isDone in [true, false] {
            let ended = try find(job, connection)
            _ = try store.begin("repair", notes: [:], ended, context: fixture.context) { _ in true }
            let claimed = try #require(try fixture.claim(connection))
            #expect(claimed.takeovers == 0)
            fixture.advance(seconds: 30)
            let run = fixture.run(claimed, connection)
            isDone ? try run.finishErrand([:]) : try run.abandonErrand("why")
            #expect(try find(job, connection).earlierWork == 2000)
        }
    }

    // MARK: Rates

    @Test func aRateBelongsToItsStage() throws {
        let connection = try fixture.database()
        _ = try fixture.add(connection)
        let job = try #require(try fixture.claim(connection))
        let run = fixture.run(job, connection)
        func told() throws -> JSON? { try find(job, connection).json(at: fixture.now)["rows_per_second"] }
        try run.batch { ($0.stage, $0.rowsPerSecond) = ("validating", 100) }
        #expect(try told() == 100)
        try run.batch { $0.stage = "importing" }
        #expect(try told() == .null, "that of checking says nothing of importing")
        try run.batch { $0.rowsPerSecond = -5 }
        #expect(try told() == 0)
        try run.batch { ($0.stage, $0.rowsPerSecond) = ("indexing", 7) }
        #expect(try told() == 7, "its own")
    }

    @Test func theRateIsNeverBelowZero() {
        var rate = RowRate()
        let second: UInt64 = 1_000_000_000
        #expect(rate.rows(0, in: "validating", at: 0) == nil)
        #expect(rate.rows(5000, in: "validating", at: second) == 5000)
        // Counted from zero again, in the next stage or in the same one.
        #expect(rate.rows(0, in: "importing", at: 2 * second) == nil)
        #expect(rate.rows(300, in: "importing", at: 3 * second) == 300)
        #expect(rate.rows(100, in: "importing", at: 4 * second) == nil)
        #expect(rate.rows(100, in: "importing", at: 4 * second) == nil, "no time has passed")
        #expect(rate.rows(100, in: "importing", at: 5 * second) == 0)
    }
}
