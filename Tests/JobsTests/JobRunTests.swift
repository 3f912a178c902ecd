import Database
import Glibc
import Support
import Testing

@testable import Jobs

private struct Interruption: Error {}

@Suite struct JobRunTests {
    private let fixture = JobFixture()
    private let connection: Connection
    private let job: Job

    init() throws {
        connection = try fixture.database()
        _ = try fixture.add(connection)
        job = try #require(try fixture.claim(connection))
    }

    private func rowErrors() throws -> Int64 { try RowErrorStore(connection).count(jobID: job.id).errors }

    private func note(_ row: Int64) throws {
        let error = RowError(
            row: row,
            line: row + 1,
            byteOffset: 10,
            byteLength: 5,
            column: "sku",
            code: "no_sku",
            message: "m",
            value: nil
        )
        try RowErrorStore(connection).add(error, jobID: job.id, at: fixture.now)
    }

    @Test func aBatchCommitsEverythingTogether() throws {
        let run = fixture.run(job, connection)
        fixture.advance(seconds: 10)
        var observed: [Int64] = []
        run.observe = { observed.append($0.books.processed) }
        try run.batch { state in
            try note(1)
            state.stage = "importing"
            state.books.total = 4
            state.books.processed = 1
            state.books.failed = 1
            state.checkpoint = ["row": 1]
        }
        let stored = try find(job, connection)
        #expect(stored.books.failed == 1 && stored.books.processed == 1 && stored.progress == 25)
        #expect(stored.stage == "importing" && stored.checkpoint == ["row": 1])
        #expect(stored.leaseUntil == fixture.now.adding(seconds: JobStore.leaseSeconds))
        #expect(try rowErrors() == 1)
        #expect(run.state.books == stored.books)
        #expect(observed == [1])
        #expect(try #require(stored.peakMemoryBytes) > 1 << 20)
        let event = try #require(try EventStore(connection).latest(topic: "job:\(job.publicID)", after: .start))
        #expect(try JSON.parse(event.data)["processed_rows"] == 1)
    }

    @Test func aBatchThatThrowsChangesNothing() throws {
        let run = fixture.run(job, connection)
        let before = try find(job, connection)
        let events = try EventStore(connection).lastID()
        #expect(throws: Interruption.self) {
            try run.batch { state in
                try note(1)
                state.stage = "importing"
                state.books.processed = 1
                throw Interruption()
            }
        }
        #expect(try find(job, connection) == before)
        #expect(try rowErrors() == 0)
        #expect(run.state.books == Books() && run.state.stage == nil)
        #expect(try EventStore(connection).lastID() == events)
    }

    @Test func anEarlierAttemptWritesNothing() throws {
        let old = fixture.run(job, connection)
        try old.batch { $0.books.total = 7 }
        fixture.advance(seconds: JobStore.leaseSeconds + 1)
        let second = try #require(try fixture.claim(connection))
        let events = try EventStore(connection).lastID()
        #expect(throws: JobError.fenced) {
            try old.batch { state in
                try note(1)
                state.books.processed = 5
            }
        }
        #expect(throws: JobError.fenced) { try old.finish(.completed) }
        #expect(throws: JobError.fenced) { try old.show { $0.stage = "elsewhere" } }
        #expect(try find(job, connection) == second)
        #expect(try rowErrors() == 0)
        #expect(try EventStore(connection).lastID() == events)
        try fixture.run(second, connection).batch { $0.books.processed = 1 }
        #expect(try find(job, connection).books.processed == 1)
        #expect(try find(job, connection).books.total == 7, "it goes on from what was committed")
    }

    @Test func rowsThatMoveMakeFewEventsAStageAlwaysOne() throws {
        let run = fixture.run(job, connection)
        try run.batch { $0.stage = "importing" }
        let start = try EventStore(connection).lastID()
        let began = monotonicNanoseconds()
        for row in 1...50 as ClosedRange<Int64> { try run.batch { $0.books.processed = row } }
        let allowed = Int64((monotonicNanoseconds() - began) / 200_000_000) + 1
        #expect(try EventStore(connection).lastID() - start <= allowed)
        #expect(try find(job, connection).books.processed == 50)
        let before = try EventStore(connection).lastID()
        try run.batch { $0.stage = "indexing" }
        try run.batch { $0.stage = "more" }
        #expect(try EventStore(connection).lastID() == before + 2)
    }

    @Test func showingIsCheapAndRenewsTheLease() throws {
        let run = fixture.run(job, connection)
        try run.show { $0.stage = "counting" }
        let events = try EventStore(connection).lastID()
        try run.show { $0.books.total = 10 }
        #expect(run.state.books.total == 10)
        #expect(try EventStore(connection).lastID() == events, "nothing is written before it is due")
        sleep(milliseconds: 210)
        fixture.advance(seconds: 5)
        try run.show { $0.books.total = 20 }
        let stored = try find(job, connection)
        #expect(stored.books.total == 20)
        #expect(stored.leaseUntil == fixture.now.adding(seconds: JobStore.leaseSeconds))
    }

    @Test func theEndAndWhatItTellsTheWorldAreOneTransaction() throws {
        let run = fixture.run(job, connection)
        #expect(throws: Interruption.self) { try run.finish(.completed) { _ in throw Interruption() } }
        #expect(try find(job, connection).status == .processing)
        try run.finish(.completed, result: ["x": 1]) { context in
            #expect(context.actor == .job(job.id) && context.jobID == job.id)
            try EventStore(connection).publish("test.completed", subject: "s", data: ["n": 1], context)
        }
        let stored = try find(job, connection)
        #expect(stored.status == .completed && stored.progress == 100 && stored.stage == "done")
        #expect(stored.result == ["x": 1] && stored.completedAt == fixture.now)
        #expect(try events(connection, job).last == "end completed")
        let told = try connection.all("SELECT type, subject_id, data, actor, request_id, job_id FROM outbox") { row in
            "\(row.text(0)) \(row.text(1)) \(row.text(2)) \(row.text(3)) \(row.textOrNil(4) ?? "-") \(row.int(5))"
        }
        #expect(told == ["test.completed s {\"n\":1} job:\(job.id) - \(job.id)"])
    }

    @Test func aFailureKeepsItsProgress() throws {
        let run = fixture.run(job, connection)
        try run.batch {
            $0.books.total = 2
            $0.books.processed = 1
        }
        try run.finish(.failed, message: "why")
        let stored = try find(job, connection)
        #expect(stored.progress == 50 && stored.errorMessage == "why" && stored.status == .failed)
    }

    @Test func failpointsCountPassages() {
        func passages(_ setting: String?, _ names: [String]) -> [Bool] {
            var points = Failpoints(setting)
            var reached: [Bool] = []
            for name in names { reached.append(points.reached(name)) }
            return reached
        }
        #expect(passages("here:2", ["here", "there", "here", "here"]) == [false, false, true, false])
        #expect(passages("here", ["here", "here"]) == [true, false])
        #expect(passages("here:x", ["here"]) == [true])
        #expect(passages(nil, ["here", ""]) == [false, false])
    }

    @Test func aBrokenCounterShows() throws {
        let run = fixture.run(job, connection, failpoints: "break-counter:2")
        for _ in 0..<2 {
            try run.batch { state in
                state.books.total += 1
                state.books.processed += 1
                state.books.created += 1
            }
            #expect(run.state.books.balances == (run.state.books.total == 1))
        }
    }
}
