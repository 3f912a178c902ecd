import Identity
import ImportEngine
import Jobs
import Support
import Web

extension ImportUndo {
    /// Asks for the job that takes another one back, for whoever makes the request.
    ///
    /// Throws the refusals as `WebError`.
    static func order(_ job: Job, _ context: RequestContext) throws -> Job {
        try order(
            job,
            on: context.database,
            publicID: context.environment.makeUUID(),
            userID: try context.principal.user.id,
            try context.writeContext
        )
    }
}
