import Glibc
public import Support

/// Who may read the files of a database: its owner and the owner's group, for a backup; no other user.
public enum DatabaseFiles {
    /// Of the file, its log, the log's index and the files of the writer gate.
    static let mode: mode_t = 0o640

    private static let suffixes = ["", "-wal", "-shm", "-gate-prio", "-gate-queue", "-gate-write"]

    /// Makes an empty file, which SQLite takes for a new database; it gives the log and its index the same mode. Where
    /// that fails SQLite, which comes next, says why.
    static func create(_ path: String) {
        _ = try? Files.open(path, O_RDWR | O_CREAT | O_EXCL, mode: mode)
    }

    /// Gives the files of a database their mode, whatever an earlier version or another program has left them.
    public static func correct(_ path: String) throws(SystemError) {
        for suffix in suffixes { try Files.setMode("\(path)\(suffix)", mode) }
    }
}
