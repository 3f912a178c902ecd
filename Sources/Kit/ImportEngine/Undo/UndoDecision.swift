import Database
import Jobs
import Records
package import Support

/// What an undo does with the record of one revision.
enum UndoDecision: Equatable {
    /// The job created it: the record of this id goes.
    case delete(Int64)
    /// The job changed it: the old values come back.
    case restore(StoredRecord, over: StoredRecord)
    /// The job deleted it: it comes back with its old id.
    case putBack(StoredRecord, version: Int64)
    /// The record is as it was before the job already.
    case unchanged
    /// It stays as it is, and is listed.
    case keep(Kept)
    /// Another revision of the same record decides.
    case other
}

/// A record that an undo leaves alone.
package struct Kept: Sendable, Equatable {
    package enum Reason: String, Sendable, CaseIterable {
        /// Somebody changed it after the job.
        case edited
        /// Another record has its key now.
        case keyTaken = "sku_taken"
        /// Another record has its value in a field in which no two have the same.
        case valueTaken = "handle_taken"
    }

    package var recordID: Int64
    /// What people know it by.
    package var label: String
    package var reason: Reason
    /// Who stands in the way, as `Actor.description`.
    package var actor: String
    package var jobID: Int64?
    package var at: Timestamp
}

/// Decides, revision by revision. The preview and the job ask the same.
///
/// What earlier undos of the job did, and undos of these, counts as the job's own: it only goes to and fro between the
/// states before and after the job. What another job did and its undo took back again does not stand in the way either.
struct UndoDecisions {
    let scope: UndoScope
    private let records: RecordStore
    private let revisions: RevisionStore
    private let undo: UndoStore
    private let jobs: UndoneJobs

    init(_ connection: Connection, _ table: RecordTable, _ scope: UndoScope) {
        self.scope = scope
        records = RecordStore(connection, table)
        revisions = RevisionStore(connection, table)
        undo = UndoStore(connection, table)
        jobs = UndoneJobs(connection)
    }

    func decide(_ step: UndoStore.Step) throws -> UndoDecision {
        let revision = step.revision
        // Nothing of it is needed in order to remove it.
        if step.isAlone, revision.before == nil, revision.change != .delete { return .delete(revision.recordID) }
        let recordID = revision.recordID
        let own = step.isAlone ? revision.id...revision.id : try undo.span(scope, recordID)
        // A job has several revisions of a record only when it was restarted; the newest one speaks for all.
        guard let own, own.upperBound == revision.id else { return .other }
        let current = try records.find(recordID)
        var trace = UndoTrace(RecordPast(recordID, present: current, records.table))
        if step.isAlone {
            trace.goBack(revision, root: scope.jobID, isOwn: true)
        } else {
            try revisions.walk(recordID) { revision in
                guard revision.id >= own.lowerBound else { return false }
                trace.goBack(revision, root: try jobs.root(of: revision.jobID), isOwn: try isOwn(revision))
                return true
            }
        }
        guard let newest = trace.newest else { return .other }
        switch trace.finding {
        case .unchanged: return .unchanged
        case .edited: return .keep(try kept(recordID, .edited, newest))
        case .standing(let wanted): return try takeBack(to: wanted, from: current, newest)
        }
    }

    private func isOwn(_ revision: Revision) throws -> Bool {
        guard revision.id > scope.after || scope.after == 0, let job = revision.jobID else { return false }
        return try jobs.isUndo(job, of: scope.jobID)
    }

    private func takeBack(
        to wanted: StoredRecord?,
        from current: StoredRecord?,
        _ newest: Revision
    ) throws -> UndoDecision {
        switch (wanted, current) {
        case (nil, nil): return .unchanged
        case (nil, let current?): return .delete(current.id)
        case (let wanted?, let current?):
            // A key that stays is no new claim, also where records share it.
            let keepsKey = records.haveSameKey(wanted, current)
            return try (keepsKey ? nil : taken(wanted)) ?? valueTaken(wanted, but: current)
                ?? .restore(wanted, over: current)
        case (var wanted?, nil):
            if let kept = try taken(wanted) ?? valueTaken(wanted, but: nil) { return kept }
            wanted.createdAt = try revisions.created(wanted) ?? newest.at
            return .putBack(wanted, version: newest.version + 1)
        }
    }

    private func taken(_ wanted: StoredRecord) throws -> UndoDecision? {
        try records.find(keyOf: wanted).flatMap { try keep(wanted, .keyTaken, for: $0) }
    }

    /// - Parameter current: has its own values for good.
    private func valueTaken(_ wanted: StoredRecord, but current: StoredRecord?) throws -> UndoDecision? {
        for (index, field) in records.table.fields.enumerated()
        where field.isUnique && wanted.values[index] != .none && wanted.values[index] != current?.values[index] {
            guard let other = try records.find(wanted.values[index], in: field) else { continue }
            if let kept = try keep(wanted, .valueTaken, for: other) { return kept }
        }
        return nil
    }

    private func keep(_ wanted: StoredRecord, _ reason: Kept.Reason, for other: StoredRecord) throws -> UndoDecision? {
        guard other.id != wanted.id else { return nil }
        let newest = try revisions.newest(other.id)
        return .keep(
            Kept(
                recordID: wanted.id,
                label: label(wanted),
                reason: reason,
                actor: newest?.actor ?? Actor.system.description,
                jobID: newest?.jobID,
                at: newest?.at ?? other.updatedAt
            )
        )
    }

    private func label(_ record: StoredRecord) -> String {
        records.label { field in records.table.position(of: field.name).map { record.values[$0] } ?? .none }
    }

    private func kept(_ recordID: Int64, _ reason: Kept.Reason, _ by: Revision) throws -> Kept {
        let present = try records.find(recordID).map(label)
        return Kept(
            recordID: recordID,
            label: present ?? records.label { by.before?[$0.name].map { RecordValue(stored: $0) } ?? .none },
            reason: reason,
            actor: by.actor,
            jobID: by.jobID,
            at: by.at
        )
    }
}
