import Database
import Support
import Testing

@testable import Jobs

@Suite struct RetentionTimeTests {
    private static let day: Int64 = 86_400
    private let start = Timestamp(milliseconds: 1_795_000_000_000)

    /// Looks once a minute for so many minutes.
    /// - Returns: the time believed at the end, in seconds from the start.
    private func run(_ time: inout RetentionTime, _ counter: inout Int64, minutes: Int64, jump: Int64) -> Int64 {
        var result = Timestamp(milliseconds: 0)
        for _ in 0..<minutes {
            counter += 60_000
            result = time.look(at: start.adding(milliseconds: counter).adding(seconds: jump), counter: counter)
        }
        return (result.milliseconds - start.milliseconds) / 1000
    }

    @Test func twoYearsForwardForAWhileMakeNothingOld() {
        var time = RetentionTime(believed: start)
        var counter: Int64 = 0
        #expect(run(&time, &counter, minutes: 10, jump: 0) == 600)
        #expect(run(&time, &counter, minutes: 50, jump: 730 * Self.day) == 3600)
        #expect(run(&time, &counter, minutes: 10, jump: 0) == 4200)
        // A clock that is wrong for a weekend costs a day in an hour.
        #expect(run(&time, &counter, minutes: 61, jump: 730 * Self.day) == 4200 + 61 * 60 + Self.day)
        #expect(run(&time, &counter, minutes: 60, jump: 730 * Self.day) == 4200 + 121 * 60 + 2 * Self.day)
        #expect(time.believed < start.adding(seconds: 3 * Self.day))
    }

    @Test func aMachineThatWasOffIsFollowedSlowlyAndWholly() {
        var time = RetentionTime(believed: start.adding(seconds: -2 * Self.day))
        var counter: Int64 = 0
        #expect(run(&time, &counter, minutes: 60, jump: 0) < -Self.day)
        #expect(run(&time, &counter, minutes: 121, jump: 0) == 181 * 60)
    }

    @Test func backIsNotBelievedEither() {
        var time = RetentionTime(believed: start)
        var counter: Int64 = 0
        #expect(run(&time, &counter, minutes: 10, jump: -3600) == 600 - 3600, "nothing goes before its time")
        #expect(time.believed == start.adding(seconds: 600 - 60), "time went on all the same")
        #expect(run(&time, &counter, minutes: 10, jump: 0) == 1200)
    }

    @Test func nothingIsPrunedByAClockThatJumpedAndTheWarningStands() throws {
        let fixture = JobFixture()
        let connection = try fixture.database()
        let job = try fixture.add(connection)
        var counter: Int64 = 0
        let log = Log(component: "test") { _ in }
        let clock = RetentionClock(connection, fixture.environment, log: log, counter: { counter })
        #expect(try clock.now() == fixture.now)
        fixture.advance(seconds: 730 * Self.day)
        counter += 20_000
        let kept = try clock.now()
        #expect(kept == fixture.now.adding(seconds: 20 - 730 * Self.day))
        let oldest = kept.adding(seconds: -JobRunner.eventDays * Self.day)
        #expect(try EventStore(connection).prune(before: oldest) == 0)
        #expect(try AlertStore(connection).standing(at: fixture.now).map(\.name) == ["retention"])
        #expect(try events(connection, job) == ["progress pending"])
        // Another runner begins where this one was.
        let next = RetentionClock(connection, fixture.environment, log: log, counter: { counter })
        #expect(try next.now() <= kept)
        #expect(try SeenTimeStore(connection).retentionTime(at: fixture.now) <= kept)
    }

    @Test func nobodyWaitsForATimeThatWasPutBack() throws {
        let fixture = JobFixture()
        let connection = try fixture.database()
        let waiting = try fixture.add(connection)
        let running = try #require(try fixture.claim(try fixture.database()) ?? fixture.claim(connection))
        let second = try fixture.add(connection)
        #expect(running.id == waiting.id)
        fixture.advance(seconds: -3600)
        let store = JobStore(connection)
        #expect(try store.due(at: fixture.now, excluding: []) == nil, "both wait for the old time")
        try connection.write { try store.putBack(to: fixture.now) }
        #expect(try store.due(at: fixture.now, excluding: [])?.id == second.id)
        fixture.advance(seconds: JobStore.leaseSeconds + 1)
        #expect(try find(running, connection).isWorkerAlive(at: fixture.now) == false)
        #expect(try fixture.claim(connection)?.id == running.id)
    }
}
