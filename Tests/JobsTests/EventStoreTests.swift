import Database
import Support
import Testing

@testable import Jobs

@Suite struct EventStoreTests {
    private let fixture = JobFixture()

    private func add(_ store: EventStore, _ topic: String, _ number: Int64) throws -> Int64 {
        try store.connection.write {
            try store.add(topic: topic, type: "progress", data: ["n": .int(number)], at: fixture.now)
        }
    }

    @Test func aReplayGoesOnBehindTheCursor() throws {
        let store = EventStore(try fixture.database())
        #expect(try store.lastID() == 0)
        #expect(try store.firstID() == nil)
        let ids = try (1...5).map { try add(store, $0 % 2 == 0 ? "even" : "odd", Int64($0)) }
        #expect(try store.after(0).map(\.id) == ids)
        #expect(try store.after(ids[2]).map(\.id) == Array(ids[3...]))
        #expect(try store.after(0, limit: 2).map(\.id) == Array(ids[..<2]))
        #expect(try store.after(ids[4]).isEmpty)
        #expect(try store.latest(topic: "even", after: 0)?.id == ids[3])
        #expect(try store.latest(topic: "even", after: ids[3]) == nil)
        #expect(try store.latest(topic: "none", after: 0) == nil)
        #expect(
            try store.after(0)[0] == EventStore.Event(id: ids[0], topic: "odd", type: "progress", data: "{\"n\":1}")
        )
        #expect(try store.firstID() == ids[0])
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
        #expect(try store.after(0).map(\.id) == [ids[4]])
        #expect(try store.lastID() == ids[4])
        #expect(try add(store, "t", 6) == ids[4] + 1)
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
