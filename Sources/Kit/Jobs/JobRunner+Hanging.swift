public import Database
import Glibc
import Process
public import Support

/// Workers that hang: one that was stopped, or waits for what never comes, keeps its job and its place, and the kernel
/// never says that it ended.
extension JobRunner {
    /// What a job says of a worker that was ended for it, and by what it is known here.
    var hangText: String { "it showed no sign of life for \(hangTimeout / 1_000_000_000) s and was ended" }

    /// Ends those without a sign of life: neither a renewed lease nor anything that the kernel has seen them do. One
    /// that writes an index for minutes renews nothing, and works.
    func endHanging() {
        let now = monotonicNanoseconds()
        guard now >= nextWatch else { return }
        nextWatch = now + Supervisor.watchPeriod(hangTimeout)
        let elapsed = watchClock.advance(to: now)
        for index in workers.indices {
            let worker = workers[index]
            let lease = try? store.find(worker.job.id)?.leaseUntil.milliseconds
            let vitals = Vitals(of: worker.process.pid)
            switch workers[index].watch.look(vitals, beat: lease, elapsed: elapsed) {
            case .fine: break
            case .end:
                workers[index].isHung = true
                log.error(
                    "a worker hangs and is ended",
                    ["job_id": worker.job.publicID, "worker": "\(worker.process.pid)", "reason": hangText]
                )
                worker.process.send(SIGTERM)
                // One that was stopped takes no other signal before.
                worker.process.send(SIGCONT)
            case .kill: worker.process.send(SIGKILL)
            }
        }
    }

    /// Says it in the job, also where the worker gave that back before it ended, and on `/health` for an hour.
    func tellHang(_ job: Job, at now: Timestamp) throws {
        try store.connection.write(.normal) {
            try store.log(job.id, "A worker hung: \(hangText).", now)
            try AlertStore(store.connection).raiseHang(
                "a worker of a job",
                "It was ended, and another one goes on with the job; nothing is lost.",
                seconds: Int(hangTimeout / 1_000_000_000),
                at: now
            )
        }
    }
}

extension AlertStore {
    /// How long `/health` tells of a process that was ended because it hung, in seconds.
    static let hangAlertSeconds: Int64 = 3600

    /// Raises the alert of a process that was ended because it showed no sign of life. Call inside a transaction.
    /// - Parameters:
    ///   - what: what the process is, for the middle of a sentence: `a worker of a job`.
    ///   - outcome: what became of it and of its work; a sentence.
    public func raiseHang(_ what: String, _ outcome: String, seconds: Int, at now: Timestamp) throws(DatabaseError) {
        try raise(
            "hanging_process",
            """
            At \(now.rfc3339) \(what) had shown no sign of life for \(seconds) s. \(outcome) If that happens again, \
            look at the system log, the memory and the disks of the machine.
            """,
            at: now,
            expiresAt: now.adding(seconds: Self.hangAlertSeconds)
        )
    }
}
