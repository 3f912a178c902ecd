import AdminKit
import Identity
import Jobs
import Markup
import Support
import Web

/// Where files come in, and the history of all imports.
enum ImportListPages {
    static let routes: [AppRoute] = [
        AppRoute(.get, "/imports", access: .permission(.readJobs), .page("Uploads and imports"), handler: list),
        AppRoute(
            .post,
            "/imports",
            access: .permission(.runImports),
            // What is refused is told on the list of imports.
            needs: .upload(and: .readJobs),
            pool: .upload,
            .form("Uploads a file"),
            handler: upload
        ),
    ]

    private static let perPage = 25
    private static let filters = ["status", "user_id"]

    @Sendable static func list(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters(filters + ["cursor", "from"])
        return .page(try page(context, error: nil))
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
            return .seeOther(CatalogPath.imports.description)
        }
        let isMapped = job.waitingReason != Job.waitsForMapping
        let next: CatalogPath = isMapped ? .importJob(job.publicID) : .importMapping(job.publicID)
        return .seeOther(next.description)
    }

    private static func summary(_ refused: [(name: String, error: WebError)], accepted: Int) -> String {
        let reasons = refused.map { "\($0.name): \($0.error.detail)" }.joined(separator: " ")
        guard accepted > 0 else { return reasons }
        let others = Format.count(Int64(accepted), Noun("other file is", "other files are"))
        return "\(reasons) The \(others) being imported."
    }

    private static func page(_ context: RequestContext, error: String?) throws -> HTML {
        let shell = try context.shell()
        let state = ListState(path: CatalogPath.imports.description, query: context.request.query, defaultSort: "-id")
        let filter = try filter(state)
        let store = JobStore(context.database)
        let before = Int64(state["cursor"])
        let found = try store.list(filter, before: before, limit: perPage + 1)
        let shown = Array(found.prefix(perPage))
        let from = max(1, Int(state["from"]) ?? 1)
        let next = found.count > perPage ? shown.last : nil
        var names = UserNames(context)
        let model = ImportListModel(
            state: state,
            users: try users(context),
            imports: try shown.map { ImportHistoryRow($0, userName: try names.name($0.userID)) },
            pagination: Pagination(
                from: from,
                count: shown.count,
                total: .exactly(Int(clamping: try store.count(filter))),
                noun: Noun("import", "imports"),
                first: before == nil ? nil : state.page(cursor: nil, from: 1),
                next: next.map { state.page(cursor: String($0.id), from: from + shown.count) }
            ),
            canImport: shell.allows(.runImports),
            maxBytes: try context.setting(UploadFolder.self).limit,
            error: error,
            cursor: String(try EventStore(context.database).lastID())
        )
        return ImportListView.html(model, in: shell)
    }

    private static func filter(_ state: ListState) throws -> JobStore.Filter {
        var filter = JobStore.Filter()
        filter.kinds = [ProductImport.kind]
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
