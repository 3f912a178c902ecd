import Jobs
import Support

/// Which revisions of a job an undo takes back: those of its present run, or of all runs that were not undone yet.
struct UndoScope: Sendable, Equatable {
    let jobID: Int64
    /// Only revisions with a greater id.
    let after: Int64

    init(_ job: Job) {
        jobID = job.id
        after = job.parameters[Self.member]?.intValue ?? 0
    }

    func contains(_ revision: Revision) -> Bool { revision.jobID == jobID && revision.id > after }

    private static let member = "undone_up_to"
    private static let books = "counted_up_to"

    /// The parameters of a job that begins anew: its books count the revisions from now on only, and what was undone
    /// already stays out of the next undo.
    static func restarted(_ job: Job, lastRevision: Int64) -> JSON {
        var members = (job.parameters.members ?? []).filter { $0.name != books }
        members.append(JSON.Member(books, .int(lastRevision)))
        if job.isUndone {
            members.removeAll { $0.name == member }
            members.append(JSON.Member(member, .int(lastRevision)))
        }
        return .object(members)
    }

    /// The id of the last revision that was there when the job's present run began: its books do not count it.
    package static func countedUpTo(_ job: Job) -> Int64 { job.parameters[books]?.intValue ?? 0 }
}
