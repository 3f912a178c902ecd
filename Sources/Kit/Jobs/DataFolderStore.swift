public import Database
public import Support

/// All SQL of the data_folder table, its one row: which data folder this database belongs to; and what has to be
/// forgotten when it stands at another place.
public struct DataFolderStore {
    public let connection: Connection

    public init(_ connection: Connection) {
        self.connection = connection
    }

    /// The folder's id, a UUID; nil before it has one.
    public func id() throws(DatabaseError) -> String? {
        try connection.first("SELECT id FROM data_folder") { row in row.text(0) }
    }

    /// Gives the folder an id, in place of another one. Call inside a transaction.
    public func setID(_ id: String, at now: Timestamp) throws(DatabaseError) {
        try connection.execute("DELETE FROM data_folder")
        try connection.execute("INSERT INTO data_folder (id, given_at) VALUES (\(id), \(now))")
    }

    /// Forgets which processes work on jobs: those that are noted in a copy work on the original's, and nobody here may
    /// wait for them or end them. The jobs go on with the next claim. Call inside a transaction.
    /// - Returns: how many jobs that were.
    @discardableResult
    public func forgetWorkers() throws(DatabaseError) -> Int {
        try connection.execute(
            "UPDATE job SET worker = NULL, lease_until = 0 WHERE status IN ('processing', 'validating')"
        )
    }
}
