package import Database
package import Identity
import Jobs

/// Turns the actor of a change, `user:3`, into a name, each looked up once.
package struct ActorNames {
    private let users: UserStore
    private let tokens: TokenStore
    private let jobStore: JobStore
    private let kinds: JobDescriptions
    private var names: [String: String] = [:]
    private var jobs: [Int64: Link] = [:]

    package init(_ connection: Connection, _ kinds: JobDescriptions) {
        users = UserStore(connection)
        tokens = TokenStore(connection)
        jobStore = JobStore(connection)
        self.kinds = kinds
    }

    package init(_ context: RequestContext) throws {
        self.init(context.database, try context.jobKinds)
    }

    /// Who that is, in words; also when they are not there any more.
    package mutating func name(of actor: String) throws -> String {
        if let known = names[actor] { return known }
        let name = try lookUp(actor)
        names[actor] = name
        return name
    }

    private func lookUp(_ actor: String) throws -> String {
        let parts = actor.split(separator: ":")
        guard let kind = parts.first, let id = parts.count == 2 ? Int64(parts[1]) : nil else {
            return actor == "anonymous" ? "Nobody logged in" : "Bodega"
        }
        switch kind {
        case "user": return try users.find(id)?.displayName ?? "User \(id)"
        case "token": return try tokens.find(id)?.name ?? "Token \(id)"
        case "job": return try jobStore.find(id).map { kinds.title(of: $0.kind) } ?? "Job \(id)"
        default: return "Bodega"
        }
    }

    /// The page of a job; nil when it is not there any more.
    package mutating func job(_ id: Int64) throws -> Link? {
        if let known = jobs[id] { return known }
        guard let job = try jobStore.find(id) else { return nil }
        let link = Link(job.displayName, kinds.path(of: job))
        jobs[id] = link
        return link
    }
}
