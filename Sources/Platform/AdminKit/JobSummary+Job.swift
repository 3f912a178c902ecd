package import Identity
package import Jobs

extension JobSummary {
    /// A job as lists show it.
    /// - Parameter userName: who asked for it, when that is known.
    package init(_ job: Job, _ kinds: JobDescriptions, userName: String?) {
        self.init(
            id: job.publicID,
            title: job.filename ?? job.displayName,
            path: kinds.path(of: job),
            kind: kinds.title(of: job.kind),
            state: JobState(rawValue: job.status.rawValue) ?? .pending,
            progress: Int(clamping: job.progress),
            processedRows: job.books.processed,
            totalRows: job.books.total > 0 ? job.books.total : nil,
            failedRows: job.books.failed,
            errorMessage: job.errorMessage,
            userName: userName,
            createdAt: job.createdAt,
            workingMilliseconds: job.status.isFinal && job.startedAt != nil ? job.earlierWork : nil
        )
        standing = JobStanding(job)
    }
}

/// The names behind user ids, each looked up once a page.
package struct UserNames {
    private let store: UserStore
    private var names: [Int64: String] = [:]

    package init(_ context: RequestContext) {
        store = UserStore(context.database)
    }

    /// Nil for a user who is not there any more, or for none.
    package mutating func name(_ id: Int64?) throws -> String? {
        guard let id else { return nil }
        if let known = names[id] { return known }
        let name = try store.find(id)?.displayName
        names[id] = name
        return name
    }
}
