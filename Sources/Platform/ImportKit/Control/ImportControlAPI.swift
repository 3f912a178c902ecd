import AdminKit
import Database
import Glibc
import Identity
import ImportEngine
import Jobs
import Support
import Web

/// What can be done with an import and its file after it ran: `/api/jobs/{id}/restart` and `/file`.
enum ImportControlAPI {
    static let routes: [AppRoute] = [
        AppRoute(
            .post,
            "/api/jobs/{id}/restart",
            access: .actsOnJobs,
            needs: .job(.act),
            Operation(
                "Imports the file of an import that is over once more, as a new job",
                responses: [202: [.json("JobAccepted")], 409: [.problem]],
                headers: [.location]
            ),
            handler: restart
        ),
        AppRoute(
            .get,
            ImportPath.importFile,
            access: .permission(.readJobs),
            needs: .job(.inspect),
            pool: .export,
            Operation(
                "The file as it was uploaded; a Range of it goes on with a download that broke off",
                responses: [
                    200: [.init("application/octet-stream", "File")], 206: [.init("application/octet-stream", "File")],
                    416: [.problem],
                ],
                headers: [.disposition]
            ),
            handler: file
        ),
    ]

    @Sendable static func restart(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        switch try restart(try UndoAPI.find(context), context) {
        case .done(let job): return try JobAnswers.accepted(job, context)
        case .wrongState(let job): throw JobAnswers.wrongState(job)
        }
    }

    /// Imports the file of a job that is over as a new one. Rows that were imported already are found unchanged.
    /// - Returns: the new job.
    static func restart(_ job: Job, _ context: RequestContext) throws -> JobStore.Outcome {
        guard try context.importTargets.of(kind: job.kind) != nil, job.canRestart else { return .wrongState(job) }
        return .done(try ImportUpload(context).again(job))
    }

    @Sendable static func file(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let job = try UndoAPI.find(context)
        let folder = context.database.folder
        guard job.keepsFile, let source = ImportJob.Source(json: job.parameters, in: folder),
            Files.exists(source.path)
        else {
            throw WebError(404, "no_file", "The file of this job is no longer kept.")
        }
        let file = try UploadFile(source)
        try context.note("job.download", "job", id: job.publicID, after: ["file": "upload"])
        return try file.response(to: context.request, tag: job.publicID)
            .with("Content-Type", "application/octet-stream")
            .with("Content-Disposition", UploadFile.disposition(job.filename ?? "upload.csv"))
            .with("Cache-Control", "private, no-store")
    }
}
