package import Jobs
import Support

/// Which revisions of a job an undo takes back. Earlier versions began a job anew under its own number: of such a one
/// those of the runs that were not undone before.
package struct UndoScope: Sendable, Equatable {
    let jobID: Int64
    /// Only revisions with a greater id: earlier versions left out what was undone before a restart.
    let after: Int64

    package init(_ job: Job) {
        jobID = job.id
        after = job.parameters[Self.member]?.intValue ?? 0
    }

    private static let member = "undone_up_to"
    private static let books = "counted_up_to"

    /// The id of the last revision that was there when the job's present run began: its books do not count it.
    package static func countedUpTo(_ job: Job) -> Int64 { job.parameters[books]?.intValue ?? 0 }
}
