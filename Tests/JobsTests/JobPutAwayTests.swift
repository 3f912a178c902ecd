import Database
import Support
import Testing

@testable import Jobs

@Suite struct JobPutAwayTests {
    private let fixture = JobFixture()

    private func failed(_ connection: Connection) throws -> Job {
        let job = try fixture.add(connection)
        let claimed = try #require(try fixture.claim(connection))
        try fixture.run(claimed, connection).finish(.failed, message: "why")
        return try find(job, connection)
    }

    private func entries(_ connection: Connection) throws -> Int64 {
        try connection.first("SELECT COUNT(*) FROM audit_log WHERE action = 'job.put_away'") { row in row.int(0) } ?? 0
    }

    @Test func aFailureIsPutAwayOnceUntilTheNext() throws {
        let connection = try fixture.database()
        let store = JobStore(connection)
        var job = try failed(connection)
        #expect(try !store.isPutAway(job))
        for _ in 0..<2 { #expect(try store.putAway(job, context: fixture.context) == .done(job)) }
        #expect(try store.isPutAway(job))
        #expect(try entries(connection) == 1)
        // Taken up again it may fail once more, and that is news.
        fixture.advance(seconds: 60)
        guard case .done = try store.retry(job, context: fixture.context) else {
            Issue.record("it cannot be taken up again")
            return
        }
        let claimed = try #require(try fixture.claim(connection))
        try fixture.run(claimed, connection).finish(.failed, message: "again")
        job = try find(job, connection)
        #expect(try !store.isPutAway(job))
        _ = try store.putAway(job, context: fixture.context)
        #expect(try store.isPutAway(job) && entries(connection) == 2)
    }

    @Test func onlyAFailureIsPutAway() throws {
        let connection = try fixture.database()
        let job = try fixture.add(connection)
        #expect(try JobStore(connection).putAway(job, context: fixture.context) == .wrongState(job))
        #expect(try entries(connection) == 0)
        try connection.write { try connection.execute("DELETE FROM job WHERE id = \(job.id)") }
        #expect(try JobStore(connection).putAway(job, context: fixture.context) == .wrongState(job))
    }
}
