import CLinux
import Glibc
public import Support

/// Where sockets and the scoreboard of one data folder live: a short path (`sun_path` holds 108 bytes) that needs no
/// durability. Two data folders never share one.
public enum RuntimeFolder {
    /// The path for a data folder: under `/run` for root, under `/run/bodega` where that was made for us, else under
    /// `$XDG_RUNTIME_DIR`, `$TMPDIR` or `/tmp`.
    public static func path(for data: String, user: UInt32, environment: (String) -> String?) -> String {
        let name = "bodega-\(shortHash(data))"
        if user == 0 { return "/run/\(name)" }
        if Files.isWritable("/run/bodega") { return "/run/bodega/\(shortHash(data))" }
        if let folder = environment("XDG_RUNTIME_DIR"), folder.hasPrefix("/"), Files.isWritable(folder) {
            return "\(folder)/\(name)"
        }
        let temporary = environment("TMPDIR").flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
        return "\(temporary)/\(name)-\(user)"
    }

    /// Makes the folder with mode 0700 and refuses one that is not ours: in a shared temporary folder somebody else may
    /// have been first.
    public static func make(_ path: String) throws(SystemError) {
        try Files.makeFolder(path, mode: 0o700)
        var info = stat()
        guard lstat(path, &info) == 0 else { throw SystemError("open folder \(path)") }
        guard info.st_mode & S_IFMT == S_IFDIR, info.st_uid == geteuid(), info.st_mode & 0o022 == 0 else {
            throw SystemError("use folder \(path)", code: EPERM)
        }
    }

    /// Removes what we made in the folder, and the folder: a stopped server leaves nothing. What is not ours stays, and
    /// the folder with it.
    public static func remove(_ path: String) {
        for name in Files.names(in: path)
        where name.hasSuffix(".sock") || name.contains(".sock.") || ["scoreboard", "rates"].contains(name) {
            unlink("\(path)/\(name)")
        }
        rmdir(path)
    }

    /// Eight hexadecimal digits of FNV-1a (32 bit) over the text.
    static func shortHash(_ text: String) -> String {
        var hash: UInt32 = 2_166_136_261
        for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return (0..<4).map { UInt8(truncatingIfNeeded: hash >> UInt32(24 - 8 * $0)) }.hex
    }
}

extension Files {
    /// Whether this process may make entries in the folder.
    public static func isWritable(_ folder: String) -> Bool { access(folder, W_OK | X_OK) == 0 }
}
