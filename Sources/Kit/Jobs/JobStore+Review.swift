public import Database
import Process
public import Support

/// What a person may do with a job that waits for an answer.
extension JobStore {
    /// Lets a job go on with what it has planned.
    public func confirm(_ job: Job, context: WriteContext) throws -> Outcome {
        try connection.write {
            let current = try find(job.id) ?? job
            guard current.canConfirm else { return .wrongState(current) }
            try connection.execute(
                """
                UPDATE job SET status = 'pending', stage = NULL, waiting_reason = NULL, barren_attempts = 0,
                    lease_until = 0, scheduled_at = \(context.now), updated_at = \(context.now) WHERE id = \(job.id)
                """
            )
            try log(job.id, "Confirmed by \(context.actor.description).", context.now)
            try audit("confirm", current, context)
            return .done(try announce(job.id, at: context.now))
        }
    }

    /// Confirms a job and takes it in the same transaction, for a caller that does the work itself.
    /// - Returns: nil when it does not wait any more.
    public func confirmClaimed(_ job: Job, now: Timestamp) throws -> Job? {
        try connection.write {
            let claimed = try connection.execute(
                """
                UPDATE job SET status = 'processing', attempt = attempt + 1, barren_attempts = 1, stage = NULL,
                    waiting_reason = NULL, heartbeat_at = \(now), updated_at = \(now),
                    lease_until = \(now.adding(seconds: Self.leaseSeconds)),
                    worker = \(WorkerIdentity(.current).description)
                WHERE id = \(job.id) AND status = 'awaiting_confirmation'
                """
            )
            guard claimed == 1 else { return nil }
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
            try connection.execute(
                """
                UPDATE job SET status = 'pending', stage = NULL, waiting_reason = NULL, barren_attempts = 0,
                    progress = 0, checkpoint = NULL, lease_until = 0, scheduled_at = \(context.now),
                    updated_at = \(context.now) WHERE id = \(job.id)
                """
            )
            try log(job.id, "To be checked again, asked for by \(context.actor.description).", context.now)
            try audit("replan", current, context)
            return .done(try announce(job.id, at: context.now))
        }
    }
}

extension Job {
    /// Whether a person may let it go on, or have it planned again: not before it is clear what the columns mean.
    public var canConfirm: Bool { status == .awaitingConfirmation && waitingReason != Self.waitsForMapping }
    /// Whether what it does was planned, so that the plan can be looked at.
    public var hasPlan: Bool { checkpoint?["plan"] != nil }
}
