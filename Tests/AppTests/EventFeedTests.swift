import Database
import FastCGI
import Jobs
import Support
import Testing
import Web

@testable import App

@Suite struct EventFeedTests {
    /// What a client that comes back gets, page by page.
    private func pages(_ events: EventStore, _ topics: [String]) throws -> [EventSource.Replay] {
        var pages: [EventSource.Replay] = []
        repeat {
            let cursor = pages.last?.through ?? .start
            pages.append(EventFeed.page(try events.missed(topics, after: cursor), of: topics))
        } while pages.last?.isLast == false && pages.count < 1000
        return pages
    }

    private func store(_ rows: [(topic: String, type: String, size: Int)]) throws -> EventStore {
        let connection = try Connection.inMemory()
        let now = Timestamp(milliseconds: 1_000_000)
        try Migrator(JobsSchema.migrations).up(connection, now: now)
        let events = EventStore(connection)
        try connection.write {
            for row in rows {
                let data: JSON = ["x": .string(String(repeating: "x", count: row.size))]
                try events.add(topic: row.topic, type: row.type, data: data, at: now)
            }
        }
        return events
    }

    @Test func aPageOfAReplayIsBoundedInBytes() throws {
        let events = try store((1...200).map { ($0 % 2 == 0 ? "job:1" : "catalogue", "progress", 10_000) })
        let pages = try pages(events, ["jobs"])
        #expect(
            pages.flatMap(\.frames).compactMap(\.id?.description)
                == stride(from: 2, through: 200, by: 2).map { "\($0)" }
        )
        for page in pages { #expect(page.frames.count <= 7) }
        // One event that is larger than a page is a page.
        let large = try self.pages(try store((1...3).map { ("job:\($0)", "end", 100_000) }), ["jobs"])
        #expect(large.map { $0.frames.count } == [1, 1, 1] && large.last?.isLast == true)
    }

    @Test func anEventIsToldOnceWhateverTopicsItBelongsTo() throws {
        let events = try store([("job:1", "progress", 1), ("catalogue", "product.created", 1), ("job:1", "end", 1)])
        func told(_ topics: [String]) throws -> [String] {
            try pages(events, topics).flatMap(\.frames).map { "\($0.id?.description ?? "") \($0.event)" }
        }
        #expect(try told(["jobs", "job:1"]) == ["1 progress", "3 end"])
        #expect(try told(["job:1"]) == ["1 progress", "3 end"])
        // The end of one job is not the end for whom watches all.
        #expect(try told(["jobs", "catalogue"]) == ["1 progress", "2 product.created", "3 progress"])
        #expect(try told(["job:2"]) == [])
    }
}
