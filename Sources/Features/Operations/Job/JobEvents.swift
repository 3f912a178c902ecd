import AdminKit
import Database
import Identity
import Jobs
import Support
import Web

/// The event streams: one job, or many by topic. Answered by the streamer, which keeps them open. And the ticket that
/// opens one where a browser sends neither token nor cookie.
enum JobEvents {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/jobs/{id}/events",
            access: .permission(.readJobs),
            pool: .events,
            Operation(
                "Progress of one job, as server-sent events",
                parameters: lastSeen + [
                    named, .init("ticket", .text(), "lets in a page that can send no header: see `stream-ticket`"),
                ],
                responses: [200: [.init("text/event-stream", "JobEvents")], 204: []]
            ),
            handler: seen(one)
        ),
        AppRoute(
            .get,
            "/api/events",
            access: .hearsTopics,
            needs: AppRoute.Needs("what each topic asks for", permissions: asked),
            pool: .events,
            Operation(
                "What happens, as server-sent events",
                parameters: [
                    .init(
                        "topics",
                        .text(pattern: "^(jobs|catalogue|system|job:[^,]*)(,(jobs|catalogue|system|job:[^,]*)){0,19}$")
                            .defaultValue("jobs"),
                        "jobs, catalogue, system, job:ID; with commas between",
                        example: "jobs,catalogue"
                    )
                ] + lastSeen + [named],
                responses: [200: [.init("text/event-stream", "Events")]]
            ),
            handler: seen(many)
        ),
        AppRoute(
            .post,
            "/api/jobs/{id}/stream-ticket",
            access: .permission(.readJobs),
            Operation(
                "Lets another site's page watch one job: an address for its EventSource",
                responses: [201: [.json("StreamTicket")]]
            ),
            handler: ticket
        ),
    ]

    private static let lastSeen: [Operation.Parameter] = [
        .init("last_event_id", .count(), "where to go on: as the header Last-Event-ID"),
        .init("Last-Event-ID", .text(pattern: "^[0-9]{0,18}$"), "sent by browsers that come back", in: .header),
    ]

    private static let named = Operation.Parameter(
        "named",
        .choice(["0", "1"]).defaultValue("1"),
        "0: events without names, so that all of them reach `onmessage`"
    )

    /// What this feature tells of; others have their own topics.
    static let topics = [
        EventTopic("jobs", .readJobs), EventTopic("job:", .readJobs), EventTopic("system", .readLogs),
    ]

    private static func topics(_ request: Request) -> [String] {
        (request.query["topics"] ?? "jobs").split(separator: ",").map(String.init)
    }

    /// What the topics of a request ask for; one that there is not is refused by the handler.
    @Sendable private static func asked(_ context: RequestContext) throws -> Set<Permission> {
        let known = try context.setting(EventTopics.self)
        return Set(topics(context.request).compactMap(known.permission(for:)))
    }

    /// Events are written once for all; each client is shown of a job what it may see of it.
    private static func seen(_ handler: @escaping AppRoute.Handler) -> AppRoute.Handler {
        { context in
            var response = try handler(context)
            guard case .events(var subscription) = response.body else { return response }
            subscription.view = try context.jobRights.view
            response.body = .events(subscription)
            return response
        }
    }

    @Sendable static func one(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(["last_event_id", "named", "ticket"])
        let isNamed = try isNamed(context.request)
        let last = try lastEventID(context.request)
        return try context.database.read {
            let job = try JobAPI.find(context)
            let events = EventStore(context.database)
            let topic = "job:\(job.publicID)"
            let present = job.json(at: context.environment.now()).text
            let newest = try events.newest()
            let isLost = try last.map { try !events.canResume(after: $0) } ?? false
            if job.status.isFinal {
                let end = try events.latest(topic: topic, after: .start)?.cursor ?? newest
                if let last, last >= end, !isLost { return .noContent }
                let frame = EventFrame(id: end, event: "end", data: present)
                let opening = isLost ? [reset(end), frame] : [frame]
                return stream(Subscription(topics: [topic], after: end, opening: opening, endsAtOnce: true), isNamed)
            }
            let frame = EventFrame(id: newest, event: "progress", data: present)
            let opening = isLost ? [reset(newest), frame] : [frame]
            return stream(Subscription(topics: [topic], after: newest, opening: opening), isNamed)
        }
    }

    @Sendable static func many(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(["topics", "last_event_id", "named"])
        let isNamed = try isNamed(context.request)
        let topics = topics(context.request)
        let known = try context.setting(EventTopics.self)
        let areKnown = topics.allSatisfy { known.permission(for: $0) != nil }
        guard !topics.isEmpty, topics.count <= 20, areKnown else {
            throw WebError.badParameter(
                "topics",
                "bad_topics",
                "'topics' takes jobs, catalogue, system and job:ID, with commas between."
            )
        }
        let events = EventStore(context.database)
        let newest = try events.newest()
        guard let last = try lastEventID(context.request) else {
            return stream(Subscription(topics: topics, after: newest, opening: []), isNamed)
        }
        if try !events.canResume(after: last) {
            return stream(Subscription(topics: topics, after: newest, opening: [reset(newest)]), isNamed)
        }
        return stream(Subscription(topics: topics, after: last), isNamed)
    }

    @Sendable static func ticket(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let path = "/api/jobs/\(try JobAPI.find(context).publicID)/events"
        let (secret, until) = try StreamTicket.make(for: path, context)
        let body: JSON = [
            "ticket": .string(secret), "events": .string("\(path)?ticket=\(secret)"),
            "expires_at": .string(until.rfc3339),
        ]
        return .json(body, status: 201).with("Cache-Control", "no-store")
    }

    private static func stream(_ subscription: Subscription, _ isNamed: Bool) -> Response {
        var subscription = subscription
        subscription.isNamed = isNamed
        return Response(status: 200, body: .events(subscription))
    }

    private static func isNamed(_ request: Request) throws -> Bool {
        switch request.query["named"] ?? "1" {
        case "0": return false
        case "1": return true
        default: throw WebError.badParameter("named", "bad_named", "'named' takes 0 or 1.")
        }
    }

    private static func reset(_ id: EventCursor) -> EventFrame { EventFrame(id: id, event: "reset", data: "{}") }

    private static func lastEventID(_ request: Request) throws -> EventCursor? {
        // The header wins, because the browser knows better than the page where its stream broke off; both are read.
        let texts = [request.headers["Last-Event-ID"], request.query["last_event_id"]].compactMap { $0 }
        let ids = try texts.filter { !$0.isEmpty }.map { text in
            guard let cursor = EventCursor(text) else {
                throw WebError.badParameter(
                    "last_event_id",
                    "bad_last_event_id",
                    "The last event id is a whole number."
                )
            }
            return cursor
        }
        return ids.first
    }
}
