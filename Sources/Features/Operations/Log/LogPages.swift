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

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        let page = try ListPage(context.request, LogQuery.rules, path: LogLinks.path)
        let filter = try LogQuery.filter(page.state.query, context)
        let store = SystemLogStore(context.database)
        let found = try store.list(
            filter,
            after: try page.query.entryID(),
            descends: page.sort.descends,
            limit: page.limit
        )
        let total = try store.count(filter, limit: ListPage.countLimit + 1)
        let pagination = page.pagination(
            found,
            total: .counted(total, upTo: ListPage.countLimit),
            Noun("line", "lines"),
            cursor: { [.int($0.id)] }
        )
        var names = try LogNames(context)
        let model = LogModel(
            state: page.state,
            rows: try found.prefix(page.size).map { try names.row($0) },
            pagination: pagination,
            loggers: try store.loggers(),
            users: try UserStore(context.database).all().map { FormField.Choice("\($0.id)", $0.displayName) },
            kept: try context.configuration.value(LogSettings.logLevel),
            days: try context.configuration.value(LogSettings.logDays)
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

    init(_ context: RequestContext) throws {
        users = UserNames(context)
        store = JobStore(context.database)
        jobs = try ActorNames(context)
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
