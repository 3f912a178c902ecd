public import Database
public import Support

extension Job {
    /// The waiting reason of a job that cannot begin before a person has said what its file's columns mean.
    public static let waitsForMapping = "mapping"
    /// The waiting reason of a job that cannot begin before a person has said in which encoding its file is.
    public static let waitsForEncoding = "encoding"
    /// The waiting reason of a plan whose products are identified as Bodega has proposed, not as a person has said.
    public static let waitsForIdentity = "identify"

    /// Whether a person has to say how its file is to be read before it can begin.
    public var waitsForReading: Bool {
        status == .awaitingConfirmation && [Self.waitsForMapping, Self.waitsForEncoding].contains(waitingReason)
    }
}

/// Orders that a person still has to complete, or changes.
extension JobStore {
    /// Gives a job that waits to begin another place among those that wait.
    /// - Parameter priority: within `Job.priorities`; the smallest begins first.
    public func prioritize(_ job: Job, _ priority: Int64, context: WriteContext) throws -> Outcome {
        try connection.write {
            guard let current = try find(job.id), !current.status.isFinal else {
                return .wrongState(try find(job.id) ?? job)
            }
            guard current.priority != priority else { return .done(current) }
            try connection.execute(
                "UPDATE job SET priority = \(priority), updated_at = \(context.now) WHERE id = \(job.id)"
            )
            let change: JSON = ["priority": .int(priority)]
            try audit("prioritize", current, context, after: change)
            return .done(try announce(job.id, at: context.now))
        }
    }

    /// Adds a job that waits for a person before its first attempt; inside the caller's transaction.
    public func addWaiting(
        _ order: Order,
        reason: String,
        publicID: String,
        userID: Int64?,
        context: WriteContext
    ) throws -> Job {
        let job = try add(order, publicID: publicID, userID: userID, context: context)
        try move(job.id, .hold, at: context.now, also: ["waiting_reason": "\(reason)"])
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
        let current = try find(job.id) ?? job
        let order: [String: SQL] = ["parameters": "\(parameters.text)", "options": "\(options.text)"]
        guard try move(job.id, .startOver, at: context.now, also: order) else { return .wrongState(current) }
        try audit("reorder", current, context, after: ["options": options])
        return .done(try announce(job.id, at: context.now))
    }
}
