import AdminKit
import Identity
import ImportEngine
import Jobs
import Support
import Web

/// `POST /api/jobs/bulk`.
enum JobBulkAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .post,
            "/api/jobs/bulk",
            access: .actsOnJobs,
            pool: .slow,
            Operation(
                "Cancels, retries or removes many jobs",
                request: [.json("JobBulk")],
                responses: [200: [.json("JobBulkResult")], 428: [.problem]]
            ),
            handler: perform
        )
    ]

    static let request = Schema.object(
        [
            "action": .choice(JobBulk.Action.allCases.map(\.rawValue)),
            "ids": .list(of: .text(format: "uuid"), most: 1000, "Which jobs; in the place of `filter`."),
            "filter": .map(
                of: .text(length: 0...200),
                names: .choice(JobFilter.rules.filters),
                "As the parameters of the list of jobs; an empty object is all jobs."
            ),
            "confirm": .count("How many jobs: the number that 428 told."),
        ],
        required: ["action"]
    ).example(["action": "delete", "filter": ["kind": "maintenance", "status": "completed"], "confirm": 12])

    static let result = Schema.object([
        "action": .choice(JobBulk.Action.allCases.map(\.rawValue)), "count": .count("How many jobs it was to be."),
        "done": .count(),
        "refused": .list(
            of: .object(["job_id": .text(format: "uuid"), "job_status": .choice(JobSchemas.statuses)]),
            most: 100,
            "Those that were in another state by then; the first hundred."
        ),
    ]).example(["action": "delete", "count": 12, "done": 12, "refused": []])

    @Sendable static func perform(_ context: RequestContext) throws -> Response {
        let body = try context.request.json()
        try context.request.checkParameters([])
        let (bulk, confirmed) = try read(body, context)
        let jobs = try bulk.matching()
        guard confirmed == Int64(jobs.count) else {
            throw WebError(
                428,
                "confirmation_required",
                "This would \(bulk.action.rawValue) \(jobs.count) jobs. Repeat it with confirm \(jobs.count) to go on.",
                members: [JSON.Member("count", .int(jobs.count))]
            )
        }
        let outcome = try bulk.perform(on: jobs)
        return .json([
            "action": .string(bulk.action.rawValue), "count": .int(jobs.count), "done": .int(outcome.done),
            "refused": .array(
                outcome.refused.prefix(100).map {
                    ["job_id": .string($0.publicID), "job_status": .string($0.status.rawValue)]
                }
            ),
        ])
    }

    /// Throws 422 for what is not understood: a misspelt filter must not widen what is done.
    private static func read(_ body: JSON, _ context: RequestContext) throws -> (JobBulk, Int64?) {
        var problems: [Problem] = []
        for member in body.members ?? [] where !["action", "ids", "filter", "confirm"].contains(member.name) {
            problems.append(Problem(member.name, "unknown_field", "There is no member '\(member.name)' here."))
        }
        let action = body["action"]?.stringValue.flatMap(JobBulk.Action.init)
        if action == nil {
            let words = JobBulk.Action.allCases.map(\.rawValue).joined(separator: ", ")
            problems.append(Problem("action", "bad_option", "'action' takes one of \(words)."))
        }
        let confirmed = body["confirm"].flatMap { $0.isNull ? nil : $0 }
        if let confirmed, confirmed.intValue == nil {
            problems.append(Problem("confirm", "bad_number", "'confirm' takes a whole number."))
        }
        if (body["ids"] == nil) == (body["filter"] == nil) {
            problems.append(Problem("filter", "required", "Name the jobs by either 'ids' or 'filter'."))
        }
        var filter = JobStore.Filter()
        if let sent = body["ids"] {
            let ids = sent.arrayValue?.map { $0.stringValue.flatMap { isPublicID($0) ? $0 : nil } } ?? [nil]
            if ids.contains(nil) || ids.count > 1000 {
                problems.append(Problem("ids", "wrong_type", "'ids' is a list of up to 1000 ids of jobs."))
            }
            filter.ids = ids.compactMap { $0 }
        } else if let sent = body["filter"] {
            filter = try Self.filter(sent, &problems, context)
        }
        guard let action, problems.isEmpty else { throw WebError.invalid(problems) }
        return (JobBulk(action, filter, context), confirmed?.intValue)
    }

    /// Whether it is written as a UUID: hexadecimal digits in groups of 8, 4, 4, 4 and 12 (RFC 9562, section 4).
    private static func isPublicID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.joined().allSatisfy { $0.isHexDigit && $0.isASCII }
    }

    private static func filter(
        _ sent: JSON,
        _ problems: inout [Problem],
        _ context: RequestContext
    ) throws -> JobStore.Filter {
        guard let members = sent.members else {
            problems.append(Problem("filter", "wrong_type", "'filter' is an object."))
            return JobStore.Filter()
        }
        var fields = Fields()
        for member in members {
            let text = member.value.stringValue ?? member.value.intValue.map(String.init)
            guard JobFilter.rules.filters.contains(member.name), let text else {
                let known = JobFilter.rules.filters.joined(separator: ", ")
                let detail = "A filter has texts named \(known), not '\(member.name)'."
                problems.append(Problem("filter", "unknown_field", detail))
                continue
            }
            fields.append(member.name, text)
        }
        do throws(WebError) {
            return try JobFilter.read(fields, context.settings[ImportTargets.self])
        } catch {
            problems += error.problems.map { Problem("filter", $0.code, $0.detail) }
            return JobStore.Filter()
        }
    }
}
