import AdminKit
import Database
import Identity
import Jobs
import Support
import Web

/// The page of the system log.
enum LogPages {
    static let routes: [AppRoute] = [
        AppRoute(.get, "/logs", access: .permission(.readLogs), .page("What the processes say"), handler: list)
    ]

    private static let perPage = 50
    /// Counting further costs more than it says.
    private static let countLimit: Int64 = 10_000

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        var rules = LogQuery.rules
        rules.filters.append("from")
        let query = try ListQuery(context.request, rules)
        var fields = Fields()
        for field in query.filters.all where field.name != "from" && !field.value.trimmed.isEmpty {
            fields.append(field.name, field.value)
        }
        let state = ListState(path: LogLinks.path, query: fields, defaultSort: "-id")
        let filter = try LogQuery.filter(fields, context)
        let after = try query.after.map { (values) throws(WebError) in try LogQuery.id(values) }
        let store = SystemLogStore(context.database)
        let found = try store.list(filter, after: after, limit: perPage + 1)
        let shown = found.prefix(perPage)
        let count = try store.count(filter, limit: countLimit + 1)
        let from = max(1, Int(query.filters["from"] ?? "") ?? 1)
        let next = found.count > perPage ? shown.last : nil
        var names = LogNames(context)
        let model = LogModel(
            state: state,
            rows: try shown.map { try names.row($0) },
            pagination: Pagination(
                from: from,
                count: shown.count,
                total: count > countLimit ? .moreThan(Int(clamping: countLimit)) : .exactly(Int(clamping: count)),
                noun: Noun("line", "lines"),
                first: after == nil ? nil : state.page(cursor: nil, from: 1),
                next: next.map { state.page(cursor: query.cursor(after: [.int($0.id)]), from: from + shown.count) }
            ),
            loggers: try store.loggers(),
            users: try UserStore(context.database).all().map { FormField.Choice("\($0.id)", $0.displayName) },
            kept: try context.configuration.value(ConfigurationTable.logLevel),
            days: try context.configuration.value(ConfigurationTable.logDays)
        )
        return .page(LogView.html(model, in: try context.shell()))
    }
}

/// The names of users and jobs, each looked up once a page.
private struct LogNames {
    private var users: UserNames
    private var jobs: ActorNames
    private let store: JobStore
    private let mayOpenUsers: Bool

    init(_ context: RequestContext) {
        users = UserNames(context)
        store = JobStore(context.database)
        jobs = ActorNames(UserStore(context.database), TokenStore(context.database), store)
        mayOpenUsers = (try? context.principal.holds(.adminUsers)) ?? false
    }

    mutating func row(_ line: SystemLogLine) throws -> LogRow {
        var row = LogRow(line)
        if let id = line.userID {
            let name = try users.name(id)
            row.user = name ?? "User \(id)"
            if name != nil, mayOpenUsers { row.userPath = "/users/\(id)" }
        }
        row.job = try line.jobID.flatMap { try jobs.job($0) }
        row.jobPublicID = try line.jobID.flatMap { try store.find($0)?.publicID }
        return row
    }
}
