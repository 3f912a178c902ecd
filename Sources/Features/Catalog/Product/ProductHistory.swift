import AdminKit
import Database
import Identity
import Jobs
import Support

/// The history of one product as its page shows it.
struct ProductHistory {
    let connection: Connection
    let currency: Currency

    /// Newest first.
    func rows(of product: Product) throws -> [ProductRevisionRow] {
        let revisions = try RevisionStore(connection).history(product.id)
        var names = ActorNames(connection)
        // What a field held after a change is what the next change found, or what stands there now.
        var after: [String: String?] = [:]
        for field in ProductFields.all { after[field.name] = shown(field, field.read(product)) }
        return try revisions.map { revision in
            var changes: [ProductRevisionRow.Change] = []
            for field in ProductFields.all {
                guard let value = revision.before?[field.name] else { continue }
                let before = shown(field, field.value(stored: value))
                changes.append(.init(label: field.label, before: before, after: after[field.name] ?? nil))
                after[field.name] = before
            }
            return ProductRevisionRow(
                version: revision.version,
                at: revision.at,
                actor: try names.name(of: revision.actor),
                job: try revision.jobID.flatMap { try names.job($0) },
                kind: revision.change.rawValue,
                changes: changes
            )
        }
    }

    private func shown(_ field: ProductField, _ value: ProductField.Value) -> String? {
        value == .none ? nil : field.text(value, currency)
    }
}

/// Turns `user:3` into a name, each looked up once.
struct ActorNames {
    private let connection: Connection
    private var names: [String: String] = [:]
    private var jobs: [Int64: Link] = [:]

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// Who that is, in words; also when they are not there any more.
    mutating func name(of actor: String) throws -> String {
        if let known = names[actor] { return known }
        let name = try lookUp(actor)
        names[actor] = name
        return name
    }

    private func lookUp(_ actor: String) throws -> String {
        let parts = actor.split(separator: ":")
        guard let kind = parts.first, let id = parts.count == 2 ? Int64(parts[1]) : nil else { return "Bodega" }
        switch kind {
        case "user": return try UserStore(connection).find(id)?.displayName ?? "User \(id)"
        case "token": return try TokenStore(connection).all().first { $0.token.id == id }?.token.name ?? "Token \(id)"
        case "job": return try JobStore(connection).find(id).map { JobKindName.words($0.kind) } ?? "Job \(id)"
        default: return "Bodega"
        }
    }

    /// The page of a job; nil when it is not there any more.
    mutating func job(_ id: Int64) throws -> Link? {
        if let known = jobs[id] { return known }
        guard let job = try JobStore(connection).find(id) else { return nil }
        let link = Link(job.displayName, JobKindName.path(job))
        jobs[id] = link
        return link
    }
}
