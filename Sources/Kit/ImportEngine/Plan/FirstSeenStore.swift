package import Database
package import Records

/// Tells the values of a field that no record has: a misspelt brand makes a second one, so a plan announces them.
package final class FirstSeenStore {
    /// By position.
    let field: Int
    private let known: Prepared
    /// Hashes of the values that were looked up: long ones cost no more memory than short ones. Two values of one hash
    /// would keep one of them from being announced, which is not to be expected in the age of a file.
    private var seen: Set<Int> = []

    /// Files with more values than this do not have such values in that column; the others are not looked up.
    private static let most = 100_000

    package init(_ connection: Connection, _ table: RecordTable, field: Int) throws(DatabaseError) {
        self.field = field
        let name = table.fields[field].name
        known = Prepared(
            try connection.prepare("SELECT 1 FROM \(ident: table.name) WHERE \(ident: name) = ? LIMIT 1")
        )
    }

    /// Whether it is the first record with a value that no stored one has.
    package func isNew(_ value: UnsafeBufferPointer<UInt8>) throws(DatabaseError) -> Bool {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(value))
        guard seen.count < Self.most, seen.insert(hasher.finalize()).inserted else { return false }
        known.statement.bindBorrowed(1, value)
        defer { known.statement.reset() }
        return try !known.statement.step()
    }
}
