import Jobs
import Web

/// Which jobs a list shows, from its query.
enum JobFilter {
    /// Throws 400 for a state that there is not.
    static func read(_ fields: Fields) throws(WebError) -> JobStore.Filter {
        var filter = JobStore.Filter()
        if let kind = fields["kind"], !kind.isEmpty { filter.kinds = words(kind) }
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
        return filter
    }

    private static func words(_ list: String) -> [String] { list.split(separator: ",").map(String.init) }
}
