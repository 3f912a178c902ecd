import Database
import Support
import Testing

@testable import Jobs

@Suite struct OutboxStoreTests {
    private let fixture = JobFixture()

    private func append(_ connection: Connection, _ subjects: String...) throws {
        try connection.write {
            for subject in subjects {
                try OutboxStore(connection).append("thing.made", subject: subject, data: ["n": 1], fixture.context)
            }
        }
    }

    private func subjects(_ connection: Connection) throws -> [String] {
        try connection.all("SELECT subject_id FROM outbox ORDER BY id") { row in row.text(0) }
    }

    @Test func aConsumerReadsEachEventOnceAndInOrder() throws {
        let connection = try fixture.database()
        let store = OutboxStore(connection)
        try append(connection, "before")
        try connection.write { try store.register("hooks", at: fixture.now) }
        #expect(try store.next(for: "hooks").isEmpty, "what was before it came is not its business")
        try append(connection, "a", "b", "c")
        let first = try store.next(for: "hooks", limit: 2)
        #expect(first.map(\.subject) == ["a", "b"] && first.allSatisfy { $0.version == 1 && $0.data == ["n": 1] })
        #expect(try store.next(for: "hooks", limit: 2) == first, "nothing was advanced")
        let read = try #require(first.last).cursor
        try connection.write { try store.advance("hooks", to: read, at: fixture.now) }
        #expect(try store.next(for: "hooks").map(\.subject) == ["c"])
        // Neither a late note nor a second registration takes it back.
        try connection.write {
            try store.advance("hooks", to: try #require(first.first).cursor, at: fixture.now)
            try store.register("hooks", at: fixture.now)
        }
        #expect(try store.next(for: "hooks").map(\.subject) == ["c"])
        #expect(try store.next(for: "nobody").isEmpty)
    }

    @Test func everyEventHasAPublicIDOfItsTime() throws {
        let connection = try fixture.database()
        try connection.write { try OutboxStore(connection).register("hooks", at: fixture.now) }
        try append(connection, "a", "b")
        let ids = try OutboxStore(connection).next(for: "hooks").map(\.eventID)
        #expect(Set(ids).count == 2)
        for id in ids { #expect(try isVersion7(id, at: fixture.now), "\(id)") }
    }

    private func isVersion7(_ id: String, at time: Timestamp) throws -> Bool {
        let form = try Regex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
        let milliseconds = Int64(id.filter { $0 != "-" }.prefix(12), radix: 16)
        return id.wholeMatch(of: form) != nil && milliseconds == time.milliseconds
    }

    @Test func whatAConsumerHasNotReadIsKept() throws {
        let connection = try fixture.database()
        let store = OutboxStore(connection)
        try connection.write {
            try store.register("fast", at: fixture.now)
            try store.register("slow", at: fixture.now)
        }
        try append(connection, "a", "b", "c")
        let all = try store.next(for: "fast")
        fixture.advance(seconds: 100)
        try append(connection, "d")
        try connection.write {
            try store.advance("fast", to: all[2].cursor, at: fixture.now)
            try store.advance("slow", to: all[0].cursor, at: fixture.now)
        }
        #expect(try store.prune(before: fixture.now) == 1)
        #expect(try subjects(connection) == ["b", "c", "d"])
        #expect(try store.next(for: "slow").map(\.subject) == ["b", "c", "d"])
        try connection.write { try store.unregister("slow") }
        #expect(try store.prune(before: fixture.now) == 2, "nobody waits for it any more")
        #expect(try subjects(connection) == ["d"], "too young")
    }

    @Test func oldEventsGoInSteps() throws {
        let connection = try fixture.database()
        try append(connection, "a", "b", "c", "d")
        fixture.advance(seconds: 100)
        let store = OutboxStore(connection)
        #expect(try store.prune(before: fixture.now, limit: 2) == 2)
        #expect(try store.prune(before: fixture.now, limit: 2) == 1)
        #expect(try store.prune(before: fixture.now, limit: 2) == 0, "the newest stays, so that ids go on")
        #expect(try subjects(connection) == ["d"])
    }

    /// Rows of earlier versions get ids too, and lose them on the way down.
    @Test func rowsThatWereThereGetIDs() throws {
        let connection = try Connection.inMemory()
        let migrations = JobsSchema.migrations + AuditSchema.migrations
        let last = try #require(JobsSchema.migrations.first { $0.id.contains("consumers of the outbox") })
        try Migrator(migrations.filter { $0.id < last.id }).up(connection, now: fixture.now)
        try connection.write {
            for subject in ["a", "b", "c"] {
                try connection.execute(
                    """
                    INSERT INTO outbox (type, subject_id, data, actor, created_at)
                    VALUES ('thing.made', \(subject), '{}', 'system', \(fixture.now))
                    """
                )
            }
        }
        for statement in last.up { try connection.execute(statement) }
        let ids = try connection.all("SELECT event_id FROM outbox") { row in row.text(0) }
        #expect(Set(ids).count == 3)
        for id in ids { #expect(try isVersion7(id, at: fixture.now), "\(id)") }
        for statement in last.down { try connection.execute(statement) }
        #expect(try subjects(connection) == ["a", "b", "c"])
    }
}
