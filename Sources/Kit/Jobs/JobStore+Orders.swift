public import Database
public import Support

extension Job {
    /// The waiting reason of a job that cannot begin before a person has said what its file's columns mean.
    public static let waitsForMapping = "mapping"
}

/// Orders that a person still has to complete.
extension JobStore {
    /// Adds a job that waits for a person before its first attempt; inside the caller's transaction.
    public func addWaiting(
        _ order: Order,
        reason: String,
        publicID: String,
        userID: Int64?,
        context: WriteContext
    ) throws -> Job {
        let job = try add(order, publicID: publicID, userID: userID, context: context)
        try connection.execute(
            """
            UPDATE job SET status = 'awaiting_confirmation', waiting_reason = \(reason) WHERE id = \(job.id)
            """
        )
        return try announce(job.id, at: context.now)
    }

    /// Gives a job that waits for a person other parameters and options, and lets it begin anew; inside the caller's
    /// transaction.
    public func reorder(
        _ job: Job,
        parameters: JSON,
        options: JSON,
        context: WriteContext
    ) throws -> Outcome {
        guard let current = try find(job.id), current.status == .awaitingConfirmation else {
            return .wrongState(try find(job.id) ?? job)
        }
        try connection.execute(
            """
            UPDATE job SET status = 'pending', stage = NULL, waiting_reason = NULL, barren_attempts = 0, progress = 0,
                checkpoint = NULL, parameters = \(parameters.text), options = \(options.text), lease_until = 0,
                scheduled_at = \(context.now), updated_at = \(context.now) WHERE id = \(job.id)
            """
        )
        try audit("reorder", current, context, after: ["options": options])
        return .done(try announce(job.id, at: context.now))
    }
}
