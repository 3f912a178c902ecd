import AdminKit
import Identity
import Jobs
import Support
import Web

/// Jobs that wait for a person, and those that failed in the last week and were neither taken up again nor put away.
enum JobAttention {
    private static let week: Int64 = 7 * 86_400
    /// More than anybody looks through on the home page; the list of jobs has all of them.
    private static let limit = 20

    @Sendable static func all(_ context: RequestContext) throws -> [Attention] {
        let store = JobStore(context.database)
        let kinds = try context.jobKinds
        func jobs(_ status: Job.Status) throws -> [Job] {
            var filter = JobStore.Filter()
            filter.statuses = [status]
            return try store.list(filter, limit: limit)
        }
        let oldest = context.environment.now().adding(seconds: -week)
        let waiting = try jobs(.awaitingConfirmation).map { waits($0, kinds) }
        let failed = try jobs(.failed).filter { job in
            try (job.completedAt ?? job.updatedAt) > oldest && !store.isPutAway(job)
        }
        let rights = try context.jobRights
        return waiting + failed.map { failure($0, kinds, mayPutAway: rights.allow(.act, of: $0)) }
    }

    private static func waits(_ job: Job, _ kinds: JobDescriptions) -> Attention {
        let name = job.filename ?? job.displayName
        let (title, icon, button): (String, Icon, String) =
            switch job.waitingReason {
            case Job.waitsForMapping: ("\(name) needs its columns matched", .columns, "Match columns")
            case Job.waitsForEncoding: ("\(name) needs its letters checked", .file, "Choose")
            case "guard": ("\(name) was held: it would change more than you allow", .shield, "Decide")
            default: ("\(name) waits for your decision", .file, "Review")
            }
        return Attention(
            title,
            tone: job.waitingReason == "guard" ? .danger : .warning,
            icon: icon,
            note: note(job, kinds),
            since: job.updatedAt,
            action: Link(button, kinds.path(of: job)),
            permission: .readJobs,
            place: place(job, kinds)
        )
    }

    private static func failure(_ job: Job, _ kinds: JobDescriptions, mayPutAway: Bool) -> Attention {
        Attention(
            "\(job.filename ?? job.displayName) failed",
            tone: .danger,
            icon: .alert,
            note: job.errorMessage ?? note(job, kinds),
            since: job.completedAt ?? job.updatedAt,
            action: Link("Open", kinds.path(of: job)),
            putAway: mayPutAway ? JobActionPages.putAwayPath(job) : nil,
            permission: .readJobs,
            place: place(job, kinds)
        )
    }

    private static func note(_ job: Job, _ kinds: JobDescriptions) -> String {
        let kind = kinds.title(of: job.kind)
        guard job.books.total > 0 else { return kind }
        return "\(kind), \(Format.count(job.books.total, Noun("row", "rows")))"
    }

    /// The entry of the navigation below which the job's page stands.
    private static func place(_ job: Job, _ kinds: JobDescriptions) -> String {
        "/" + (kinds.path(of: job).split(separator: "/").first.map(String.init) ?? "jobs")
    }
}

/// Jobs as the search in the frame finds them.
enum JobSearch {
    /// A job that the words name by its id, and the last ones whose file has them in its name.
    @Sendable static func hits(_ context: RequestContext, _ words: String) throws -> [SearchHit] {
        let store = JobStore(context.database)
        let kinds = try context.jobKinds
        let named = try store.find(publicID: words.lowercased()).map { [$0] }
        return try (named ?? store.named(words, limit: 8)).map { job in
            SearchHit(
                job.filename ?? job.displayName,
                note: "\(kinds.title(of: job.kind)), \(Format.time(job.createdAt))",
                path: kinds.path(of: job),
                group: "Jobs",
                icon: .jobs,
                permission: .readJobs
            )
        }
    }
}
