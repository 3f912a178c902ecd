import Glibc
import Support

/// Lets one process at a time change the schema of a database: what is pending is found out before the first step, so
/// two that begin together would take the same steps. The kernel drops the lock with the process.
final class MigrationLock {
    private let file: OwnedDescriptor

    /// Waits until no other process changes the schema, however long that is: rebuilding a large table takes minutes.
    /// - Parameter onWait: told once, when there is another one, which process that is, if it has said so.
    init(databasePath: String, onWait: (Int32?) -> Void) throws(DatabaseError) {
        do throws(SystemError) {
            file = try Files.open("\(databasePath)-gate-migrate", O_RDWR | O_CREAT, mode: DatabaseFiles.mode)
        } catch {
            throw DatabaseError(.gate, error.description)
        }
        if flock(file.raw, LOCK_EX | LOCK_NB) != 0 {
            var pid: Int64 = 0
            onWait(pread(file.raw, &pid, 8, 0) == 8 ? Int32(exactly: pid) : nil)
            while flock(file.raw, LOCK_EX) != 0 {
                guard errno == EINTR else { throw DatabaseError(.gate, SystemError("lock the schema").description) }
            }
        }
        var pid = Int64(getpid())
        _ = pwrite(file.raw, &pid, 8, 0)
    }
}
