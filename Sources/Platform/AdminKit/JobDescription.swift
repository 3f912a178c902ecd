package import Identity
package import Jobs
package import Markup
package import Support
package import Web

/// All that a kind of job is: what the runner does with it, what users see of it and what they may do with it.
///
/// A feature lists its kinds (`Feature.jobs`); nothing outside of the feature names them.
package struct JobDescription: Sendable {
    package typealias Panel = @Sendable (Job, RequestContext) throws -> HTML

    /// What the runner needs: name, queue, lane, retries, and the work itself.
    package let kind: JobKind
    /// The kind in words, as lists and filters have it: `Import`.
    package let title: String
    /// The address of the page of such a job.
    package let page: @Sendable (Job) -> String
    /// What it takes to see what its rows hold, beside `read:jobs`.
    package let inspecting: JobPermissions
    /// What it takes to act on such a job: as much as to ask for it.
    package let acting: JobPermissions
    /// What it takes to take such a job back.
    package let undoing: JobPermissions
    /// What schedules may ask such a job to do, where its `kind` has an `order`; nil for one that cannot be scheduled.
    package let scheduling: JobScheduling?
    /// What the page of such a job shows between progress and details; nil when there is nothing beside its books.
    package let panel: Panel?

    package init(
        _ kind: JobKind,
        title: String,
        page: @escaping @Sendable (Job) -> String = { "/jobs/\($0.publicID)" },
        inspecting: JobPermissions,
        acting: JobPermissions,
        undoing: JobPermissions,
        scheduling: JobScheduling? = nil,
        panel: Panel? = nil
    ) {
        self.kind = kind
        self.title = title
        self.page = page
        self.inspecting = inspecting
        self.acting = acting
        self.undoing = undoing
        self.scheduling = scheduling
        self.panel = panel
    }
}

/// Which permissions it takes to use jobs of a kind.
package struct JobPermissions: Sendable {
    /// Asked for whatever the job is to do.
    package let always: Set<Permission>
    /// Asked for beside them, as the job's options say.
    private let more: @Sendable (JSON) -> Set<Permission>

    package init(_ always: Set<Permission>) {
        self.always = always
        more = { _ in [] }
    }

    package init(_ always: Permission..., more: @escaping @Sendable (JSON) -> Set<Permission> = { _ in [] }) {
        self.always = Set(always)
        self.more = more
    }

    /// All of those for a job with these options.
    package func needed(_ options: JSON) -> Set<Permission> { always.union(more(options)) }
}

/// All kinds of jobs of an installation.
package struct JobDescriptions: Sendable {
    package let all: [JobDescription]
    private let byName: [String: JobDescription]

    package init(_ all: [JobDescription]) {
        self.all = all
        byName = Dictionary(all.map { ($0.kind.name, $0) }) { first, _ in first }
    }

    /// What the runner needs to know of them.
    package var kinds: [JobKind] { all.map(\.kind) }

    /// The name of a kind in words; the name itself for a kind that no feature describes.
    package func title(of kind: String) -> String { byName[kind]?.title ?? kind }

    /// What is known of a kind; nil for one that no feature describes.
    package subscript(kind: String) -> JobDescription? { byName[kind] }

    /// Those that schedules may ask for, in order.
    package var schedulable: [JobDescription] { all.filter { $0.scheduling != nil && $0.kind.order != nil } }

    /// The lanes, each with its kinds, in order.
    package var lanes: [(name: String, kinds: [JobDescription])] {
        var names: [String] = []
        for kind in all where !names.contains(kind.kind.lane) { names.append(kind.kind.lane) }
        return names.map { name in (name, all.filter { $0.kind.lane == name }) }
    }

    /// The address of a job's page.
    package func path(of job: Job) -> String { byName[job.kind]?.page(job) ?? "/jobs/\(job.publicID)" }

    /// What its feature shows of a job on its page; nil for a kind that has nothing of its own to show.
    package func panel(of job: Job, _ context: RequestContext) throws -> HTML? {
        try byName[job.kind]?.panel?(job, context)
    }

    /// What a use of a job of that kind and with those options needs. A kind that no feature describes is for those who
    /// may do everything; how far its jobs are see all who see jobs.
    package func permissions(for use: JobUse, kind: String, options: JSON) -> Set<Permission> {
        guard let kind = byName[kind] else { return use == .watch ? [.readJobs] : Set(Permission.all) }
        return switch use {
        case .watch: [.readJobs]
        case .inspect: kind.inspecting.needed(options).union([.readJobs])
        case .act: kind.acting.needed(options)
        case .undo: kind.undoing.needed(options)
        }
    }

    /// Permissions of which everyone holds one who may act on jobs of some kind.
    package var actors: Set<Permission> { all.reduce(into: []) { $0.formUnion($1.acting.always) } }
}

extension RequestContext {
    /// The kinds of jobs of this installation.
    package var jobKinds: JobDescriptions {
        get throws { try setting(JobDescriptions.self) }
    }
}
