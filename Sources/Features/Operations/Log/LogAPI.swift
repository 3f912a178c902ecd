import Identity
import Jobs
import Support
import Web

/// `/api/system-log`: what the processes say, read only.
enum LogAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/system-log",
            access: .permission(.readLogs),
            Operation(
                "The system log, newest first",
                parameters: LogQuery.operationParameters + [.sort(["id"], defaultValue: "-id")]
                    + Operation.Parameter.paging,
                responses: [200: [.json("SystemLogLineList")]]
            ),
            handler: list
        ),
        AppRoute(
            .get,
            "/api/system-log/{id:int}",
            access: .permission(.readLogs),
            Operation("One line of the system log", responses: [200: [.json("SystemLogLine")]]),
            handler: show
        ),
    ]

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let query = try ListQuery(context.request, LogQuery.rules)
        let filter = try LogQuery.filter(query.filters, context)
        let store = SystemLogStore(context.database)
        let after = try query.entryID()
        var jobs: [Int64: String] = [:]
        return try query.answer(
            try store.list(filter, after: after, descends: query.sort.descends, limit: query.limit + 1),
            total: { try store.count(filter) },
            cursor: { [.int($0.id)] },
            item: { try json($0, &jobs, context) }
        )
    }

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        guard let line = try SystemLogStore(context.database).find(try context.parameters.int("id")) else {
            throw WebError(404, "not_found", "There is no such line.")
        }
        var jobs: [Int64: String] = [:]
        return .json(try json(line, &jobs, context))
    }

    /// - Parameter jobs: the public ids that were looked up so far.
    private static func json(
        _ line: SystemLogLine,
        _ jobs: inout [Int64: String],
        _ context: RequestContext
    ) throws -> JSON {
        var job: String?
        if let id = line.jobID {
            job = try jobs[id] ?? JobStore(context.database).find(id)?.publicID
            jobs[id] = job
        }
        return [
            "id": .int(line.id), "created_at": .string(line.createdAt.rfc3339), "level": .string(line.level.rawValue),
            "logger_name": .string(line.loggerName), "message": .string(line.message), "module": .string(line.module),
            "function": .string(line.function), "line_number": .int(line.lineNumber),
            "user_id": .optional(line.userID), "job_id": .optional(job), "session_id": .optional(line.sessionID),
            "request_id": .optional(line.requestID), "extra_data": line.extraData,
            "stack_trace": .optional(line.stackTrace),
        ]
    }
}
