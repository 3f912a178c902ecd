package import Database
import Jobs
package import Support

/// `bodega logs`.
package enum LogCommands {
    package static let summary = "show the system log"

    /// What `--help` prints.
    package static let help = [
        "[--level info|warning|error] [--since 1h|30m|2d|MOMENT] [--search WORDS] [--request ID] [--job ID]",
        "[--limit N] [--follow] [--json]",
        "Prints the newest lines (100), oldest first; with --follow also those that come. --json prints an object a",
        "line. Below warning there is something only when the setting logs.level says so.",
    ]

    /// Runs the words behind `bodega logs`.
    ///
    /// Throws `UsageError` for words that are not understood.
    /// - Parameters:
    ///   - out: takes one line of output.
    ///   - isStopped: ends following.
    /// - Returns: the exit code.
    package static func run(
        _ arguments: inout Arguments,
        database: Connection,
        environment: Environment,
        out: (String) -> Void,
        isStopped: () -> Bool
    ) throws -> Int32 {
        var filter = SystemLogStore.Filter()
        if let word = try arguments.option("level") {
            guard let level = Log.Level(rawValue: word) else {
                throw UsageError("--level takes info, warning or error, not '\(word)'.")
            }
            filter.level = level
        }
        filter.since = try arguments.option("since").map { (text) throws(UsageError) in
            try moment(text, now: environment.now())
        }
        filter.q = try arguments.option("search")
        filter.requestID = try arguments.option("request")
        if let job = try arguments.option("job") {
            guard let found = try JobStore(database).find(publicID: job) else {
                throw UsageError("There is no job \(job).")
            }
            filter.jobID = found.id
        }
        let limit = try arguments.int("limit", in: 1...100_000) ?? 100
        let follows = arguments.flag("follow")
        let asJSON = arguments.flag("json")
        try arguments.finish()
        let store = SystemLogStore(database)
        let newest = try store.list(filter, limit: limit).reversed()
        for line in newest { out(asJSON ? json(line) : text(line)) }
        var last = try newest.last?.id ?? store.list(SystemLogStore.Filter(), limit: 1).first?.id ?? 0
        while follows, !isStopped() {
            sleep(milliseconds: 300)
            for line in try store.list(filter, after: last, descends: false, limit: 1000) {
                out(asJSON ? json(line) : text(line))
                last = line.id
            }
        }
        return 0
    }

    /// `90s`, `30m`, `1h`, `2d` ago, or a moment.
    private static func moment(_ text: String, now: Timestamp) throws(UsageError) -> Timestamp {
        if let moment = Timestamp(rfc3339: text) { return moment }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            (1...100_000).contains(count)
        else { throw UsageError("--since takes a span like 30m, 1h or 2d, or a moment like 2026-11-25T08:00:00Z.") }
        return now.adding(seconds: -count * unit)
    }

    private static func text(_ line: SystemLogLine) -> String {
        let pairs = line.extras.map { "\($0.name)=\(JSON.string($0.value).text)" }
        let request = line.requestID.map { ["request_id=\($0)"] } ?? []
        let head = "\(line.createdAt.rfc3339) \(line.level.rawValue) \(line.loggerName): \(line.message)"
        return ([head] + request + pairs).joined(separator: " ")
    }

    private static func json(_ line: SystemLogLine) -> String {
        let members: JSON = [
            "id": .int(line.id), "created_at": .string(line.createdAt.rfc3339), "level": .string(line.level.rawValue),
            "logger_name": .string(line.loggerName), "message": .string(line.message), "module": .string(line.module),
            "function": .string(line.function), "line_number": .int(line.lineNumber),
            "user_id": .optional(line.userID), "session_id": .optional(line.sessionID),
            "request_id": .optional(line.requestID), "extra_data": line.extraData,
        ]
        return members.text
    }
}
