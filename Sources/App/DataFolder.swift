import Glibc
import Process
import Support

/// Where what stands inside the data folder.
package struct DataFolder: Sendable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }

    package var database: String { "\(path)/bodega.db" }
    package var blobs: String { "\(path)/blobs" }
    package var spool: String { "\(path)/spool" }
    /// Bodies that nginx writes; a handler renames them into the spool.
    package var incoming: String { "\(spool)/incoming" }
    package var secrets: String { "\(path)/secrets" }
    package var logs: String { "\(path)/logs" }
    package var nginx: String { "\(path)/nginx" }
    package var pidFile: String { "\(path)/bodega.pid" }
    /// Programs put there by `deploy/up`; `bin/bodega` is the newest.
    package var programs: String { "\(path)/bin" }

    /// Makes every folder that is missing.
    package func make() throws(CommandError) {
        do throws(SystemError) {
            for folder in [path, blobs, spool, incoming, secrets, logs, nginx] { try Files.makeFolder(folder) }
        } catch {
            throw CommandError("The data folder \(path) cannot be made: \(error).")
        }
        guard Files.isWritable(path), Files.isWritable(spool), Files.isWritable(nginx) else {
            throw CommandError("The data folder \(path) is not writable for the user with id \(geteuid()).")
        }
    }
}
