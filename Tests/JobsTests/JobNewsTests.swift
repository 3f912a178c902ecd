import Database
import Support
import Testing

@testable import Jobs

/// What the outbox is told of jobs that fail, wait or are cancelled: once, in the transaction of the change.
@Suite struct JobNewsTests {
    private let fixture = JobFixture()
    private let connection: Connection

    init() throws { connection = try fixture.database() }

    private func told() throws -> [String] {
        try connection.all("SELECT type FROM outbox ORDER BY id") { row in row.text(0) }
    }

    @Test func aFailedJobIsTold() throws {
        _ = try fixture.add(connection)
        let job = try #require(try fixture.claim(connection))
        try fixture.run(job, connection).finish(.failed, message: "why")
        #expect(try told() == ["job.failed"])
        let row = try connection.first("SELECT subject_id, data FROM outbox") { row in (row.text(0), row.text(1)) }
        let (subject, text) = try #require(row)
        let data = try JSON.parse(text)
        #expect(subject == job.publicID && data["error"] == "why" && data["kind"] == "test")
    }

    @Test func anImportSaysMore() throws {
        _ = try fixture.add(connection, "parcel_import")
        let job = try #require(try fixture.claim(connection))
        try fixture.run(job, connection).finish(.failed, message: "why")
        #expect(try told() == ["job.failed", "import.failed"])
        let cancelled = try fixture.add(connection, "parcel_import")
        try connection.write { try JobStore(connection).move(cancelled.id, .cancel, at: fixture.now) }
        #expect(try told().suffix(1) == ["import.cancelled"])
        let waiting = try fixture.add(connection, "parcel_import")
        try connection.write { try JobStore(connection).move(waiting.id, .hold, at: fixture.now) }
        #expect(try told().suffix(1) == ["import.awaiting_confirmation"])
        // What cannot happen any more is told no second time.
        try connection.write { try JobStore(connection).move(cancelled.id, .cancel, at: fixture.now) }
        #expect(try told().count == 4)
    }
}
