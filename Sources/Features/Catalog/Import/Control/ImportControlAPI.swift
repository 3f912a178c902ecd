import AdminKit
import Database
import Glibc
import Identity
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
                "Reads the file of an import that is over once more, from its first row",
                responses: [202: [.json("JobAccepted")], 409: [.problem]],
                headers: [.location]
            ),
            handler: restart
        ),
        AppRoute(
            .get,
            "/api/jobs/{id}/file",
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

    /// Puts an import back in line from its first row. Rows that it has imported already are found unchanged.
    static func restart(_ job: Job, _ context: RequestContext) throws -> JobStore.Outcome {
        guard job.kind == ProductImport.kind else { return .wrongState(job) }
        let writer = try context.writeContext
        return try JobStore(context.database).restart(job, context: writer) { current in
            // The plan was made for the catalogue as it was.
            if let source = ProductImport.Source(json: current.parameters) { unlink(source.planPath) }
            return UndoScope.restarted(current, lastRevision: try RevisionStore(context.database).lastID())
        }
    }

    @Sendable static func file(_ context: RequestContext) throws -> Response {
        try context.request.checkParameters([])
        let job = try UndoAPI.find(context)
        guard job.keepsFile, let source = ProductImport.Source(json: job.parameters), Files.exists(source.path) else {
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
