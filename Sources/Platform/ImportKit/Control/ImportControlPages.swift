import AdminKit
import Identity
import Jobs
import Web

/// The button that imports a file once more.
enum ImportControlPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .post,
            ImportPath.restartImport,
            access: .permission(.runImports),
            needs: .job(.act),
            .form("Imports the file of an import again, as a new one"),
            handler: restart
        )
    ]

    /// A button that came too late leads to the page that says how it stands.
    @Sendable static func restart(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let job = try UndoAPI.find(context)
        switch try ImportControlAPI.restart(job, context) {
        case .done(let new) where new.waitsForReading:
            return .seeOther(ImportPath.importMapping(new.publicID).description)
        case .done(let other), .wrongState(let other):
            return .seeOther(ImportPath.importJob(other.publicID).description)
        }
    }
}
