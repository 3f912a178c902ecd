package import Identity
package import Jobs
package import Support
package import Web

/// Ways to make use of a job, by what they ask for.
package enum JobUse: Sendable, CaseIterable {
    /// See how far it is.
    case watch
    /// See what its rows hold: plan, problems, file, kept records; options and result, which may quote them.
    case inspect
    /// Let it go on, stop it or begin it anew.
    case act
    /// Take it back.
    case undo

    /// Which use the links of a job's JSON are.
    private static let links: [String: JobUse] = [
        "self": .watch, "events": .watch, "errors": .inspect, "errors_csv": .inspect, "plan": .inspect,
        "file": .inspect, "repair": .act, "confirm": .act, "replan": .act, "cancel": .act, "retry": .act,
        "restart": .act, "attempts": .inspect, "delete": .act, "undo": .undo,
    ]

    /// Nil for a link that is not in the table, which no user is shown then.
    init?(link: String) {
        guard let use = Self.links[link] else { return nil }
        self = use
    }
}

/// What a user or token sees of jobs, and may do with them.
package struct JobRights: Sendable {
    private let kinds: JobDescriptions
    private let permissions: Set<Permission>

    package init(_ kinds: JobDescriptions, _ permissions: Set<Permission>) {
        self.kinds = kinds
        self.permissions = permissions
    }

    package func allow(_ use: JobUse, of job: Job) -> Bool {
        allow(use, kind: job.kind, options: job.options)
    }

    private func allow(_ use: JobUse, kind: String, options: JSON) -> Bool {
        kinds.permissions(for: use, kind: kind, options: options).isSubset(of: permissions)
    }

    /// What they see of an event; nil when that is all of it, whatever job it tells of.
    package var view: (@Sendable (EventFrame) -> EventFrame)? {
        guard permissions != Set(Permission.all) else { return nil }
        return { frame in
            guard let json = try? JSON.parse(frame.data), json["links"] != nil else { return frame }
            return EventFrame(id: frame.id, event: frame.event, data: trimmed(json).text)
        }
    }

    /// A job as they see it.
    package func json(_ job: Job, at now: Timestamp) -> JSON { trimmed(job.json(at: now)) }

    /// The JSON of a job, from an answer or an event, as they see it: with the links that they may follow, and with
    /// null for what they may not read. Anything else stays as it is.
    package func trimmed(_ json: JSON) -> JSON {
        guard let members = json.members, let kind = json["kind"]?.stringValue, json["links"]?.members != nil else {
            return json
        }
        let options = json["options"] ?? [:]
        let allowed = JobUse.allCases.filter { allow($0, kind: kind, options: options) }
        guard allowed.count < JobUse.allCases.count else { return json }
        return .object(
            members.map { member in
                switch member.name {
                case "links":
                    let links = (member.value.members ?? []).filter { link in
                        JobUse(link: link.name).map(allowed.contains) ?? false
                    }
                    return JSON.Member("links", .object(links))
                case "options", "result": return allowed.contains(.inspect) ? member : JSON.Member(member.name, .null)
                default: return member
                }
            }
        )
    }
}

extension RequestContext {
    /// What the user or token of the request sees of jobs, and may do with them.
    package var jobRights: JobRights {
        get throws { JobRights(try jobKinds, try principal.permissions) }
    }
}

extension Route.Needs where Context == RequestContext {
    /// What the job that the path names (as `id`) asks for these uses of it.
    /// - Parameter more: what is needed whatever the job is.
    package static func job(_ uses: JobUse..., and more: Permission...) -> Self {
        Self("what the kind of job asks for") { context in
            let kinds = try context.jobKinds
            guard let job = try JobStore(context.database).find(publicID: try context.parameters.string("id")) else {
                return Set(more)
            }
            return uses.reduce(into: Set(more)) {
                $0.formUnion(kinds.permissions(for: $1, kind: job.kind, options: job.options))
            }
        }
    }
}
