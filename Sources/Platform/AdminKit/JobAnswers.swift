package import Identity
package import Jobs
import Support
package import Web

/// What the API says when a job was accepted or cannot do what was asked.
package enum JobAnswers {
    /// 202 with the job, as its requester may see it, and where to watch it.
    package static func accepted(_ job: Job, _ context: RequestContext) throws -> Response {
        .json(
            ["job_id": .string(job.publicID), "job": try context.jobRights.json(job, at: context.environment.now())],
            status: 202,
            headers: .headers(["Location": "/api/jobs/\(job.publicID)"])
        )
    }

    /// 409: the action does not fit the state.
    package static func wrongState(_ job: Job) -> WebError {
        WebError(
            409,
            "wrong_state",
            "The job is \(job.status.rawValue), so this cannot be done now.",
            members: [JSON.Member("job_status", .string(job.status.rawValue))]
        )
    }
}
