import AdminKit
import Database
import Identity
import Jobs
import Support
import Web

/// `/api/job-lanes`: the lanes in which jobs run beside each other, to be paused and resumed.
enum JobLaneAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/job-lanes",
            access: .permission(.readJobs),
            Operation("The lanes, with what waits and runs in them", responses: [200: [.json("JobLanes")]]),
            handler: list
        ),
        AppRoute(
            .post,
            "/api/job-lanes/{name}/pause",
            access: .permission(.runJobs),
            Operation("Lets no job of a lane begin", responses: [200: [.json("JobLane")]]),
            handler: pause
        ),
        AppRoute(
            .post,
            "/api/job-lanes/{name}/resume",
            access: .permission(.runJobs),
            Operation("Lets jobs of a lane begin again", responses: [200: [.json("JobLane")]]),
            handler: resume
        ),
    ]

    private static let example: JSON = [
        "name": "maintenance", "kinds": ["maintenance", "books_check"], "paused_at": nil, "paused_by": nil,
        "waiting": 0, "running": 1,
    ]

    static let lane = Schema.object([
        "name": .text(), "kinds": .list(of: .text(), "The kinds of its jobs."),
        "paused_at": Schema.time("Null while jobs begin.").orNull,
        "paused_by": Schema.text("Who paused it, e.g. user:1.").orNull, "waiting": .count(), "running": .count(),
    ]).example(example)

    static let lanes = Schema.object(["items": .list(of: .ref("JobLane")), "next": Schema.text().orNull])
        .example(["items": [example], "next": nil])

    /// One lane as it stands.
    struct Standing {
        var name: String
        var kinds: [JobDescription]
        var paused: JobLaneStore.Paused?
        var waiting: Int64
        var running: Int64

        /// What runs in it, in words.
        var title: String { kinds.map(\.title).joined(separator: ", ") }

        /// What it takes to pause it: as much as to act on jobs of every kind in it, as it stops all of them.
        var acting: Set<Permission> {
            kinds.reduce(into: Set([Permission.runJobs])) { $0.formUnion($1.acting.always) }
        }

        var json: JSON {
            [
                "name": .string(name), "kinds": .array(kinds.map { .string($0.kind.name) }),
                "paused_at": .optional(paused?.at), "paused_by": .optional(paused?.by), "waiting": .int(waiting),
                "running": .int(running),
            ]
        }
    }

    static func all(_ context: RequestContext) throws -> [Standing] {
        let store = JobLaneStore(context.database)
        let paused = try store.paused()
        return try context.jobKinds.lanes.map { lane in
            let (waiting, running) = try store.counts(of: lane.kinds.map(\.kind.name))
            return Standing(
                name: lane.name,
                kinds: lane.kinds,
                paused: paused.first { $0.name == lane.name },
                waiting: waiting,
                running: running
            )
        }
    }

    /// The lane that the path names. Throws 404.
    private static func find(_ context: RequestContext) throws -> Standing {
        let name = try context.parameters.string("name")
        guard let lane = try all(context).first(where: { $0.name == name }) else {
            throw WebError(404, "not_found", "There is no such lane.")
        }
        return lane
    }

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        return .json(ListQuery.body(items: try all(context).map(\.json), next: nil))
    }

    @Sendable static func pause(_ context: RequestContext) throws -> Response {
        try set(context, pauses: true)
        return .json(try find(context).json)
    }

    @Sendable static func resume(_ context: RequestContext) throws -> Response {
        try set(context, pauses: false)
        return .json(try find(context).json)
    }

    /// Throws 403 unless the user may act on every kind of the lane: whoever pauses it stops all of them.
    static func set(_ context: RequestContext, pauses: Bool) throws {
        try context.request.checkParameters([])
        let lane = try find(context)
        try context.principal.require(lane.acting)
        let store = JobLaneStore(context.database)
        let writer = try context.writeContext
        try pauses ? store.pause(lane.name, writer) : store.resume(lane.name, writer)
    }
}
