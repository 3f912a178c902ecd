import AdminKit
import Identity
import Jobs
import Web

/// The plain form for corrected rows: as the API, but answers with pages.
enum RepairPages {
    static let routes: [AppRoute] = [
        AppRoute(
            .post,
            ImportPath.repairImport,
            access: .permission(.runImports),
            needs: .job(.act, .inspect),
            pool: .upload,
            .form("Uploads corrected rows of an import"),
            handler: repair
        )
    ]

    /// A form that came too late (another user repairs the rows just now) leads to the page that says how it stands.
    @Sendable private static func repair(_ context: RequestContext) throws -> Response {
        let job = try RepairAPI.find(context)
        do {
            _ = try RepairUpload(context: context).accept(job)
            return .seeOther(ImportPath.importJob(job.publicID).description)
        } catch let error as WebError where [400, 404, 415, 422].contains(error.status) {
            return .page(try ImportPages.page(job, context, repairError: error.detail), status: error.status)
        }
    }
}
