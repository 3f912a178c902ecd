import Database
import Support

// What other systems are told of a job: that it failed, and of imports also that they were cancelled or wait for an
// answer. That one came to its end, and with what numbers, is told by the kind itself.
extension JobStore {
    /// Kinds of jobs that bring a file in are called so.
    private static let importSuffix = "_import"

    /// Tells what an event has made of a job. Call inside the transaction of `move`.
    func tellOutbox(_ id: Int64, _ event: JobEvent, at now: Timestamp) throws(DatabaseError) {
        // A follow-up that is given up leaves the job as it was.
        if case .giveUp = event { return }
        let status = JobTransition(event).to
        guard status == .failed || status == .cancelled || status == .awaitingConfirmation else { return }
        let found = try connection.first(
            "SELECT public_id, kind, filename, error_message, waiting_reason FROM job WHERE id = \(id)"
        ) { row in (row.text(0), row.text(1), row.textOrNil(2), row.textOrNil(3), row.textOrNil(4)) }
        guard let (publicID, kind, filename, error, reason) = found else { return }
        let context = WriteContext(actor: .job(id), jobID: id, now: now)
        let events = EventStore(connection)
        if status == .failed {
            let data: JSON = [
                "job_id": .string(publicID), "kind": .string(kind), "filename": .optional(filename),
                "error": .optional(error),
            ]
            try events.publish("job.failed", subject: publicID, data: data, context)
        }
        guard kind.hasSuffix(Self.importSuffix) else { return }
        let about = [JSON.Member("job_id", .string(publicID)), JSON.Member("filename", .optional(filename))]
        switch status {
        case .failed:
            let data = JSON.object(about + [JSON.Member("error", .optional(error))])
            try events.publish("import.failed", subject: publicID, data: data, context)
        case .cancelled:
            try events.publish("import.cancelled", subject: publicID, data: .object(about), context)
        default:
            let data = JSON.object(about + [JSON.Member("reason", .optional(reason))])
            try events.publish("import.awaiting_confirmation", subject: publicID, data: data, context)
        }
    }
}
