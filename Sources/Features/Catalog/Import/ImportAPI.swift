import AdminKit
import Identity
import Support
import Web

/// `POST /api/upload-csv`. What follows is the job's own API, which belongs to Operations.
enum ImportAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .post,
            "/api/upload-csv",
            access: .permission(.runImports),
            pool: .upload,
            Operation(
                "Imports a file: multipart with one part `file`, or the raw file as body with X-Filename",
                parameters: [
                    .init("mode", "string", "upsert, create, update or delete"),
                    .init("blank", "string", "keep or clear"),
                    .init("duplicates", "string", "last, first or reject"),
                    .init("on_error", "string", "skip or stop: whether one rejected row fails the job untouched"),
                    .init("missing", "string", "keep or deactivate: active products that the file does not name"),
                    .init("review", "string", "1: wait for POST /api/jobs/{id}/confirm"),
                    .init("guard", "string", "on or off: wait when a great share of the rows deletes or reprices"),
                    .init("mapping", "string", "JSON object: column to field"),
                ],
                request: [.init("multipart/form-data", "Upload"), .init("text/csv", "File")],
                responses: [202: [.json("JobAccepted")]]
            ),
            handler: upload
        )
    ]

    @Sendable static func upload(_ context: RequestContext) throws -> Response {
        let job = try ImportUpload(context).accept()
        return JobAnswers.accepted(job, at: context.environment.now())
    }
}
