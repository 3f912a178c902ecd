import Glibc
public import Support

/// Who may read the files of a database: its owner and the owner's group, for a backup; no other user.
public enum DatabaseFiles {
    /// Of the file, its log, the log's index and the files of the writer gate.
    static let mode: mode_t = 0o640

    private static let suffixes = ["", "-wal", "-shm", "-gate-prio", "-gate-queue", "-gate-write", "-gate-migrate"]

    /// Makes an empty file, which SQLite takes for a new database; it gives the log and its index the same mode. Where
    /// that fails SQLite, which comes next, says why.
    static func create(_ path: String) {
        _ = try? Files.open(path, O_RDWR | O_CREAT | O_EXCL, mode: mode)
    }

    /// Gives the files of a database their mode, whatever an earlier version or another program has left them.
    public static func correct(_ path: String) throws(SystemError) {
        for suffix in suffixes { try Files.setMode("\(path)\(suffix)", mode) }
    }

    /// One of the files of a database that this user cannot write: another user's.
    public static func unwritable(_ path: String) -> String? {
        suffixes.lazy.map { "\(path)\($0)" }.first { Files.exists($0) && access($0, W_OK) != 0 }
    }

    /// Removes a database that can be made anew, as far as that goes.
    public static func remove(_ path: String) {
        for suffix in suffixes { unlink("\(path)\(suffix)") }
    }
}
