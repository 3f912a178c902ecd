package import Jobs
import Support

/// Whether what a job did was taken back.
package enum JobUndone: Sendable, Equatable {
    case no
    /// An undo waits or is at it.
    case underWay(String)
    case yes(String)
    /// It was taken back, and that was taken back again.
    case redone(String)
    /// An undo stopped on its way.
    case stopped(String)
    /// An undo kept this number of products, or none but was itself taken back in part.
    case partly(String, kept: Int64)
    /// An undo took nothing back, because all of this number of products were changed since.
    case inVain(String, kept: Int64)

    package init(_ job: Job) {
        guard let undo = job.undoneBy else {
            self = .no
            return
        }
        self =
            switch job.undone {
            case .no: .no
            case .underWay: .underWay(undo.publicID)
            case .wholly: .yes(undo.publicID)
            case .redone: .redone(undo.publicID)
            case .stopped: .stopped(undo.publicID)
            case .partly: .partly(undo.publicID, kept: undo.kept)
            case .inVain: .inVain(undo.publicID, kept: undo.kept)
            }
    }
}

/// How a job stands, with what became of its rows: a run that ended is no success when its rows were refused, or when
/// it was taken back.
package struct JobStanding: Sendable, Equatable {
    package var state: JobState
    /// Whether something outside holds it up.
    package var isWaiting = false
    /// Rows that were looked at, that were refused, and that are as the file has them.
    package var processed: Int64 = 0
    package var failed: Int64 = 0
    package var taken: Int64 = 0
    package var undone = JobUndone.no

    package init(_ state: JobState) {
        self.state = state
    }

    package init(_ job: Job) {
        state = JobState(rawValue: job.status.rawValue) ?? .pending
        isWaiting = job.waitingReason != nil && job.waitingReason != "queue"
        processed = job.books.processed
        failed = job.books.failed
        taken = job.books.created + job.books.updated + job.books.unchanged
        undone = JobUndone(job)
    }

    package var badge: StatusBadge {
        guard !state.isLive else { return state.badge(isWaiting: isWaiting) }
        switch undone {
        case .no, .redone, .inVain: return ended
        case .underWay: return StatusBadge("Being undone", .info)
        case .yes: return StatusBadge("Undone", .neutral)
        case .stopped, .partly: return StatusBadge("Partly undone", .warning)
        }
    }

    private var ended: StatusBadge {
        guard state == .completed, failed > 0 else { return state.badge(isWaiting: isWaiting) }
        guard taken == 0 else { return StatusBadge("Completed, \(Format.integer(failed)) failed", .warning) }
        let rows = Format.count(failed, Noun("row", "rows"))
        return StatusBadge(failed == processed && failed > 1 ? "Failed, all \(rows)" : "Failed, \(rows)", .danger)
    }
}
