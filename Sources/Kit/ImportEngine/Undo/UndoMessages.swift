import Jobs
import Support
package import Web

/// What is said when a job cannot be undone; the codes with their words.
package enum UndoMessages {
    package static let missing = WebError(404, "not_found", "There is no such job.")
    package static let expired = """
        The history that this undo needs is no longer kept. Products can still be changed one by one, or by another \
        import.
        """

    static func error(_ refusal: ImportUndo.Refusal, _ job: Job) -> WebError {
        let undoneBy = JSON.Member("undone_by", .optional(job.undoneBy?.publicID))
        let status = JSON.Member("job_status", .string(job.status.rawValue))
        return switch refusal {
        case .notUndoable:
            WebError(409, "wrong_state", "Jobs of the kind '\(job.kind)' cannot be undone.", members: [status])
        case .running:
            WebError(
                409,
                "wrong_state",
                "The job is \(job.status.rawValue). Wait for its end, or cancel it, then undo it.",
                members: [status]
            )
        case .nothing:
            WebError(409, "wrong_state", "The job changed nothing, so there is nothing to undo.", members: [status])
        case .already: WebError(409, "wrong_state", already(job), members: [status, undoneBy])
        case .expired: WebError(409, "wrong_state", expired, members: [status])
        }
    }

    /// Of an undo of a job that is just being undone once more.
    static func busy(_ job: Job) -> WebError {
        WebError(
            409,
            "wrong_state",
            "The job that this one took back is being undone just now. Wait for its end, then undo this one.",
            members: [JSON.Member("job_status", .string(job.status.rawValue))]
        )
    }

    private static func already(_ job: Job) -> String {
        switch job.undone {
        case .stopped: "The undo of this job stopped on its way. Retry that undo, or undo it."
        case .underWay where job.undoneBy?.status.isFinal == true:
            "The undo of this job is being taken back just now. Wait for its end."
        case .underWay: "The job is being undone just now."
        case .no, .wholly, .partly, .inVain, .redone: "The job is undone already. The undo itself can be undone."
        }
    }
}
