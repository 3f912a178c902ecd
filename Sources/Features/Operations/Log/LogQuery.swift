import Identity
import Jobs
import Support
import Web

/// Which lines of the system log are asked for, by the query of a list.
enum LogQuery {
    static let filters =
        ["q", "level", "logger", "module", "request_id", "job_id", "user_id", "session_id"] + TimeRange.parameters

    static let levels = ["info", "warning", "error"]

    static let operationParameters: [Operation.Parameter] =
        [
            .init("q", .text(length: 0...200), "words that stand somewhere in the line"),
            .init("level", .choice(levels), "this level and those above"),
            .init("logger", "string", "the process: web, slow, events, jobs, work, index, serve"),
            .init("module", "string", "a module of the program, Catalog, or one of its files, Catalog/ProductSearch"),
            .init("request_id", "string", "the X-Request-Id of the answer"),
            .init(
                "job_id",
                .text(pattern: #"^\s*([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?\s*$"#),
                "the id of the job that it is about"
            ),
            .init("user_id", .integer(nil, 1...Int64.max), "whose request it was"),
            .init("session_id", .integer(nil, 1...Int64.max), "in which session"),
        ] + TimeRange.operationParameters

    /// Reads the filters. A blank text does not matter.
    ///
    /// Throws 400 for a level, a job's id, a number or a time that is none.
    static func filter(_ query: Fields, _ context: RequestContext) throws -> SystemLogStore.Filter {
        func text(_ name: String) -> String? {
            guard let value = query[name]?.trimmed, !value.isEmpty else { return nil }
            return value
        }
        func number(_ name: String) throws(WebError) -> Int64? {
            guard let value = query[name] else { return nil }
            guard let number = Int64(value), number > 0, String(number) == value else {
                throw .badParameter(name, "bad_number", "'\(name)' takes a whole number from 1 on.")
            }
            return number
        }
        let range = try TimeRange(query)
        var filter = SystemLogStore.Filter()
        filter.q = text("q")
        guard filter.q?.unicodeScalars.count ?? 0 <= 200 else {
            throw WebError.badParameter("q", "too_long", "'q' takes at most 200 characters.")
        }
        if let word = query["level"] {
            guard levels.contains(word), let level = Log.Level(rawValue: word) else {
                let detail = "'level' takes \(levels.joined(separator: ", ")), not '\(word)'."
                throw WebError.badParameter("level", "bad_level", detail)
            }
            filter.level = level
        }
        filter.logger = text("logger")
        filter.module = text("module")
        filter.requestID = text("request_id")
        filter.jobID = try text("job_id").map { name in
            guard name.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil else {
                throw WebError.badParameter("job_id", "bad_job", "'job_id' takes a job's id, as its address has it.")
            }
            // A job that there is not has no lines; ids begin at 1.
            return try JobStore(context.database).find(publicID: name)?.id ?? 0
        }
        filter.userID = try number("user_id")
        filter.sessionID = try number("session_id")
        filter.since = range.since
        filter.until = range.until
        return filter
    }

    static let rules = ListRules(sorts: ["id"], defaultSort: ListSort("id", descends: true), filters: filters)
}
