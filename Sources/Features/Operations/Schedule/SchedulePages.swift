import AdminKit
import Database
import Identity
import Jobs
import Markup
import Support
import Web

/// The pages of schedules.
enum SchedulePages {
    static let routes: [AppRoute] = [
        AppRoute(.get, SchedulePath.list, access: .permission(.readSchedules), .page("Schedules"), handler: list),
        AppRoute(
            .get,
            SchedulePath.new,
            access: .permission(.writeSchedules),
            .page("The form of a new schedule"),
            handler: new
        ),
        AppRoute(
            .post,
            SchedulePath.new,
            access: .permission(.writeSchedules),
            .form("Adds a schedule"),
            handler: create
        ),
        AppRoute(.get, SchedulePath.one, access: .permission(.readSchedules), .page("One schedule"), handler: show),
        AppRoute(
            .post,
            SchedulePath.one,
            access: .permission(.writeSchedules),
            .form("Changes a schedule"),
            handler: save
        ),
        AppRoute(
            .post,
            SchedulePath.run,
            access: .permission(.runJobs),
            .form("Asks for a schedule's job now"),
            handler: run
        ),
        AppRoute(
            .get,
            SchedulePath.delete,
            access: .permission(.writeSchedules),
            .page("Confirmation page for deleting a schedule"),
            handler: askToDelete
        ),
        AppRoute(
            .post,
            SchedulePath.delete,
            access: .permission(.writeSchedules),
            .form("Deletes a schedule"),
            handler: delete
        ),
    ]

    // MARK: The list

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let page = try ListPage(
            context.request,
            ScheduleAPI.rules,
            path: SchedulePath.list.description,
            flags: ["done"]
        )
        let filter = try ScheduleAPI.filter(page.state.query)
        let after = try ScheduleAPI.place(page.query)
        let store = ScheduleStore(context.database)
        let found = try store.list(filter, after: after, limit: page.limit)
        let total = try store.count(filter)
        let kinds = try context.jobKinds
        let model = ScheduleListModel(
            state: page.state,
            kinds: kinds.schedulable.map { FormField.Choice($0.kind.name, $0.title) },
            rows: try found.prefix(page.size).map { schedule in
                let lastJob = try ScheduleAPI.lastJob(of: schedule, context)
                return ScheduleRow(schedule, what: what(schedule, kinds), lastJob: lastJob, kinds)
            },
            pagination: page.pagination(found, total: .counted(total), Noun("schedule", "schedules")) {
                [.string($0.nameKey), .int($0.id)]
            }
        )
        let flashes =
            context.request.query["done"] == "deleted" ? [Flash(.success, "The schedule was deleted.")] : []
        return .page(ScheduleListView.html(model, in: try context.shell(flashes: flashes)))
    }

    /// The kind with its parameters, in words.
    private static func what(_ schedule: Schedule, _ kinds: JobDescriptions) -> String {
        let words = kinds[schedule.kind]?.scheduling?.words(schedule.parameters) ?? ""
        return words.isEmpty ? kinds.title(of: schedule.kind) : "\(kinds.title(of: schedule.kind)) · \(words)"
    }

    // MARK: A new one

    /// Throws 400 for a kind that cannot be scheduled.
    private static func scheduling(_ kind: String, _ context: RequestContext) throws -> JobScheduling {
        guard let found = try context.jobKinds[kind]?.scheduling else {
            throw WebError.badParameter("kind", "bad_kind", "There is no such kind of job that can be scheduled.")
        }
        return found
    }

    @Sendable static func new(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(["kind"])
        let kinds = try context.jobKinds
        guard let kind = context.request.query["kind"] else {
            let rights = try context.principal.permissions
            let allowed = kinds.schedulable.filter { $0.acting.always.isSubset(of: rights) }
            return .page(ScheduleEditView.choice(of: allowed, in: try context.shell()))
        }
        // The zone that was chosen last is the likely one.
        let last = try ScheduleStore(context.database).list(limit: 1000).max { $0.updatedAt < $1.updatedAt }
        let values = ScheduleForm.blank(kind: kind, timeZone: last?.timeZone.name ?? "UTC")
        return try page(nil, kind, values, context)
    }

    @Sendable static func create(_ context: RequestContext) throws -> Response {
        let form = try context.request.form()
        try context.request.checkParameters([])
        let kind = form["kind"] ?? ""
        let body = ScheduleForm.body(form, kind: kind, try scheduling(kind, context))
        var draft = ScheduleDraft(body, nil, try context.jobKinds)
        let wanted = draft.schedule(changing: nil)
        guard form["preview"] == nil, let wanted else {
            return try page(nil, kind, body, context, typed: form, problems: problems(draft, form), showing: wanted)
        }
        do {
            let schedule = try ScheduleAPI.add(wanted, context)
            return .seeOther("\(SchedulePath.one(schedule.id))?done=created")
        } catch let error as WebError where error.code == "name_taken" {
            return try page(nil, kind, body, context, typed: form, problems: error.problems, showing: wanted)
        }
    }

    /// A time of the day that is none makes no expression: it is told where it was typed.
    private static func problems(_ draft: ScheduleDraft, _ form: Fields) -> [Problem] {
        guard ScheduleRhythm(form).expression == nil else { return draft.problems }
        return draft.problems.filter { $0.field != "cron" } + [ScheduleRhythm.badTime]
    }

    // MARK: One

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let schedule = try ScheduleAPI.find(context)
        return try page(schedule, schedule.kind, .object(schedule.settings), context, showing: schedule)
    }

    @Sendable static func save(_ context: RequestContext) throws -> Response {
        let found = try ScheduleAPI.find(context)
        let form = try context.request.form()
        try context.request.checkParameters([])
        let body = ScheduleForm.body(form, kind: found.kind, try scheduling(found.kind, context))
        let kinds = try context.jobKinds
        var draft = ScheduleDraft(body, found, kinds)
        let wanted = draft.schedule(changing: found)
        guard form["preview"] == nil, let wanted else {
            let problems = problems(draft, form)
            return try page(found, found.kind, body, context, typed: form, problems: problems, showing: wanted)
        }
        let seen = form["version"].flatMap { Int64($0) }
        do {
            _ = try ScheduleAPI.change(found.id, context) { current in
                guard current.version == seen else { throw StaleForm() }
                var edited = current
                (edited.name, edited.parameters, edited.cron) = (wanted.name, wanted.parameters, wanted.cron)
                (edited.timeZone, edited.isEnabled) = (wanted.timeZone, wanted.isEnabled)
                (edited.missed, edited.missedLimit, edited.overlap) = (
                    wanted.missed, wanted.missedLimit, wanted.overlap
                )
                return edited
            }
        } catch is StaleForm {
            let current = try ScheduleAPI.find(context)
            let problem = Problem(
                "",
                "changed_meanwhile",
                "Another user changed this schedule meanwhile. The form holds your values: look, and save again."
            )
            return try page(current, current.kind, body, context, typed: form, problems: [problem], showing: wanted)
        } catch let error as WebError where error.code == "name_taken" {
            return try page(found, found.kind, body, context, typed: form, problems: error.problems, showing: wanted)
        }
        return .seeOther("\(SchedulePath.one(found.id))?done=saved")
    }

    /// Another user saved after the form was made.
    private struct StaleForm: Error {}

    /// - Parameters:
    ///   - typed: the form that comes back.
    ///   - showing: whose next times are shown.
    private static func page(
        _ stored: Schedule?,
        _ kind: String,
        _ values: JSON,
        _ context: RequestContext,
        typed: Fields? = nil,
        problems: [Problem] = [],
        showing: Schedule? = nil
    ) throws -> Response {
        let kinds = try context.jobKinds
        let fields = kinds[kind]?.scheduling.map { scheduling in
            ScheduleForm.fields(values, scheduling, typed.map { ScheduleRhythm($0) })
        }
        guard fields != nil || stored != nil else { _ = try scheduling(kind, context); return .noContent }
        let (shown, rest) = (fields ?? []).showing(problems)
        var model = ScheduleEditModel(stored: stored, kind: kind, fields: shown, problems: rest)
        model.kindTitle = kinds.title(of: kind)
        model.purpose = kinds[kind]?.scheduling?.purpose
        if let showing {
            model.when = CronWords.text(showing.cron)
            model.zone = showing.timeZone.name
            model.next = showing.cron.next(5, after: context.environment.now(), in: showing.timeZone)
        }
        let rights = try context.principal.permissions
        if let stored {
            let needed = try ScheduleAPI.permissions(stored, context)
            model.mayRun = needed.union([.runJobs]).isSubset(of: rights)
            model.mayWrite = needed.union([.writeSchedules]).isSubset(of: rights)
            try readHistory(of: stored, into: &model, context)
        } else {
            model.mayWrite = true
        }
        let flashes = context.request.method == .get ? flashes(context.request.query["done"]) : []
        return .page(
            ScheduleEditView.html(model, in: try context.shell(flashes: flashes)),
            status: problems.isEmpty ? 200 : 422
        )
    }

    private static func readHistory(
        of schedule: Schedule,
        into model: inout ScheduleEditModel,
        _ context: RequestContext
    ) throws {
        let store = ScheduleStore(context.database)
        let total = try store.countRuns(of: schedule.id)
        model.problem = schedule.problem
        guard context.request.method == .get else { return }
        let rules = ListRules(sorts: ["id"], defaultSort: ListSort("id", descends: true), filters: [])
        let path = SchedulePath.one(schedule.id).description
        let page = try ListPage(context.request, rules, path: path, size: 20, flags: ["done"])
        let found = try store.runs(of: schedule.id, before: try page.query.entryID(), limit: page.limit)
        model.runs = Array(found.prefix(page.size))
        model.pagination = page.pagination(found, total: .counted(total), Noun("run", "runs")) { [.int($0.id)] }
    }

    private static func flashes(_ done: String?) -> [Flash] {
        switch done {
        case "created": [Flash(.success, "The schedule was created.")]
        case "saved": [Flash(.success, "Your changes were saved.")]
        default: []
        }
    }

    @Sendable static func run(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        return .seeOther(try context.jobKinds.path(of: try ScheduleAPI.runNow(context)))
    }

    @Sendable static func askToDelete(_ context: RequestContext) throws -> Response {
        let schedule = try ScheduleAPI.find(context)
        try context.principal.require(try ScheduleAPI.permissions(schedule, context))
        let page = ConfirmPage(
            "Delete this schedule?",
            parent: Link(schedule.name, SchedulePath.one(schedule.id).description),
            count: 1,
            noun: Noun("schedule", "schedules"),
            consequence: "It asks for no more jobs, and its history goes. The jobs that it asked for stay.",
            action: SchedulePath.delete(schedule.id).description
        )
        return .page(page.html(in: try context.shell()))
    }

    @Sendable static func delete(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let id = try context.parameters.int("id")
        do {
            try ScheduleAPI.remove(id, context) { _ in }
        } catch let error as WebError where error.status == 404 {
            // Another user was faster and has done what was wanted.
        }
        return .seeOther("\(SchedulePath.list)?done=deleted")
    }
}
