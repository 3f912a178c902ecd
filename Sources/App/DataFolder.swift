package import Database
package import Support

/// Where everything of one shop lies on disk.
package struct DataFolder: Sendable, Equatable {
    package let path: String

    /// - Parameter path: made absolute, so that children with another working folder find it.
    package init(_ path: String) {
        self.path = Files.absolute(path)
    }

    package var database: String { "\(path)/bodega.db" }
    /// Uploads that jobs work on, named by job.
    package var uploads: String { "\(path)/spool/uploads" }
    /// Temporary files of workers, on the same disk as the rest.
    package var scratch: String { "\(path)/spool/scratch" }
    /// Request bodies while nginx receives them.
    package var bodies: String { "\(path)/spool/bodies" }
    package var blobs: String { "\(path)/blobs" }
    package var secrets: String { "\(path)/secrets" }
    package var logs: String { "\(path)/log" }

    /// Creates what is missing, for this user only.
    package func create() throws(SystemError) {
        for folder in [path, uploads, scratch, bodies, blobs, secrets, logs] { try Files.makeFolder(folder) }
    }

    /// Opens the database with all migrations applied.
    ///
    /// Throws a `UsageError` that says what to do when the folder holds no current database.
    package func open(_ role: ConnectionRole) throws -> Connection {
        guard Files.exists(database) else {
            throw UsageError("There is no database in \(path). Run 'bodega migrate up --data \(path)' first.")
        }
        let connection = try Connection(path: database, role: role)
        guard try Composition.migrator.isCurrent(connection) else {
            throw UsageError("The database in \(path) is older than this program. Run 'bodega migrate up --data \(path)'.")
        }
        return connection
    }
}
