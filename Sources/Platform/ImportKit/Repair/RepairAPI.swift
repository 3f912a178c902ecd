import AdminKit
import Database
import Glibc
import Identity
import ImportEngine
import Jobs
import Support
import Web

/// `GET /api/jobs/{id}/errors.csv`: the failing rows of an import as a file. `POST /api/jobs/{id}/repair`: the same
/// file, corrected.
enum RepairAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .get,
            "/api/jobs/{id}/errors.csv",
            access: .permission(.readJobs),
            needs: .job(.inspect),
            pool: .export,
            Operation(
                "The failing rows, as in the upload or as they came back last, each behind its number and its faults",
                responses: [200: [.init("text/csv", "FailingRows")]],
                headers: [.disposition]
            ),
            handler: errors
        ),
        AppRoute(
            .post,
            "/api/jobs/{id}/repair",
            access: .actsOnJobs,
            needs: .job(.act),
            pool: .upload,
            Operation(
                "Merges corrected rows into the import that refused them: one part `file`, or the raw file",
                parameters: ImportAPI.tableOptions + [ImportAPI.filename],
                request: [.init("multipart/form-data", "Repair"), .init("application/octet-stream", "File")],
                responses: [202: [.json("JobAccepted")], 409: [.problem]],
                headers: [.location]
            ),
            handler: repair
        ),
    ]

    @Sendable private static func repair(_ context: RequestContext) throws -> Response {
        switch try RepairUpload(context: context).accept(try find(context)) {
        case .done(let job): return try JobAnswers.accepted(job, context)
        case .wrongState(let job):
            guard job.status.isFinal else { throw JobAnswers.wrongState(job) }
            throw WebError(
                409,
                "wrong_state",
                "No row of this import fails, so there is nothing to repair.",
                members: [JSON.Member("job_status", .string(job.status.rawValue))]
            )
        }
    }

    @Sendable private static func errors(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let job = try find(context)
        guard let source = ImportJob.Source(json: job.parameters, in: context.database.folder),
            ImportTable.isKept(source)
        else {
            throw WebError(404, "file_gone", "The uploaded file is not kept any more, so its rows cannot be shown.")
        }
        // What goes wrong at once is answered with an error and not with a broken file.
        let file: FailingRowsFile
        do {
            file = try FailingRowsFile(source, of: job)
        } catch let error as SystemError where error.code == ESTALE {
            throw WebError(404, "file_gone", "The file has changed since its import, so its rows cannot be shown.")
        }
        try context.note("job.download", "job", id: job.publicID, after: ["file": "errors"])
        return Response(
            status: 200,
            headers: .headers(["Content-Type": "text/csv; charset=utf-8; header=present"]),
            body: .stream { [database = context.database] bytes in try file.next(database, bytes) }
        ).attached(as: filename(job.filename ?? ""))
    }

    /// `products.csv` gives `products-errors.csv`.
    static func filename(_ upload: String) -> String {
        let stem = upload.split(separator: ".").first.map(String.init) ?? "import"
        return "\(stem)-errors.csv"
    }

    /// The import that the path names. Throws 404.
    static func find(_ context: RequestContext) throws -> Job {
        let id = try context.parameters.string("id")
        guard let job = try JobStore(context.database).find(publicID: id),
            try context.importTargets.of(kind: job.kind) != nil
        else {
            throw WebError(404, "not_found", "There is no such import.")
        }
        return job
    }
}
