public import Database
public import Support

/// What a person may do with a job that waits for an answer.
extension JobStore {
    /// Lets a job go on with what it has planned.
    public func confirm(_ job: Job, context: WriteContext) throws -> Outcome {
        try connection.write {
            let current = try find(job.id) ?? job
            guard current.canConfirm else { return .wrongState(current) }
            try move(job.id, .confirm, at: context.now)
            try log(job.id, "Confirmed by \(context.actor.description).", context.now)
            try audit("confirm", current, context)
            return .done(try announce(job.id, at: context.now))
        }
    }

    /// Confirms a job and takes it in the same transaction, for a caller that does the work itself.
    /// - Returns: nil when it does not wait any more.
    public func confirmClaimed(_ job: Job, now: Timestamp) throws -> Job? {
        try connection.write {
            guard try move(job.id, .confirmAndClaim, at: now, also: ["barren_attempts": "1"]) else { return nil }
            try log(job.id, "Confirmed at the terminal.", now)
            try audit("confirm", job, WriteContext(actor: .system, now: now))
            return try announce(job.id, at: now)
        }
    }

    /// Drops what a job has planned and has it planned again; the next attempt clears up.
    public func replan(_ job: Job, context: WriteContext) throws -> Outcome {
        try connection.write {
            let current = try find(job.id) ?? job
            guard current.canConfirm else { return .wrongState(current) }
            try move(job.id, .startOver, at: context.now)
            try log(job.id, "To be checked again, asked for by \(context.actor.description).", context.now)
            try audit("replan", current, context)
            return .done(try announce(job.id, at: context.now))
        }
    }
}

extension Job {
    /// Whether a person may let it go on, or have it planned again: not before it is clear how its file is to be read.
    public var canConfirm: Bool { status.after(.confirm) != nil && !waitsForReading }
    /// Whether what it does was planned, so that the plan can be looked at.
    public var hasPlan: Bool { checkpoint?["plan"] != nil }
}
