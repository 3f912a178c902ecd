import Support

/// Ways into the system log from wherever something may have gone wrong. Only for those who hold `read:logs`.
package enum LogLinks {
    package static let path = "/logs"

    /// What was said while a request was answered.
    package static func request(_ id: String) -> Link {
        Link("What the system log says", "\(path)?request_id=\(id.percentEncoded)")
    }

    /// What was said about a job.
    package static func job(_ publicID: String) -> Link {
        Link("Lines about this job", "\(path)?job_id=\(publicID.percentEncoded)")
    }
}
