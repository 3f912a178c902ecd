/// Where a job is, as pages say it. The raw values are those of the job table.
package enum JobState: String, Sendable, CaseIterable {
    case pending
    case validating
    case awaitingConfirmation = "awaiting_confirmation"
    case processing
    case completed
    case failed
    case cancelled

    /// Whether something may still happen by itself, so that a page follows it.
    package var isLive: Bool {
        switch self {
        case .pending, .validating, .processing: true
        case .awaitingConfirmation, .completed, .failed, .cancelled: false
        }
    }

    /// The state in a word.
    package var title: String {
        switch self {
        case .pending: "Queued"
        case .validating: "Checking"
        case .awaitingConfirmation: "Needs review"
        case .processing: "Running"
        case .completed: "Completed"
        case .failed: "Failed"
        case .cancelled: "Cancelled"
        }
    }

    /// The state as a badge.
    /// - Parameter isWaiting: whether it is held up by something outside, such as a full disk.
    package func badge(isWaiting: Bool = false) -> StatusBadge {
        switch self {
        case .pending where isWaiting: StatusBadge("Waiting", .warning)
        case .pending, .cancelled: StatusBadge(title, .neutral)
        case .validating, .processing: StatusBadge(title, .info)
        case .awaitingConfirmation: StatusBadge(title, .warning)
        case .completed: StatusBadge(title, .success)
        case .failed: StatusBadge(title, .danger)
        }
    }
}
