import Database
import Process
import Support

extension JobStore {
    /// Lets an event happen to a job, as the table of transitions has it. Call inside a transaction.
    /// - Parameters:
    ///   - attempt: of which worker that is the news; nil when it is not a worker's.
    ///   - due: from when on a job that is put in line may begin; from now on where that is not said.
    ///   - writes: what else is set, or otherwise than the table has it.
    /// - Returns: whether it could happen: not in another state, nor when another attempt has begun.
    @discardableResult
    func move(
        _ id: Int64,
        _ event: JobEvent,
        attempt: Int64? = nil,
        due: Timestamp? = nil,
        at now: Timestamp,
        also writes: [String: SQL] = [:]
    ) throws(DatabaseError) -> Bool {
        let transition = JobTransition(event)
        var columns = Self.columns(transition.effects, due: due ?? now, at: now)
        if let status = transition.to { columns["status"] = "\(status.rawValue)" }
        columns["updated_at"] = "\(now)"
        columns.merge(writes) { $1 }
        // In one order, so that it is one statement for the cache.
        let assignments = columns.sorted { $0.key < $1.key }.map { name, value -> SQL in "\(ident: name) = \(value)" }
        let from = transition.from.map(\.rawValue).sorted()
        let fence: SQL = attempt.map { "AND attempt = \($0)" } ?? ""
        let moved = try connection.execute(
            """
            UPDATE job SET \(assignments.joined(separator: ", "))
            WHERE id = \(id) AND status IN \(list: from) \(fence)
            """
        )
        guard moved == 1 else { return false }
        try tellOutbox(id, event, at: now)
        try noteAttempt(id, event, transition.effects, at: now)
        return true
    }

    private static func columns(
        _ effects: JobTransition.Effects,
        due: Timestamp,
        at now: Timestamp
    ) -> [String: SQL] {
        var all: [String: SQL] = [:]
        func set(_ effect: JobTransition.Effects, _ columns: [String: SQL]) {
            if effects.contains(effect) { all.merge(columns) { $1 } }
        }
        set(.queues, ["barren_attempts": "0", "lease_until": "0", "scheduled_at": "\(due)"])
        set(.answers, ["waiting_reason": "NULL", "waiting_for": "NULL"])
        set(.clearsStage, ["stage": "NULL"])
        set(.reopens, ["error_message": "NULL", "cancel_requested": "0", "completed_at": "NULL"])
        set(.forgets, ["progress": "0", "checkpoint": "NULL"])
        set(
            .leaves,
            [
                "lease_until": "0", "worker": "NULL", "working_since": "NULL",
                "working_ms": "working_ms + CASE WHEN working_since < \(now) THEN \(now) - working_since ELSE 0 END",
            ]
        )
        set(.slows, ["rows_per_second": "NULL"])
        set(.ends, ["stage": "'done'", "completed_at": "\(now)"])
        set(.fences, ["attempt": "attempt + 1"])
        set(.claims, claim(now))
        return all
    }

    /// What a worker that begins sets. Until it is noted the job belongs to this process, with which its workers end.
    ///
    /// A job that does not stand in line belonged to a worker that has gone without an end: then this is a takeover.
    /// How long that one worked is known up to its last sign of life.
    private static func claim(_ now: Timestamp) -> [String: SQL] {
        [
            "attempt": "attempt + 1", "barren_attempts": "barren_attempts + 1",
            "started_at": "COALESCE(started_at, \(now))", "working_since": "\(now)",
            "working_ms": """
            working_ms + CASE WHEN working_since < heartbeat_at THEN heartbeat_at - working_since ELSE 0 END
            """,
            "takeovers": "takeovers + CASE WHEN status IN ('processing', 'validating') THEN 1 ELSE 0 END",
            "resumed_after": "CASE WHEN status IN ('processing', 'validating') THEN processed_rows END",
            "lease_until": "\(now.adding(seconds: leaseSeconds))", "heartbeat_at": "\(now)",
            "worker": "\(WorkerIdentity(.current).description)", "rows_per_second": "NULL",
        ]
    }
}
