package import AdminKit
package import Identity
import Jobs
import Web

/// The home page.
enum DashboardPages {
    static let routes: [AppRoute] = [
        AppRoute(.get, "/", access: .login, .page("What runs, what ran, what failed"), handler: show)
    ]

    @Sendable static func show(_ context: RequestContext) throws -> Response {
        let shell = try context.shell()
        let store = JobStore(context.database)
        func jobs(_ statuses: [Job.Status], _ limit: Int) throws -> [JobSummary] {
            guard shell.allows(.readJobs) else { return [] }
            var filter = JobStore.Filter()
            filter.statuses = statuses
            return try JobPages.summaries(try store.list(filter, limit: limit), context)
        }
        let cursor = String(try EventStore(context.database).lastID())
        let sources = try context.setting(DashboardSources.self)
        let model = DashboardModel(
            tiles: try sources.tiles(context),
            running: try jobs([.pending, .validating, .awaitingConfirmation, .processing], 20),
            failed: try jobs([.failed], 5),
            recent: try jobs([.completed, .cancelled], 10),
            isNew: try sources.isNew(context),
            importPath: shell.allows(.runImports) ? "/imports" : nil,
            cursor: shell.allows(.readJobs) ? cursor : nil
        )
        return .page(DashboardView.html(model, in: shell))
    }
}

/// What the home page shows of other features, put in by the composition: features do not know each other.
package struct DashboardSources: Sendable {
    package let tiles: @Sendable (RequestContext) throws -> [DashboardTile]
    /// Whether there is nothing yet, so that the page says how to begin.
    package let isNew: @Sendable (RequestContext) throws -> Bool

    package init(
        tiles: @escaping @Sendable (RequestContext) throws -> [DashboardTile],
        isNew: @escaping @Sendable (RequestContext) throws -> Bool
    ) {
        self.tiles = tiles
        self.isNew = isNew
    }
}
