import Catalog
import Database
import Glibc
import Process
import Support

/// Where what stands inside the data folder.
struct DataFolder: Sendable, Equatable {
    let path: String

    /// - Parameter path: made absolute, so that children with another working folder find it.
    init(_ path: String) {
        self.path = Files.absolute(path)
    }

    var database: String { "\(path)/bodega.db" }
    var blobs: String { "\(path)/blobs" }
    var spool: String { "\(path)/spool" }
    /// Bodies that nginx writes; a handler renames them into the spool.
    var incoming: String { "\(spool)/incoming" }
    /// Uploads that jobs work on, named by job.
    var uploads: String { "\(spool)/uploads" }
    /// Temporary files of workers, on the same disk as the rest.
    var scratch: String { "\(spool)/scratch" }
    /// Locked byte by byte by those who send downloads, see `UsageLocks`.
    var downloads: String { "\(spool)/downloads" }
    /// Locked by the sender of webhooks: there is one at a time.
    var senderLock: String { "\(path)/deliver.lock" }
    var secrets: String { "\(path)/secrets" }
    var logs: String { "\(path)/logs" }
    /// Where log lines wait for the table.
    var logSpool: LogSpool { LogSpool("\(logs)/system-log.spool") }
    /// Where notes for the audit trail wait.
    var auditSpool: LogSpool { LogSpool("\(logs)/audit-trail.spool") }
    var nginx: String { "\(path)/nginx" }
    var pidFile: String { "\(path)/bodega.pid" }
    /// The clock by which everything goes that works in this folder.
    var clock: HouseClock { HouseClock("\(path)/clock") }
    /// The side effects of a process that works in this folder.
    var environment: Environment { .live(clock) }

    /// Refuses to work as root in a folder of another user: what root writes that user cannot, and links that the user
    /// makes root would follow.
    func refuseForeign() throws(CommandError) {
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
    func make() throws(CommandError) {
        try refuseForeign()
        do throws(SystemError) {
            for folder in [path, blobs, spool, incoming, uploads, scratch, secrets, logs, nginx] {
                try Files.makeFolder(folder)
            }
            correctIndex()
            try DatabaseFiles.correct(database)
            if let file = DatabaseFiles.unwritable(database) { throw SystemError("write \(file)", code: EACCES) }
        } catch {
            if error.isDenied {
                throw CommandError(
                    """
                    The data folder \(path) cannot be used: \(error). A file in it belongs to another user, perhaps \
                    because root copied it: give all of it to the user with id \(geteuid()), with 'chown -R'.
                    """
                )
            }
            if error.isDiskFull { throw CommandError(StartRequirements.noRoom("for the data folder \(path)")) }
            throw CommandError("The data folder \(path) cannot be made: \(error).")
        }
        guard Files.isWritable(path), Files.isWritable(spool), Files.isWritable(nginx) else {
            throw CommandError("The data folder \(path) is not writable for the user with id \(geteuid()).")
        }
    }

    /// The text index is made anew where it cannot be used, also where it is another user's file.
    private func correctIndex() {
        let index = ProductSearch.path(besides: database)
        let isCorrect = (try? DatabaseFiles.correct(index)) != nil
        if !isCorrect || DatabaseFiles.unwritable(index) != nil { DatabaseFiles.remove(index) }
    }

    /// Opens the database, with all migrations applied.
    ///
    /// Throws a `CommandError` that says what to do when there is no current database.
    func open(_ role: ConnectionRole) throws -> Connection {
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
