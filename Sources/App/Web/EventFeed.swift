import Database
import FastCGI
import Identity
import Jobs
import Support
import Web

/// Where the streamer gets its events: the event table, looked at when another process has committed.
final class EventFeed {
    private let application: WebApplication
    private let log: Log
    private var version: Int64 = -1
    private var last: EventCursor?

    init(_ application: WebApplication, log: Log) {
        self.application = application
        self.log = log
    }

    var source: EventSource {
        EventSource(
            open: application.respond,
            refuse: application.refuse,
            poll: poll,
            replay: replay,
            stillAllowed: application.stillAllowed
        )
    }

    private func poll() -> [EventSource.Event] {
        do {
            let connection = try application.open().connection
            let events = EventStore(connection)
            guard let cursor = last else {
                last = try events.newest()
                return []
            }
            let present = try connection.dataVersion()
            guard present != version else { return [] }
            version = present
            let new = try events.after(cursor)
            last = new.last?.cursor ?? cursor
            // A full page means that there is more: look again with the next round.
            if new.count >= 1000 { version = -1 }
            return new.flatMap { Self.frames($0) }
        } catch {
            log.warning("events could not be read", ["reason": "\(error)"])
            return []
        }
    }

    /// A job's event goes to those who watch that job, and as `progress` to those who watch all: for them the end of
    /// one job is not the end.
    private static func frames(_ event: EventStore.Event) -> [EventSource.Event] {
        let isState = event.topic.hasPrefix("job:") && event.type == "progress"
        let subject = isState ? event.topic : nil
        let own = EventSource.Event(topic: event.topic, subject: subject, frame: frame(event, event.type))
        guard event.topic.hasPrefix("job:") else { return [own] }
        return [own, EventSource.Event(topic: "jobs", subject: subject, frame: frame(event, "progress"))]
    }

    private static func frame(_ event: EventStore.Event, _ type: String) -> EventFrame {
        EventFrame(id: event.cursor, event: type, data: event.data)
    }

    private func replay(_ topics: [String], after cursor: EventCursor) -> EventSource.Replay? {
        do {
            let events = EventStore(try application.open().connection)
            return Self.page(try events.missed(topics, after: cursor), of: topics)
        } catch {
            log.warning("missed events could not be read", ["reason": "\(error)"])
            return nil
        }
    }

    /// Bytes after which a page ends; a client has to take it before it gets the next.
    private static let pageBytes = 64 << 10

    static func page(_ missed: EventStore.Missed, of topics: [String]) -> EventSource.Replay {
        let wanted = Set(topics)
        var frames: [EventFrame] = []
        var bytes = 0
        for event in missed.events {
            // To whom asks for a job and for all jobs it is one event, as it is when it happens.
            guard let frame = Self.frames(event).first(where: { wanted.contains($0.topic) })?.frame else { continue }
            frames.append(frame)
            bytes += frame.data.utf8.count
            if bytes >= pageBytes && event != missed.events.last {
                return EventSource.Replay(frames: frames, through: event.cursor, isLast: false)
            }
        }
        return EventSource.Replay(frames: frames, through: missed.through, isLast: missed.isLast)
    }
}
