import Database
import Support
import Testing

@testable import Jobs

/// Attempts, paused lanes, places in line, and jobs that go.
@Suite struct JobHousekeepingTests {
    private let fixture = JobFixture()

    private func attempts(_ job: Job, _ connection: Connection) throws -> [String] {
        try JobStore(connection).attempts(of: job).reversed().map { attempt in
            "\(attempt.number) \(attempt.outcome?.rawValue ?? "running")"
        }
    }

    @Test func eachAttemptIsNotedWithItsEnd() throws {
        let connection = try fixture.database()
        let job = try fixture.add(connection)
        let store = JobStore(connection)
        let first = try #require(try fixture.claim(connection))
        try store.noteWorker(first, "12 345")
        #expect(try attempts(job, connection) == ["1 running"])
        fixture.advance(seconds: 5)
        _ = try store.workerDied(job.id, attempt: 1, how: "signal 9", now: fixture.now)
        fixture.advance(seconds: 30)
        _ = try #require(try fixture.claim(connection))
        fixture.advance(seconds: 60)
        // Nobody knows of the end of this one.
        let third = try #require(try fixture.claim(connection))
        fixture.advance(seconds: 1)
        let run = fixture.run(third, connection)
        try run.batch { $0.books.total = 1 }
        try run.finish(.completed)
        #expect(try attempts(job, connection) == ["1 died", "2 lost", "3 completed"])
        let all = try store.attempts(of: job)
        #expect(all[2].worker == "12 345" && all[2].endedAt?.milliseconds == 1_005_000)
        #expect(all[2].peakMemoryBytes == nil && (all[0].peakMemoryBytes ?? 0) > 0)
    }

    @Test func ofAPausedLaneNothingBeginsNorGoesOn() throws {
        let connection = try fixture.database()
        let job = try fixture.add(connection, "import")
        let store = JobStore(connection)
        let lanes = JobLaneStore(connection)
        try lanes.pause("imports", fixture.context)
        try lanes.pause("imports", fixture.context)
        #expect(try lanes.paused().map(\.name) == ["imports"] && lanes.paused()[0].by == "user:1")
        #expect(try store.due(at: fixture.now, excluding: [], paused: ["import"]) == nil)
        #expect(try store.due(at: fixture.now, excluding: [], paused: ["other"])?.id == job.id)
        _ = try fixture.claim(connection)
        fixture.advance(seconds: 60)
        #expect(try store.due(at: fixture.now, excluding: [], paused: ["import"]) == nil, "its worker is gone")
        #expect(try lanes.counts(of: ["import"]) == (0, 1) && lanes.counts(of: ["other"]) == (0, 0))
        try lanes.resume("imports", fixture.context)
        #expect(try lanes.paused().isEmpty)
    }

    @Test func theSmallestPriorityGoesFirst() throws {
        let connection = try fixture.database()
        let jobs = try (0..<3).map { _ in try fixture.add(connection) }
        let store = JobStore(connection)
        guard case .done(let first) = try store.prioritize(jobs[2], 10, context: fixture.context) else {
            Issue.record("refused")
            return
        }
        #expect(first.priority == 10 && first.json(at: fixture.now)["priority"] == 10)
        #expect(try store.due(at: fixture.now, excluding: [])?.id == jobs[2].id)
    }

    private func end(_ job: Job, _ connection: Connection, undo: String, created: Int64, at time: Timestamp) throws {
        try connection.execute(
            """
            UPDATE job SET status = 'completed', undo = \(undo), created_rows = \(created),
                processed_rows = \(created), total_rows = \(created), completed_at = \(time) WHERE id = \(job.id)
            """
        )
    }

    @Test func whatAnUndoNeedsStays() throws {
        let connection = try fixture.database()
        let store = JobStore(connection)
        let job = try fixture.add(connection)
        guard case .wrongState = try store.remove(job, context: fixture.context) else {
            Issue.record("one that is not over went")
            return
        }
        try end(job, connection, undo: "possible", created: 3, at: fixture.now)
        guard case .wrongState(let kept) = try store.remove(job, context: fixture.context) else {
            Issue.record("one that can be undone went")
            return
        }
        #expect(kept.isNeededForUndo && !kept.canBeRemoved)
        try end(job, connection, undo: "expired", created: 3, at: fixture.now)
        let undo = try fixture.add(connection, "undo")
        try connection.execute("UPDATE job SET undo_of = \(job.id) WHERE id = \(undo.id)")
        guard case .wrongState = try store.remove(job, context: fixture.context) else {
            Issue.record("one that is being taken back went")
            return
        }
        try end(undo, connection, undo: "none", created: 0, at: fixture.now)
        guard case .done = try store.remove(job, context: fixture.context) else {
            Issue.record("it stayed")
            return
        }
        #expect(try store.find(job.id) == nil)
    }

    @Test func retentionGoesByAgeAndKind() throws {
        let connection = try fixture.database()
        fixture.advance(seconds: 1000 * 86_400)
        func old(_ kind: String, days: Int64, undo: String = "none", keepsFile: Bool = false) throws -> Job {
            let job = try fixture.add(connection, kind)
            try end(job, connection, undo: undo, created: 0, at: fixture.now.adding(seconds: -days * 86_400))
            if keepsFile { try connection.execute("UPDATE job SET file_kept = 1 WHERE id = \(job.id)") }
            return job
        }
        let kinds = [JobKind("import") { _ in }, JobKind("tidy", keptDays: 90) { _ in }]
        let gone = [try old("import", days: 401), try old("tidy", days: 91), try old("unknown", days: 500)]
        let kept = [
            try old("import", days: 399), try old("tidy", days: 89), try old("import", days: 500, undo: "possible"),
            try old("import", days: 500, keepsFile: true), try fixture.add(connection),
        ]
        let retention = JobRetention(connection, kinds) { 400 }
        while try retention.step(fixture.now) != 0 {}
        for job in gone { #expect(try JobStore(connection).find(job.id) == nil, "\(job.id)") }
        for job in kept { #expect(try JobStore(connection).find(job.id) != nil, "\(job.id)") }
    }

    @Test func filtersNarrow() throws {
        let connection = try fixture.database()
        let store = JobStore(connection)
        let first = try fixture.add(connection, name: "Import of 100%_wool.csv")
        fixture.advance(seconds: 100)
        let second = try fixture.add(connection, name: "Import of cotton.csv")
        func ids(_ change: (inout JobStore.Filter) -> Void) throws -> [Int64] {
            var filter = JobStore.Filter()
            change(&filter)
            return try store.list(filter, limit: 10).map(\.id)
        }
        #expect(try ids { $0.text = "IMPORT cotton" } == [second.id])
        #expect(try ids { $0.text = "100%_w" } == [first.id] && ids { $0.text = "1_0" } == [])
        #expect(try ids { $0.since = fixture.now } == [second.id] && ids { $0.until = fixture.now } == [first.id])
        #expect(try ids { $0.ids = [first.publicID] } == [first.id] && ids { $0.ids = [] } == [])
    }

    @Test func booksAreAddedUp() throws {
        let connection = try fixture.database()
        let job = try fixture.add(connection)
        try end(job, connection, undo: "none", created: 2, at: fixture.now)
        #expect(try JobStore(connection).checkBooks() == JobStore.BooksVerdict(jobs: 1, unbalanced: []))
        try connection.execute("UPDATE job SET created_rows = 1 WHERE id = \(job.id)")
        #expect(try JobStore(connection).checkBooks().unbalanced == [job.publicID])
    }
}
