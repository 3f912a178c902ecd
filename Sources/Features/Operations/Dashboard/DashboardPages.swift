package import AdminKit
package import Identity
import Jobs
import Support
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
        let cursor = try EventStore(context.database).newest().description
        let sources = try context.setting(DashboardSources.self)
        let model = DashboardModel(
            tiles: try sources.tiles(context),
            cards: try sources.cards(context),
            needs: try context.attention(),
            running: try jobs([.pending, .validating, .processing], 20),
            recent: try jobs([.completed, .cancelled, .failed], 10),
            isNew: try sources.isNew(context),
            alerts: shell.allows(.readLogs)
                ? try AlertStore(context.database).standing(at: context.environment.now()) : [],
            importPath: shell.allows(.runImports) ? "/imports" : nil,
            cursor: shell.allows(.readJobs) ? cursor : nil
        )
        return .page(DashboardView.html(model, in: shell))
    }
}

/// What the home page shows of other features, put in by the composition: features do not know each other.
package struct DashboardSources: Sendable {
    package let tiles: @Sendable (RequestContext) throws -> [DashboardTile]
    package let cards: @Sendable (RequestContext) throws -> [DashboardCard]
    /// Whether there is nothing yet, so that the page says how to begin.
    package let isNew: @Sendable (RequestContext) throws -> Bool

    package init(
        tiles: @escaping @Sendable (RequestContext) throws -> [DashboardTile],
        cards: @escaping @Sendable (RequestContext) throws -> [DashboardCard],
        isNew: @escaping @Sendable (RequestContext) throws -> Bool
    ) {
        self.tiles = tiles
        self.cards = cards
        self.isNew = isNew
    }
}
