import Database
import Support
import TestSupport
import Testing

@testable import Jobs

@Suite struct EventStoreTests {
    private let fixture = JobFixture()

    private func add(_ store: EventStore, _ topic: String, _ number: Int64) throws -> Int64 {
        try store.connection.write {
            try store.add(topic: topic, type: "progress", data: ["n": .int(number)], at: fixture.now)
            return try store.lastID()
        }
    }

    @Test func aReplayGoesOnBehindTheCursor() throws {
        let store = EventStore(try fixture.database())
        #expect(try store.lastID() == 0)
        #expect(try store.firstID() == nil)
        let ids = try (1...5).map { try add(store, $0 % 2 == 0 ? "even" : "odd", Int64($0)) }
        #expect(try store.after(.start).map(\.cursor.id) == ids)
        #expect(try store.after(EventCursor(id: ids[2])).map(\.cursor.id) == Array(ids[3...]))
        #expect(try store.after(.start, limit: 2).map(\.cursor.id) == Array(ids[..<2]))
        #expect(try store.after(EventCursor(id: ids[4])).isEmpty)
        #expect(try store.latest(topic: "even", after: .start)?.cursor.id == ids[3])
        #expect(try store.latest(topic: "even", after: EventCursor(id: ids[3])) == nil)
        #expect(try store.latest(topic: "none", after: 0) == nil)
        #expect(
            try store.after(.start)[0]
                == EventStore.Event(cursor: EventCursor(id: ids[0]), topic: "odd", type: "progress", data: "{\"n\":1}")
        )
        #expect(try store.firstID() == ids[0])
    }

    /// Everything that watchers of the topics missed, page by page, as a streamer asks for it.
    private func replay(_ store: EventStore, _ topics: [String], most: Int, scanned: Int64) throws -> [Int64] {
        var (ids, cursor): ([Int64], EventCursor) = ([], .start)
        while true {
            let page = try store.missed(topics, after: cursor, most: most, scanned: scanned)
            #expect(page.events.count <= most && page.through.id - cursor.id <= scanned)
            ids += page.events.map(\.cursor.id)
            if page.isLast { return ids }
            guard page.through > cursor else { throw DatabaseError(.misuse, "no progress behind \(cursor)") }
            cursor = page.through
        }
    }

    @Test func aReplayHoldsEveryEventOfItsTopicsHoweverManyOthersThereAre() throws {
        let store = EventStore(try fixture.database())
        #expect(try store.missed(["jobs"], after: 0) == EventStore.Missed(events: [], through: 0, isLast: true))
        let jobs: Set<Int> = [3, 4, 777, 1201, 1203, 2500, 2600]
        try store.connection.write {
            for number in 1...2600 {
                let topic = jobs.contains(number) ? "job:\(number % 2)" : number % 10 == 5 ? "system" : "catalogue"
                try store.add(topic: topic, type: "progress", data: .object([]), at: fixture.now)
            }
        }
        let numbers = jobs.sorted().map { Int64($0) }
        for (most, scanned) in [(100, 2000), (3, 10), (1, 1), (7, 2600), (5000, 5000)] as [(Int, Int64)] {
            #expect(try replay(store, ["jobs"], most: most, scanned: scanned) == numbers)
            #expect(try replay(store, ["jobs", "system"], most: most, scanned: scanned).count == 7 + 260)
            #expect(try replay(store, ["job:1"], most: most, scanned: scanned) == [3, 777, 1201, 1203])
            #expect(try replay(store, ["job:1", "jobs"], most: most, scanned: scanned) == numbers)
            #expect(try replay(store, ["catalogue"], most: most, scanned: scanned).count == 2600 - 7 - 260)
            #expect(try replay(store, ["nothing"], most: most, scanned: scanned) == [])
        }
        let page = try store.missed(["jobs"], after: 1_000_000)
        #expect(page.isLast && page.events.isEmpty)
        #expect(try store.missed(["jobs"], after: EventCursor(id: .max)).isLast)
    }

    /// The work of a page is bounded by its range of ids, whatever the topics.
    @Test func aPageOfAReplayLooksAtItsRangeOnly() throws {
        let store = EventStore(try fixture.database())
        for topics in [["jobs"], ["catalogue"], ["jobs", "catalogue", "job:1"], ["job:1"]] {
            let statement = EventStore.missedStatement(topics, after: 5, through: 9, most: 3)
            let plan = try store.connection.all("EXPLAIN QUERY PLAN \(statement)") { row in row.text(3) }
            #expect(plan.first?.hasPrefix("SEARCH event USING") == true, "\(plan)")
            #expect(plan.first?.contains("id>? AND ") == true, "\(plan)")
            #expect(!plan.contains { $0.hasPrefix("SCAN") }, "\(plan)")
        }
    }

    @Test func pruningKeepsTheNewestAndItsNumber() throws {
        let store = EventStore(try fixture.database())
        let ids = try (1...5).map { try add(store, "t", Int64($0)) }
        #expect(try store.prune(before: fixture.now) == 0)
        fixture.advance(seconds: 1)
        #expect(try store.prune(before: fixture.now, limit: 3) == 3)
        #expect(try store.firstID() == ids[3])
        #expect(try store.prune(before: fixture.now, limit: 3) == 1)
        #expect(try store.prune(before: fixture.now, limit: 3) == 0)
        #expect(try store.after(.start).map(\.cursor.id) == [ids[4]])
        #expect(try store.lastID() == ids[4])
        #expect(try add(store, "t", 6) == ids[4] + 1)
    }

    @Test func aCursorIsGoodAsLongAsAllBehindItIsThere() throws {
        let store = EventStore(try fixture.database())
        #expect(try store.newest() == .start && store.canResume(after: .start))
        let ids = try (1...5).map { try add(store, "t", Int64($0)) }
        #expect(try store.newest() == EventCursor("\(ids[4])"))
        #expect(try ([0] + ids).allSatisfy { try store.canResume(after: EventCursor(id: $0)) })
        #expect(try !store.canResume(after: EventCursor(id: ids[4] + 1)))
        fixture.advance(seconds: 1)
        #expect(try store.prune(before: fixture.now, limit: 3) == 3)
        let good = try ids.filter { try store.canResume(after: EventCursor(id: $0)) }
        #expect(good == Array(ids[2...]))
        #expect(try !store.canResume(after: .start))
        #expect(EventCursor("") == nil && EventCursor("-1") == nil && EventCursor("1x") == nil)
    }

    @Test func signsOfLife() throws {
        let store = EventStore(try fixture.database())
        #expect(try store.lastBeat("jobs") == nil)
        #expect(try store.beat("jobs", detail: "1", now: fixture.now))
        fixture.advance(seconds: 5)
        #expect(try store.beat("jobs", detail: "2", now: fixture.now))
        #expect(try store.lastBeat("jobs") == fixture.now)
    }

    @Test func rowErrorsInOrder() throws {
        let connection = try fixture.database()
        let job = try fixture.add(connection)
        let store = RowErrorStore(connection)
        func error(_ number: Int64, column: String?, value: String?) -> RowError {
            RowError(
                row: number / 2,
                line: 2,
                byteOffset: 3,
                byteLength: 4,
                column: column,
                code: "code\(number)",
                message: "m",
                value: value
            )
        }
        let errors = [
            error(1, column: nil, value: nil), error(2, column: "c", value: ""), error(3, column: "c", value: "v"),
        ]
        try connection.write { for error in errors { try store.add(error, jobID: job.id, at: fixture.now) } }
        let listed = try store.list(jobID: job.id, limit: 10)
        #expect(listed.map(\.error) == errors)
        let place = RowErrorPlace(row: listed[0].error.row, id: listed[0].id)
        #expect(RowErrorPlace(place.description) == place && RowErrorPlace("1") == nil && RowErrorPlace("1-x") == nil)
        #expect(try store.list(jobID: job.id, after: place, limit: 1).map(\.error) == [errors[1]])
        #expect(try store.count(jobID: job.id) == (3, 2))
        #expect(try store.count(jobID: job.id + 1) == (0, 0))
    }
}
