import ImportEngine
import Jobs
import Support
import Web

/// Which jobs a list shows, from its query.
enum JobFilter {
    static let rules = ListRules(
        sorts: ["id"],
        defaultSort: ListSort("id", descends: true),
        filters: ["kind", "target", "status", "user_id", "q"] + TimeRange.parameters
    )

    /// The key of the job behind which a page begins; nil on the first. Throws 400 for another order or cursor.
    static func place(_ query: ListQuery) throws(WebError) -> Int64? {
        guard query.sort.descends else { throw .badParameter("sort", "bad_sort", "Jobs come newest first.") }
        return try query.entryID()
    }

    /// Throws 400 for a state that there is not.
    /// - Parameter targets: what imports are of.
    static func read(_ fields: Fields, _ targets: ImportTargets?) throws(WebError) -> JobStore.Filter {
        var filter = JobStore.Filter()
        if let kind = fields["kind"], !kind.isEmpty { filter.kinds = words(kind) }
        if let name = fields["target"], !name.isEmpty {
            guard let target = targets?[name] else {
                throw WebError.badParameter("target", "bad_option", "Nothing named '\(name)' can be imported.")
            }
            // No job has an empty kind.
            let isWanted = filter.kinds.isEmpty || filter.kinds.contains(target.jobKind)
            filter.kinds = [isWanted ? target.jobKind : ""]
        }
        if let status = fields["status"], !status.isEmpty {
            for word in words(status) {
                guard let known = Job.Status(rawValue: word) else {
                    let all = Job.Status.allCases.map(\.rawValue).joined(separator: ", ")
                    throw WebError.badParameter("status", "bad_status", "'status' takes \(all), not '\(word)'.")
                }
                filter.statuses.append(known)
            }
        }
        if let user = fields["user_id"], !user.isEmpty {
            guard let id = Int64(user), id >= 0 else {
                throw WebError.badParameter("user_id", "bad_user_id", "'user_id' takes a whole number.")
            }
            filter.userID = id
        }
        let range = try TimeRange(fields)
        (filter.since, filter.until) = (range.since, range.until)
        if let text = fields["q"]?.trimmed, !text.isEmpty {
            guard text.utf8.count <= 200 else {
                throw WebError.badParameter("q", "too_long", "'q' takes up to 200 bytes.")
            }
            filter.text = text
        }
        return filter
    }

    private static func words(_ list: String) -> [String] { list.split(separator: ",").map(String.init) }
}
