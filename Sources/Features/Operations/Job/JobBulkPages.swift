import AdminKit
import Identity
import ImportEngine
import Jobs
import Markup
import Support
import Web

/// The bar of actions above the list of jobs: first the question, with the number, then the deed.
enum JobBulkPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .post,
            "/jobs/bulk",
            access: .actsOnJobs,
            pool: .slow,
            .form("Cancels, retries or removes many jobs"),
            handler: perform
        )
    ]

    /// What is said on the list afterwards.
    static func flashes(_ query: Fields) -> [Flash] {
        let number = Int64(query["number"] ?? "") ?? 0
        let jobs = Format.count(max(0, number), Noun("job", "jobs"))
        switch query["done"] {
        case "cancel": return [Flash(.success, "\(jobs) cancelled.")]
        case "retry": return [Flash(.success, "\(jobs) put back in line.")]
        case "delete": return [Flash(.success, "\(jobs) deleted.")]
        case "nothing": return [Flash(.info, "Tick jobs first, or choose all that match.")]
        case "unfit": return [Flash(.info, "That can be done with none of these jobs.")]
        default: return []
        }
    }

    @Sendable static func perform(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        try context.request.checkParameters([])
        guard let action = form["action"].flatMap(JobBulk.Action.init) else {
            throw WebError.badRequest("bad_option", "The form names no action.")
        }
        var kept = Fields()
        for name in JobFilter.rules.filters { if let value = form[name] { kept.append(name, value) } }
        var filter = JobStore.Filter()
        if form["all"] == "1" {
            filter = try JobFilter.read(kept, context.settings[ImportTargets.self])
        } else {
            // A browser sends each ticked box, the confirmation page all of them in one.
            let ids = form.values("job").flatMap { $0.split(separator: " ").map(String.init) }
            guard !ids.isEmpty, ids.count <= 1000 else { return back(kept, "nothing") }
            filter.ids = ids
        }
        let bulk = JobBulk(action, filter, context)
        let jobs = try bulk.matching()
        guard !jobs.isEmpty else { return back(kept, "unfit") }
        let typed = (form["confirm"] ?? "").filter { $0 != "," && !$0.isWhitespace }
        guard Int(typed) == jobs.count else {
            let error: String? =
                form["confirm"].map { _ in "These are \(Format.integer(jobs.count)) jobs now. Type that number." }
            return try ask(bulk, jobs.count, form, kept, error, context)
        }
        let outcome = try bulk.perform(on: jobs)
        return back(kept, action.rawValue, number: outcome.done)
    }

    private static func back(_ filters: Fields, _ done: String, number: Int? = nil) -> Response {
        var query = filters
        query.append("done", done)
        if let number { query.append("number", String(number)) }
        return .seeOther("/jobs?\(query.queryString)")
    }

    private static func ask(
        _ bulk: JobBulk,
        _ count: Int,
        _ form: Fields,
        _ filters: Fields,
        _ error: String?,
        _ context: RequestContext
    ) throws -> Response {
        var hidden = [Form.Hidden("action", bulk.action.rawValue)]
        hidden += filters.all.map { Form.Hidden($0.name, $0.value) }
        if form["all"] == "1" {
            hidden.append(Form.Hidden("all", "1"))
        } else {
            hidden.append(Form.Hidden("job", form.values("job").joined(separator: " ")))
        }
        let (verb, consequence) = words(bulk.action)
        let back = filters.isEmpty ? "/jobs" : "/jobs?\(filters.queryString)"
        let jobs = Format.count(count, Noun("job", "jobs"))
        let page = ConfirmPage(
            "\(verb) \(jobs)?",
            parent: Link("Jobs", back),
            count: count,
            noun: Noun("job", "jobs"),
            consequence: consequence,
            action: "/jobs/bulk",
            hidden: hidden,
            verb: verb,
            error: error
        )
        return .page(page.html(in: try context.shell()), status: error == nil ? 200 : 422)
    }

    private static func words(_ action: JobBulk.Action) -> (verb: String, consequence: String) {
        switch action {
        case .cancel: ("Cancel", "Those that run stop at their next batch. What they have done stays.")
        case .retry: ("Retry", "They go on where they stopped, as soon as a worker is free.")
        case .delete:
            (
                "Delete",
                """
                Their problems, logs and files go with them. What they changed stays. Jobs that can still be undone \
                are left out.
                """
            )
        }
    }
}
