package import Identity
package import Jobs

extension JobSummary {
    /// A job as lists show it.
    /// - Parameters:
    ///   - userName: who asked for it, when that is known.
    package init(_ job: Job, userName: String?) {
        self.init(
            id: job.publicID,
            title: job.filename ?? job.displayName,
            path: JobKindName.path(job),
            kind: JobKindName.words(job.kind),
            state: JobState(rawValue: job.status.rawValue) ?? .pending,
            isWaiting: job.waitingReason != nil && job.waitingReason != "queue",
            progress: Int(clamping: job.progress),
            processedRows: job.books.processed,
            totalRows: job.books.total > 0 ? job.books.total : nil,
            failedRows: job.books.failed,
            errorMessage: job.errorMessage,
            userName: userName,
            createdAt: job.createdAt,
            startedAt: job.startedAt,
            completedAt: job.completedAt
        )
    }
}

/// Kinds of jobs in words.
package enum JobKindName {
    package static let known: [(kind: String, words: String)] = [
        ("product_import", "Import"), ("import_undo", "Undo"), ("product_delete", "Deletion"),
    ]

    package static func words(_ kind: String) -> String { known.first { $0.kind == kind }?.words ?? kind }

    /// The page of a job: imports have pages of their own.
    package static func path(_ job: Job) -> String {
        job.kind == "product_import" ? "/imports/\(job.publicID)" : "/jobs/\(job.publicID)"
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
