import AdminKit
import Identity
import Jobs
import Web

/// The button that reads a file once more.
enum ImportControlPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .post,
            "/imports/{id}/restart",
            access: .permission(.runImports),
            needs: .job(.act),
            .form("Restarts an import from its first row"),
            handler: restart
        )
    ]

    /// A button that came too late leads to the page that says how it stands.
    @Sendable static func restart(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let job = try UndoAPI.find(context)
        _ = try ImportControlAPI.restart(job, context)
        return .seeOther(CatalogPath.importJob(job.publicID).description)
    }
}
