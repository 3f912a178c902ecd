import Catalog
package import Database
import Glibc
import Process
package import Support

/// Where what stands inside the data folder.
package struct DataFolder: Sendable, Equatable {
    package let path: String

    /// - Parameter path: made absolute, so that children with another working folder find it.
    package init(_ path: String) {
        self.path = Files.absolute(path)
    }

    package var database: String { "\(path)/bodega.db" }
    package var blobs: String { "\(path)/blobs" }
    package var spool: String { "\(path)/spool" }
    /// Bodies that nginx writes; a handler renames them into the spool.
    package var incoming: String { "\(spool)/incoming" }
    /// Uploads that jobs work on, named by job.
    package var uploads: String { "\(spool)/uploads" }
    /// Temporary files of workers, on the same disk as the rest.
    package var scratch: String { "\(spool)/scratch" }
    /// Locked byte by byte by those who send downloads, see `UsageLocks`.
    package var downloads: String { "\(spool)/downloads" }
    package var secrets: String { "\(path)/secrets" }
    package var logs: String { "\(path)/logs" }
    /// Where log lines wait for the table.
    package var logSpool: LogSpool { LogSpool("\(logs)/system-log.spool") }
    /// Where notes for the audit trail wait.
    package var auditSpool: LogSpool { LogSpool("\(logs)/audit-trail.spool") }
    package var nginx: String { "\(path)/nginx" }
    package var pidFile: String { "\(path)/bodega.pid" }

    /// Refuses to work as root in a folder of another user: what root writes that user cannot, and links that the user
    /// makes root would follow.
    package func refuseForeign() throws(CommandError) {
        guard geteuid() == 0, let owner = Files.owner(path), owner != 0 else { return }
        throw CommandError(
            """
            The data folder \(path) belongs to the user with id \(owner), and root does not work in it. Call the \
            'bodega' that deploy/up has put into /usr/local/bin, which becomes that user, or: \
            setpriv --reuid=\(owner) --regid=\(owner) --clear-groups bodega …
            """
        )
    }

    /// Makes every folder that is missing.
    package func make() throws(CommandError) {
        try refuseForeign()
        do throws(SystemError) {
            for folder in [path, blobs, spool, incoming, uploads, scratch, secrets, logs, nginx] {
                try Files.makeFolder(folder)
            }
            for file in [database, ProductSearch.path(besides: database)] { try DatabaseFiles.correct(file) }
        } catch {
            throw CommandError("The data folder \(path) cannot be made: \(error).")
        }
        guard Files.isWritable(path), Files.isWritable(spool), Files.isWritable(nginx) else {
            throw CommandError("The data folder \(path) is not writable for the user with id \(geteuid()).")
        }
    }

    /// Opens the database, with all migrations applied.
    ///
    /// Throws a `CommandError` that says what to do when there is no current database.
    package func open(_ role: ConnectionRole) throws -> Connection {
        try refuseForeign()
        guard Files.exists(database) else {
            throw CommandError("There is no database in \(path): run 'bodega migrate up --data \(path)' first.")
        }
        let connection = try Connection(path: database, role: role)
        guard try Composition.migrator.isCurrent(connection) else {
            throw CommandError(
                "The database in \(path) is older than this program: run 'bodega migrate up --data \(path)'."
            )
        }
        return connection
    }
}
