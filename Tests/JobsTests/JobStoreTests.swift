import Database
import Support
import Testing

@testable import Jobs

@Suite struct JobStoreTests {
    private let fixture = JobFixture()

    @Test func aNewJobWaits() throws {
        let connection = try fixture.database()
        let job = try fixture.add(connection)
        #expect(job.status == .pending && job.attempt == 0 && job.userID == 1 && job.filename == "a.csv")
        #expect(job.options == ["mode": "upsert"] && job.parameters == [:])
        #expect(job.createdAt == fixture.now && job.startedAt == nil && job.books == Books())
        #expect(try JobStore(connection).find(publicID: job.publicID) == job)
        #expect(try JobStore(connection).find(99) == nil)
        #expect(try events(connection, job) == ["progress pending"])
    }

    @Test func anAbandonedOrderLeavesNeitherJobNorEvent() throws {
        struct Interruption: Error {}
        let connection = try fixture.database()
        #expect(throws: Interruption.self) {
            try connection.write {
                let order = JobStore.Order(kind: "test", displayName: "x")
                _ = try JobStore(connection).add(order, publicID: "u", userID: nil, context: fixture.context)
                throw Interruption()
            }
        }
        #expect(try JobStore(connection).count() == 0)
        #expect(try EventStore(connection).lastID() == 0)
    }

    @Test func listsNewestFirstWithFilters() throws {
        let connection = try fixture.database()
        let jobs = try ["a", "b", "a", "b", "a"].map { try fixture.add(connection, $0) }
        let store = JobStore(connection)
        #expect(try store.list(limit: 10).map(\.id) == jobs.reversed().map(\.id))
        #expect(try store.list(limit: 2).map(\.id) == [jobs[4].id, jobs[3].id])
        #expect(try store.list(before: jobs[3].id, limit: 2).map(\.id) == [jobs[2].id, jobs[1].id])
        var filter = JobStore.Filter()
        filter.kinds = ["b"]
        #expect(try store.list(filter, limit: 10).map(\.id) == [jobs[3].id, jobs[1].id])
        #expect(try store.count(filter) == 2)
        filter = JobStore.Filter()
        filter.statuses = [.processing, .failed]
        #expect(try store.count(filter) == 0)
        _ = try fixture.claim(connection)
        #expect(try store.list(filter, limit: 10).map(\.id) == [jobs[0].id])
        filter.userID = 2
        #expect(try store.count(filter) == 0)
    }

    @Test func isClaimedOnceOldestFirst() throws {
        let connection = try fixture.database()
        let store = JobStore(connection)
        let first = try fixture.add(connection)
        let second = try fixture.add(connection)
        let due = try #require(try store.due(at: fixture.now, excluding: []))
        #expect(due.id == first.id)
        #expect(try store.due(at: fixture.now, excluding: [first.id])?.id == second.id)
        let claimed = try #require(try store.claim(due, now: fixture.now))
        #expect(claimed.status == .processing && claimed.attempt == 1 && claimed.startedAt == fixture.now)
        #expect(claimed.isWorkerAlive(at: fixture.now) == true)
        #expect(try store.claim(due, now: fixture.now) == nil, "somebody else was faster")
        #expect(try store.claim(claimed, now: fixture.now) == nil, "its lease runs")
        #expect(try store.due(at: fixture.now, excluding: [])?.id == second.id)
        #expect(try events(connection, first) == ["progress pending", "progress processing"])
    }

    @Test func aSilentWorkerLosesItsJob() throws {
        let connection = try fixture.database()
        _ = try fixture.add(connection)
        let first = try #require(try fixture.claim(connection))
        fixture.advance(seconds: JobStore.leaseSeconds - 1)
        #expect(try fixture.claim(connection) == nil)
        fixture.advance(seconds: 2)
        #expect(first.isWorkerAlive(at: fixture.now) == false)
        let second = try #require(try fixture.claim(connection))
        #expect(second.attempt == 2 && second.startedAt == first.startedAt)
        #expect(second.takeovers == 1 && second.resumedAfter == 0)
        #expect(second.outputLog.contains("Another process goes on after 0 rows."))
    }

    @Test func orderedAndTakenAtOnce() throws {
        let connection = try fixture.database()
        let order = JobStore.Order(kind: "test", displayName: "x")
        let job = try JobStore(connection).addClaimed(order, publicID: "u", now: fixture.now)
        #expect(job.status == .processing && job.attempt == 1 && job.worker != nil)
        #expect(try fixture.claim(connection) == nil)
    }

    @Test func theLogKeepsItsNewestPart() throws {
        let connection = try fixture.database()
        _ = try fixture.add(connection)
        let job = try #require(try fixture.claim(connection))
        let run = fixture.run(job, connection)
        for number in 0..<40 { try run.log("line \(number) \(String(repeating: "é", count: 2000))") }
        let log = try find(job, connection).outputLog
        #expect(log.unicodeScalars.count == 65_536)
        #expect(log.contains("line 39") && !log.contains("line 0 "))
    }
}
