public import Database
public import Support

extension Job {
    /// What a job that was over is again when the errand ends that it was taken up for once more, such as the repair of
    /// its failing rows. Books and revisions go on; only how the job stands is put back.
    public struct Former: Sendable, Equatable {
        /// Completed, failed or cancelled.
        public var status: Status
        public var errorMessage: String?
        public var completedAt: Timestamp?
        /// How long it was worked on, in milliseconds; nil for one that an earlier version took up.
        public var work: Int64?

        /// Under which name it stands in the checkpoint, beside what the job itself keeps there.
        static let member = "former"

        var json: JSON {
            [
                "status": .string(status.rawValue), "error_message": .optional(errorMessage),
                "completed_at": completedAt.map { .int($0.milliseconds) } ?? .null, "working_ms": .optional(work),
            ]
        }

        init?(json: JSON) {
            guard let status = json["status"]?.stringValue.flatMap(Status.init(rawValue:)), status.isFinal else {
                return nil
            }
            self.status = status
            errorMessage = json["error_message"]?.stringValue
            completedAt = json["completed_at"]?.intValue.map(Timestamp.init(milliseconds:))
            work = json["working_ms"]?.intValue
        }

        init(_ job: Job) {
            status = job.status
            errorMessage = job.errorMessage
            completedAt = job.completedAt
            work = job.earlierWork
        }
    }

    /// Set as long as an errand is under way.
    public var former: Former? { checkpoint?[Former.member].flatMap(Former.init(json:)) }
    /// The errand that is under way: its name and what it has noted.
    public var errand: (name: String, notes: JSON)? {
        guard former != nil, let name = checkpoint?["errand"]?.stringValue, let notes = checkpoint?[name] else {
            return nil
        }
        return (name, notes)
    }

    /// Whether rows of its file failed that can be brought back corrected.
    public var canRepair: Bool { status.isFinal && books.failed > 0 && stands }

    /// The checkpoint with an errand's notes beside what stands there.
    public func checkpoint(_ errand: String, _ notes: JSON) -> JSON {
        let own = [Former.member, "errand", errand]
        var members = (checkpoint?.members ?? []).filter { !own.contains($0.name) }
        members.append(JSON.Member(Former.member, (former ?? Former(self)).json))
        members.append(JSON.Member("errand", .string(errand)))
        members.append(JSON.Member(errand, notes))
        return .object(members)
    }

    /// The checkpoint as it was before the errand.
    public var checkpointBehindErrand: JSON? {
        guard let errand else { return checkpoint }
        let own = [Former.member, "errand", errand.name]
        let members = (checkpoint?.members ?? []).filter { !own.contains($0.name) }
        return members.isEmpty ? nil : .object(members)
    }

    /// The result with what the last errand has to say in its place.
    func result(_ errand: String, _ outcome: JSON) -> JSON {
        let members = (result?.members ?? []).filter { $0.name != errand }
        return .object(members + [JSON.Member(errand, outcome)])
    }
}

extension JobStore {
    /// Takes a job that is over up once more. Its kind finds the errand in the job and does it instead of its work.
    /// - Parameters:
    ///   - notes: what the errand begins with; it goes on from what its batches put there.
    ///   - allowed: looks at the job inside the transaction.
    public func begin(
        _ errand: String,
        notes: JSON,
        _ job: Job,
        context: WriteContext,
        if allowed: (Job) throws -> Bool
    ) throws -> Outcome {
        try connection.write {
            let current = try find(job.id) ?? job
            let checkpoint: SQL = "\(current.checkpoint(errand, notes).text)"
            guard current.status.after(.reopen) != nil, try allowed(current),
                try move(job.id, .reopen, at: context.now, also: ["checkpoint": checkpoint])
            else { return .wrongState(current) }
            try log(job.id, "Taken up once more (\(errand)) by \(context.actor.description).", context.now)
            try audit(errand, current, context)
            return .done(try announce(job.id, at: context.now))
        }
    }

    /// Ends an errand that could not be done, or that nobody wants any more: the job is again what it was before. Call
    /// inside a write.
    /// - Parameter reason: what the job's result and its log say of it.
    /// - Returns: false when no errand was under way.
    func abandonErrand(_ job: Job, reason: String, at now: Timestamp) throws -> Bool {
        guard let former = job.former, let errand = job.errand, let ending = JobEvent.Ending(former.status) else {
            return false
        }
        try move(
            job.id,
            .giveUp(ending),
            at: now,
            also: [
                "error_message": "\(former.errorMessage)", "completed_at": "\(former.completedAt)",
                "checkpoint": "\(job.checkpointBehindErrand?.text)",
                "result": "\(job.result(errand.name, ["error": .string(reason)]).text)",
                "progress": former.status == .completed ? "100" : "progress", "cancel_requested": "0",
                "working_ms": "COALESCE(\(former.work), working_ms)",
            ]
        )
        try log(job.id, "The errand (\(errand.name)) was given up: \(reason)", now)
        return true
    }
}

extension JobRun {
    /// Ends the errand for which the job was taken up once more, with what the job was before and the errand's outcome
    /// in its result.
    public func finishErrand(_ outcome: JSON, also writes: (WriteContext) throws -> Void = { _ in }) throws {
        let store = JobStore(connection)
        guard let current = try store.find(job.id), let former = current.former, let errand = current.errand else {
            throw JobError.fenced
        }
        try finish(former.status, message: former.errorMessage, result: current.result(errand.name, outcome)) {
            try store.dropErrand(current)
            try writes($0)
        }
    }

    /// Ends the errand without having done it; books and products stay as far as it came.
    public func abandonErrand(_ reason: String) throws {
        let store = JobStore(connection)
        let context = context()
        let now = context.now
        let changes = try changes(self)
        try connection.write {
            guard let current = try store.find(job.id), current.attempt == job.attempt, current.status.isRunning,
                let former = current.former, try store.abandonErrand(current, reason: reason, at: now)
            else { throw JobError.fenced }
            try store.auditEnd(job, former.status, state.books, changes, context)
            try store.announce(job.id, at: now)
        }
    }
}

extension JobStore {
    /// The job's working time is again that of its own work.
    fileprivate func dropErrand(_ job: Job) throws(DatabaseError) {
        try connection.execute(
            """
            UPDATE job SET checkpoint = \(job.checkpointBehindErrand?.text),
                working_ms = COALESCE(\(job.former?.work), working_ms) WHERE id = \(job.id)
            """
        )
    }
}
