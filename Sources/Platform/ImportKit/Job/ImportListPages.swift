import AdminKit
import Identity
import ImportEngine
import Jobs
import Markup
import Support
import Web

/// Where files come in, and the history of all imports.
enum ImportListPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            ImportPath.imports,
            access: .permission(.readJobs),
            .page("Uploads and imports"),
            handler: list
        ),
        AppRoute(
            .post,
            ImportPath.imports,
            access: .permission(.runImports),
            // What is refused is told on the list of imports.
            needs: .upload(and: .readJobs),
            pool: .upload,
            .form("Uploads a file"),
            handler: upload
        ),
    ]

    private static let rules = ListRules(
        sorts: ["id"],
        defaultSort: ListSort("id", descends: true),
        filters: ["status", "user_id", "target"]
    )

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        .page(try page(context, error: nil))
    }

    /// The plain form: as the API, but answers with pages, and takes several files at once.
    @Sendable static func upload(_ context: RequestContext) throws -> Response {
        let arrivals: [ImportUpload.Arrival]
        do {
            arrivals = try ImportUpload(context).acceptEach()
        } catch let error as WebError where [400, 415, 422].contains(error.status) {
            return .page(try page(context, error: error.detail), status: error.status)
        }
        var accepted: [Job] = []
        var refused: [(name: String, error: WebError)] = []
        for arrival in arrivals {
            switch arrival.outcome {
            case .success(let job): accepted.append(job)
            case .failure(let error): refused.append((arrival.filename, error))
            }
        }
        if let first = refused.first {
            let text = arrivals.count == 1 ? first.error.detail : summary(refused, accepted: accepted.count)
            return .page(try page(context, error: text), status: first.error.status)
        }
        guard accepted.count == 1, let job = accepted.first else {
            return .seeOther(ImportPath.imports.description)
        }
        let next = job.waitsForReading ? ImportPath.importMapping : ImportPath.importJob
        return .seeOther(next(job.publicID).description)
    }

    private static func summary(_ refused: [(name: String, error: WebError)], accepted: Int) -> String {
        let reasons = refused.map { "\($0.name): \($0.error.detail)" }.joined(separator: " ")
        guard accepted > 0 else { return reasons }
        let others = Format.count(Int64(accepted), Noun("other file is", "other files are"))
        return "\(reasons) The \(others) being imported."
    }

    private static func page(_ context: RequestContext, error: String?) throws -> HTML {
        let shell = try context.shell()
        var request = context.request
        // The parameters of an upload that was refused are none of the list.
        if error != nil { request.query = Fields() }
        let list = try ListPage(request, rules, path: ImportPath.imports.description, size: 25)
        let targets = try context.importTargets
        let filter = try filter(list.state, targets)
        let store = JobStore(context.database)
        // Before the rows: what changes after it comes to the page as an event.
        let cursor = try EventStore(context.database).newest().description
        let found = try store.list(filter, before: try list.query.entryID(), limit: list.limit)
        let total = try store.count(filter)
        var names = UserNames(context)
        let model = ImportListModel(
            targets: targets,
            state: list.state,
            users: try users(context),
            imports: try found.prefix(list.size).map {
                ImportHistoryRow($0, targets, userName: try names.name($0.userID))
            },
            pagination: list.pagination(found, total: .counted(total), Noun("import", "imports")) { [.int($0.id)] },
            canImport: shell.allows(.runImports),
            maxBytes: try context.setting(UploadFolder.self).limit,
            error: error,
            cursor: cursor
        )
        return ImportListView.html(model, in: shell)
    }

    private static func filter(_ state: ListState, _ targets: ImportTargets) throws -> JobStore.Filter {
        var filter = JobStore.Filter()
        filter.kinds = targets.kinds
        if !state["target"].isEmpty {
            guard let target = targets[state["target"]] else {
                throw WebError.badParameter("target", "bad_option", "There is nothing named '\(state["target"])'.")
            }
            filter.kinds = [target.jobKind]
        }
        if !state["status"].isEmpty {
            guard let status = Job.Status(rawValue: state["status"]) else {
                throw WebError.badParameter("status", "bad_status", "There is no state '\(state["status"])'.")
            }
            filter.statuses = [status]
        }
        if !state["user_id"].isEmpty {
            guard let id = Int64(state["user_id"]) else {
                throw WebError.badParameter("user_id", "bad_user_id", "'user_id' takes a whole number.")
            }
            filter.userID = id
        }
        return filter
    }

    private static func users(_ context: RequestContext) throws -> [FormField.Choice] {
        try UserStore(context.database).all().map { FormField.Choice(String($0.id), $0.displayName) }
    }
}
