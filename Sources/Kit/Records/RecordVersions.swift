public import Database
import Support

/// The versions of one record, read from what is there now backwards.
public struct RecordVersions {
    /// One version: what it changed.
    public struct Change: Sendable {
        public var revision: Revision
        /// The fields that it changed, before and after.
        public var fields: [(field: RecordField, before: RecordValue, after: RecordValue)]
    }

    /// Why there is no way back to a version.
    public enum Fault: Error, Sendable, Equatable {
        /// There never was such a record, or its history is gone with it.
        case missing
        /// The record was not there in it, or it never was.
        case unknown
        /// The history does not reach that far back any more.
        case expired
    }

    private let records: RecordStore
    private let revisions: RevisionStore
    private let id: Int64

    public init(_ connection: Connection, _ table: RecordTable, _ id: Int64) {
        records = RecordStore(connection, table)
        revisions = RevisionStore(connection, table)
        self.id = id
    }

    /// Versions below one, newest first, and where to go on; nil after the last.
    public func page(before version: Int64 = .max, limit: Int) throws -> (changes: [Change], next: Int64?) {
        // What a field held after a change is what the next change found, or what stands there now.
        var past = RecordPast(id, present: try records.find(id), records.table)
        var changes: [Change] = []
        var next: Int64?
        try revisions.walk(id) { revision in
            let after = past.record
            past.takeBack(revision)
            guard revision.version < version else { return true }
            guard changes.count < limit else {
                next = changes.last?.revision.version
                return false
            }
            let fields = records.table.fields.enumerated().compactMap { index, field in
                let (old, new) = (past.record?.values[index] ?? .none, after?.values[index] ?? .none)
                return old == new ? nil : (field: field, before: old, after: new)
            }
            changes.append(Change(revision: revision, fields: fields))
            return true
        }
        return (changes, next)
    }

    public func count() throws(DatabaseError) -> Int64 { try revisions.count(recordID: id) }

    /// The record as it was in a version, with the newest version of all; its id and times are those of now where it
    /// is there.
    ///
    /// Throws `Fault`.
    public func past(_ version: Int64) throws -> (record: StoredRecord, newest: Int64) {
        guard let newest = try revisions.newestVersion(id) else { throw Fault.missing }
        guard version >= 1, version <= newest else { throw Fault.unknown }
        let present = try records.find(id)
        var past = RecordPast(id, present: present, records.table)
        var reached = newest
        try revisions.walk(id) { revision in
            // The versions follow each other without a gap, or something between was pruned.
            guard revision.version > version, revision.version == reached else { return false }
            past.takeBack(revision)
            reached = revision.version - 1
            return true
        }
        guard reached == version else { throw Fault.expired }
        guard let record = past.record else { throw Fault.unknown }
        return (
            StoredRecord(
                id: id,
                values: record.values,
                version: newest,
                createdAt: try present?.createdAt ?? revisions.firstMoment(id) ?? record.createdAt,
                updatedAt: present?.updatedAt ?? record.updatedAt
            ), newest
        )
    }

    /// What a record that is gone held, and the revision of its deletion; nil for one that is there, and where nothing
    /// is known of it.
    public func tombstone() throws -> (record: StoredRecord, deletion: Revision)? {
        guard try records.find(id) == nil, let deletion = try revisions.newest(id), deletion.change == .delete else {
            return nil
        }
        var past = RecordPast(id, present: nil, records.table)
        past.takeBack(deletion)
        return past.record.map { ($0, deletion) }
    }
}
