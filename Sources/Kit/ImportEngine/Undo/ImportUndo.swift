package import Database
package import Jobs
import Support
import Web

/// The job `import_undo`: takes back what a job changed, an import as well as a deletion or another undo.
///
/// It walks the revisions of that job from the newest to the oldest. A product that nobody else has changed since goes
/// back to what it was: created → deleted, changed → the old values, deleted → put back under its old id. One that was
/// changed since stays, and is listed with who and when; once that is out of the way the job can be undone
/// again. Each batch commits rows, revisions, counters and the place where it stands together, so it may be killed
/// anywhere.
///
/// Deleted and restored products count as updated rows, kept ones as skipped.
package enum ImportUndo {
    package static let kind = "import_undo"

    /// The lane of undos, and of other changes of many records.
    package static let lane = "changes"

    /// The work of undos.
    /// - Parameter targets: what the undone jobs may have changed.
    package static func job(_ targets: ImportTargets) -> JobKind {
        JobKind(
            kind,
            queue: ImportJob.queue,
            lane: lane,
            changes: { try ChangedRecords.members($0, targets.changed(by: $0.job).record) }
        ) { run in
            try UndoRun(run, target: targets.changed).run()
        }
    }

    /// What stands in the way of an undo.
    package enum Refusal {
        case notUndoable, running, nothing, already, expired
    }

    /// Why a job cannot be undone now; nil when it can.
    package static func refusal(_ job: Job) -> Refusal? {
        if job.undo == .none { return .notUndoable }
        if !job.stands, job.undone != .partly { return .already }
        if !job.status.isFinal { return .running }
        if job.undo == .expired { return .expired }
        return job.hasChanges ? nil : .nothing
    }

    /// Throws what the API says of it.
    package static func requireUndoable(_ job: Job) throws {
        if let refusal = refusal(job) { throw UndoMessages.error(refusal, job) }
    }

    /// Asks for the job that takes another one back; both know each other from the same moment on.
    ///
    /// Throws the refusals as `WebError`.
    package static func order(
        _ job: Job,
        on connection: Connection,
        publicID: String,
        userID: Int64?,
        _ writer: WriteContext
    ) throws -> Job {
        try connection.write(.full) {
            let jobs = JobStore(connection)
            guard let current = try jobs.find(job.id) else { throw UndoMessages.missing }
            try requireUndoable(current)
            if let first = try current.undoOf.flatMap({ try jobs.find(publicID: $0.publicID) }),
                first.undone == .underWay
            {
                throw UndoMessages.busy(current)
            }
            let order = JobStore.Order(
                kind: kind,
                displayName: name(of: current),
                parameters: ["job": .int(current.id)],
                options: ["of": original(of: current)],
                undo: .possible,
                undoOf: current.id
            )
            let added = try jobs.add(order, publicID: publicID, userID: userID, context: writer)
            try jobs.noteUndone(current, by: added.id, at: writer.now)
            return added
        }
    }

    /// What is undone in the end, however often that was undone and done again: what an undo asks for hangs on it.
    private static func original(of job: Job) -> JSON {
        if job.kind == kind { return job.options["of"] ?? [:] }
        let deciding = ["mode", "missing"].compactMap { name in job.options[name].map { JSON.Member(name, $0) } }
        return .object([JSON.Member("kind", .string(job.kind))] + deciding)
    }

    /// `Undo of products.csv`; what takes an undo back is a redo.
    package static func name(of job: Job) -> String {
        let undo = "Undo of "
        let redo = "Redo of "
        if job.displayName.hasPrefix(undo) { return "\(redo)\(job.displayName.dropFirst(undo.count))" }
        if job.displayName.hasPrefix(redo) { return "\(undo)\(job.displayName.dropFirst(redo.count))" }
        return "\(undo)\(job.filename ?? job.displayName)"
    }
}
