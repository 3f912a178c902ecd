import AdminKit
import Database
import Identity
import Jobs
import Support
import Web

/// One action on many jobs: on those that are named, or on all that match a filter.
struct JobBulk {
    enum Action: String, CaseIterable, Sendable {
        case cancel, retry, delete

        /// The states in which it can be done at all.
        fileprivate var statuses: [Job.Status] {
            switch self {
            case .cancel: Job.Status.allCases.filter { !$0.isFinal }
            case .retry: [.failed, .cancelled]
            case .delete: [.completed, .failed, .cancelled]
            }
        }

        fileprivate func fits(_ job: Job) -> Bool {
            switch self {
            case .cancel: job.canCancel && !job.cancelRequested
            case .retry: job.canRetry
            case .delete: job.canBeRemoved
            }
        }
    }

    /// What became of them.
    struct Outcome {
        var done = 0
        /// Those that were in another state by then.
        var refused: [Job] = []
    }

    let action: Action
    let filter: JobStore.Filter
    private let context: RequestContext

    /// How many jobs one request acts on.
    static let most = 10_000
    /// How many share a commit: others write between two.
    private static let atOnce = 100

    init(_ action: Action, _ filter: JobStore.Filter, _ context: RequestContext) {
        self.action = action
        var narrowed = filter
        let wanted = filter.statuses.isEmpty ? Job.Status.allCases : filter.statuses
        narrowed.statuses = wanted.filter(action.statuses.contains)
        self.filter = narrowed
        self.context = context
    }

    /// The jobs that it would be done to: in a state for it, and of a kind that the user may act on.
    ///
    /// Throws 422 when there are too many.
    func matching() throws -> [Job] {
        // No state is left of those that were asked for; an empty list would stand for all.
        guard !filter.statuses.isEmpty else { return [] }
        let store = JobStore(context.database)
        let rights = try context.jobRights
        var found: [Job] = []
        var before: Int64?
        while true {
            let page = try store.list(filter, before: before, limit: 500)
            found += page.filter { action.fits($0) && rights.allow(.act, of: $0) }
            guard found.count <= Self.most else {
                let detail = "These are more than \(Self.most) jobs. Narrow the filter, by a time for example."
                throw WebError(422, "too_many_jobs", detail)
            }
            guard page.count == 500, let last = page.last else { return found }
            before = last.id
        }
    }

    func perform(on jobs: [Job]) throws -> Outcome {
        let store = JobStore(context.database)
        let writer = try context.writeContext
        var outcome = Outcome()
        for start in stride(from: 0, to: jobs.count, by: Self.atOnce) {
            let part = jobs[start..<min(start + Self.atOnce, jobs.count)]
            let results = try context.database.inOneCommit {
                try part.map { job in try act(store, job, writer) }
            }
            for result in results {
                switch result {
                case .done: outcome.done += 1
                case .wrongState(let job): outcome.refused.append(job)
                }
            }
        }
        return outcome
    }

    private func act(_ store: JobStore, _ job: Job, _ writer: WriteContext) throws -> JobStore.Outcome {
        switch action {
        case .cancel: try store.cancel(job, context: writer)
        case .retry: try store.retry(job, context: writer)
        case .delete: try store.remove(job, context: writer)
        }
    }
}
