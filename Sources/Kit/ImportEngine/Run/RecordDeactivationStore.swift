import Database
import Records
import Support

/// Switches records off that a file does not name, where a field says whether they are on.
final class RecordDeactivationStore {
    private let find: Prepared
    private let update: Prepared
    /// What a revision keeps of such a change.
    let before: [UInt8]

    init(_ connection: Connection, _ table: RecordTable, _ flag: RecordField) throws(DatabaseError) {
        find = Prepared(
            try connection.prepare(
                "SELECT version FROM \(ident: table.name) WHERE id = ? AND \(ident: flag.name) = 'active'"
            )
        )
        update = Prepared(
            try connection.prepare(
                """
                UPDATE \(ident: table.name) SET \(ident: flag.name) = 'draft', version = version + 1,
                    \(RecordUpdateStore.later) WHERE id = ?
                """
            )
        )
        before = Array(JSON.object([JSON.Member(flag.name, .string("active"))]).text.utf8)
    }

    /// The version of a record; nil when it is not active, or not there.
    func activeVersion(_ id: Int64) throws(DatabaseError) -> Int64? {
        find.statement.bind(1, id)
        defer { find.statement.reset() }
        return try find.statement.step() ? find.statement.row().int(0) : nil
    }

    func switchOff(_ id: Int64, at now: Timestamp) throws(DatabaseError) {
        update.statement.bind(1, now.milliseconds)
        update.statement.bind(2, now.milliseconds)
        update.statement.bind(3, id)
        try update.statement.run()
    }
}
