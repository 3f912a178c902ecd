package import Database
package import Records
package import Support

/// All SQL of the import_held_back table, and what else a plan asks of the table.
package struct ImportPlanStore {
    let connection: Connection
    private let table: RecordTable

    package init(_ connection: Connection, _ table: RecordTable) {
        self.connection = connection
        self.table = table
    }

    /// An entry that was not carried out because its record had changed.
    package struct HeldBack: Sendable, Equatable {
        /// The entry's place in the plan, from 0.
        package var entry: Int64
        package var recordID: Int64
    }

    /// The last change of a record.
    package struct LastChange: Sendable, Equatable {
        /// As `Actor.description`.
        package var actor: String
        package var at: Timestamp
    }

    // MARK: Held back

    /// Call inside the batch in which the row was counted as skipped.
    func hold(_ entry: Int64, recordID: Int64, jobID: Int64) throws(DatabaseError) {
        try connection.execute(
            """
            INSERT INTO import_held_back (job_id, entry, record_id) VALUES (\(jobID), \(entry), \(recordID))
            """
        )
    }

    /// Forgets what an earlier plan of the job has held back.
    func forgetHeldBack(jobID: Int64) throws(DatabaseError) {
        try connection.execute("DELETE FROM import_held_back WHERE job_id = \(jobID)")
    }

    package func heldBack(jobID: Int64, from entry: Int64, limit: Int) throws(DatabaseError) -> [HeldBack] {
        try connection.all(
            """
            SELECT entry, record_id FROM import_held_back
            WHERE job_id = \(jobID) AND entry >= \(entry) ORDER BY entry LIMIT \(limit)
            """
        ) { row in HeldBack(entry: row.int(0), recordID: row.int(1)) }
    }

    package func countHeldBack(jobID: Int64) throws(DatabaseError) -> Int64 {
        try connection.first("SELECT COUNT(*) FROM import_held_back WHERE job_id = \(jobID)") { row in row.int(0) } ?? 0
    }

    // MARK: The table

    /// Who changed a record last; nil when its history is gone.
    package func lastChange(_ recordID: Int64) throws(DatabaseError) -> LastChange? {
        try RevisionStore(connection, table).newest(recordID).map { LastChange(actor: $0.actor, at: $0.at) }
    }

    /// What a job's change of a record has overwritten; nil when the job has not changed it.
    package func overwritten(_ recordID: Int64, jobID: Int64) throws(DatabaseError) -> String?? {
        let found = try connection.first(
            """
            SELECT before FROM \(ident: table.revisions)
            WHERE \(ident: table.revisionOwner) = \(recordID) AND job_id = \(jobID) ORDER BY version DESC LIMIT 1
            """
        ) { row in row.textOrNil(0) }
        if found == nil, try RevisionStore(connection, table).creation(recordID)?.jobID == jobID { return .some(nil) }
        return found
    }

    /// Active records in the order of their ids, without those that were made, changed or brought back after the
    /// revision: not by the time, which a clock may have put back.
    /// - Parameter flag: the field that says whether a record is active.
    func active(
        _ flag: String,
        after id: Int64,
        unchangedSince revision: Int64,
        limit: Int
    ) throws(DatabaseError) -> [(id: Int64, version: Int64)] {
        try connection.all(
            """
            SELECT id, version FROM \(ident: table.name)
            WHERE \(ident: flag) = 'active' AND id > \(id)
                AND id NOT IN (
                    SELECT \(ident: table.revisionOwner) FROM \(ident: table.revisions) WHERE id > \(revision))
            ORDER BY id LIMIT \(limit)
            """
        ) { row in (row.int(0), row.int(1)) }
    }

    /// Whether there is no record.
    func isEmpty() throws(DatabaseError) -> Bool {
        try connection.first("SELECT 1 FROM \(ident: table.name) LIMIT 1") { _ in true } == nil
    }

    /// The greatest id that a record has; 0 in an empty table.
    func greatestID() throws(DatabaseError) -> Int64 {
        try connection.first("SELECT MAX(id) FROM \(ident: table.name)") { row in row.int(0) } ?? 0
    }
}
