import Database
import Support
import Testing

@testable import Jobs

@Suite struct JobJSONTests {
    private let fixture = JobFixture()

    @Test func membersAsInTheContract() throws {
        let connection = try fixture.database()
        let job = try fixture.add(connection)
        let json = job.json(at: fixture.now)
        let promised = [
            "id", "kind", "status", "stage", "progress", "filename", "total_rows", "processed_rows", "created_rows",
            "updated_rows", "unchanged_rows", "skipped_rows", "failed_rows", "error_message", "attempt", "worker_alive",
            "rows_per_second", "eta_seconds", "waiting_reason", "undo_of", "undone_by", "user_id", "options",
            "created_at", "started_at", "completed_at", "links",
        ]
        let names = try #require(json.members).map(\.name)
        for name in promised { #expect(names.contains(name), "\(name)") }
        for secret in ["parameters", "checkpoint", "worker", "output_log", "lease_until"] {
            #expect(!names.contains(secret), "\(secret)")
        }
        #expect(json["id"]?.stringValue == job.publicID)
        #expect(json["created_at"] == "1970-01-01T00:16:40.000Z")
        #expect(json["started_at"] == .null && json["worker_alive"] == .null && json["options"] == ["mode": "upsert"])
    }

    private func links(_ job: Job) throws -> Set<String> {
        Set(try #require(job.json(at: fixture.now)["links"]?.members).map(\.name))
    }

    @Test func onlyWhatIsAllowedNowIsLinked() throws {
        let connection = try fixture.database()
        let pending = try fixture.add(connection)
        #expect(try links(pending) == ["self", "events", "errors", "attempts", "cancel"])
        let running = try #require(try fixture.claim(connection))
        #expect(try links(running) == ["self", "events", "errors", "attempts", "cancel"])
        #expect(running.json(at: fixture.now)["worker_alive"] == true)
        #expect(running.json(at: fixture.now.adding(seconds: 60))["worker_alive"] == false)
        let run = fixture.run(running, connection)
        try run.batch {
            $0.books.total = 300
            $0.books.processed = 100
            $0.rowsPerSecond = 60.9
        }
        let moving = try find(running, connection).json(at: fixture.now)
        #expect(moving["progress"] == 33 && moving["rows_per_second"] == 60 && moving["eta_seconds"] == 4)
        try run.finish(.failed, message: "why")
        let failed = try find(running, connection)
        #expect(try links(failed) == ["self", "events", "errors", "attempts", "retry", "delete"])
        let json = failed.json(at: fixture.now)
        #expect(json["rows_per_second"] == .null && json["eta_seconds"] == .null && json["worker_alive"] == .null)
        #expect(json["error_message"] == "why" && json["stage"] == "done")
    }

    @Test func progressIsWholeOnlyAtTheEnd() {
        var books = Books()
        #expect(Job.progress(of: books) == 0)
        books.total = 1000
        books.processed = 999
        #expect(Job.progress(of: books) == 99)
        books.processed = 1000
        #expect(Job.progress(of: books) == 99)
        books.total = 3
        books.processed = 1
        #expect(Job.progress(of: books) == 33)
    }

    @Test func booksBalance() {
        var books = Books()
        #expect(books.balances)
        (books.total, books.processed, books.created, books.failed) = (5, 3, 2, 1)
        #expect(books.balances && books.sum == 3)
        books.updated = 1
        #expect(!books.balances)
        (books.processed, books.total) = (4, 3)
        #expect(!books.balances)
    }
}
