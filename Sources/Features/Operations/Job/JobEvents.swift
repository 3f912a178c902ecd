import Database
import Identity
import Jobs
import Support
import Web

/// The event streams: one job, or many by topic. Answered by the streamer, which keeps them open.
enum JobEvents {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/jobs/{id}/events",
            access: .permission(.readJobs),
            pool: .events,
            Operation(
                "How one job goes on, as server-sent events",
                parameters: lastSeen,
                responses: [200: [.init("text/event-stream", "JobEvents")], 204: []]
            ),
            handler: one
        ),
        AppRoute(
            .get,
            "/api/events",
            access: .permission(.readJobs),
            pool: .events,
            Operation(
                "What happens, as server-sent events",
                parameters: [
                    .init(
                        "topics",
                        .text(pattern: "^(jobs|catalogue|system|job:[^,]*)(,(jobs|catalogue|system|job:[^,]*)){0,19}$")
                            .standard("jobs"),
                        "jobs, catalogue, system, job:ID; with commas between",
                        example: "jobs,catalogue"
                    )
                ] + lastSeen,
                responses: [200: [.init("text/event-stream", "Events")]]
            ),
            handler: many
        ),
    ]

    private static let lastSeen: [Operation.Parameter] = [
        .init("last_event_id", .count(), "where to go on: as the header Last-Event-ID"),
        .init("Last-Event-ID", .text(pattern: "^[0-9]{0,18}$"), "sent by browsers that come back", in: .header),
    ]

    @Sendable static func one(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(["last_event_id"])
        let last = try lastEventID(context.request)
        return try context.database.read {
            let job = try JobAPI.find(context)
            let events = EventStore(context.database)
            let topic = "job:\(job.publicID)"
            let present = job.json(at: context.environment.now()).text
            let newest = try events.lastID()
            if job.status.isFinal {
                let end = try events.latest(topic: topic, after: 0)?.id ?? newest
                if let last, last >= end { return .noContent }
                let frame = EventFrame(id: end, event: "end", data: present)
                return stream(Subscription(topics: [topic], after: end, opening: [frame], endsAtOnce: true))
            }
            var opening = [EventFrame(id: newest, event: "progress", data: present)]
            if let last, try isForgotten(last, events) { opening.insert(reset(newest), at: 0) }
            return stream(Subscription(topics: [topic], after: newest, opening: opening))
        }
    }

    @Sendable static func many(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(["topics", "last_event_id"])
        let topics = (context.request.query["topics"] ?? "jobs").split(separator: ",").map(String.init)
        let known = ["jobs", "catalogue", "system"]
        let areKnown = topics.allSatisfy { known.contains($0) || $0.hasPrefix("job:") }
        guard !topics.isEmpty, topics.count <= 20, areKnown else {
            throw WebError.badParameter(
                "topics",
                "bad_topics",
                "'topics' takes jobs, catalogue, system and job:ID, with commas between."
            )
        }
        let events = EventStore(context.database)
        let newest = try events.lastID()
        guard let last = try lastEventID(context.request) else {
            return stream(Subscription(topics: topics, after: newest, opening: []))
        }
        if try isForgotten(last, events) {
            return stream(Subscription(topics: topics, after: newest, opening: [reset(newest)]))
        }
        return stream(Subscription(topics: topics, after: last))
    }

    private static func stream(_ subscription: Subscription) -> Response {
        Response(status: 200, body: .events(subscription))
    }

    private static func reset(_ id: Int64) -> EventFrame { EventFrame(id: id, event: "reset", data: "{}") }

    /// Whether events that the client has not seen were pruned.
    private static func isForgotten(_ last: Int64, _ events: EventStore) throws -> Bool {
        guard let first = try events.firstID() else { return false }
        return last < first - 1
    }

    private static func lastEventID(_ request: Request) throws -> Int64? {
        // The header wins, because the browser knows better than the page where its stream broke off; both are read.
        let texts = [request.headers["Last-Event-ID"], request.query["last_event_id"]].compactMap { $0 }
        let ids = try texts.filter { !$0.isEmpty }.map { text in
            guard let id = Int64(text), id >= 0 else {
                throw WebError.badParameter(
                    "last_event_id",
                    "bad_last_event_id",
                    "The last event id is a whole number."
                )
            }
            return id
        }
        return ids.first
    }
}
