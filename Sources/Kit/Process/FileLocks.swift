import Glibc
public import Support

/// Who holds flock(2) locks, as the kernel says it: what a file says of its holder anybody may have written.
public enum FileLocks {
    /// Processes that hold a lock on one of the files now, without those that only wait for one. The kernel tells only
    /// of processes that this one may look into.
    ///
    /// While a process reads the kernel's table of locks, no other on this machine takes or gives back a lock, and the
    /// kernel needs some 10 ms to see to that: what is looked at again and again is asked by `isLocked` first.
    /// - Parameter paths: files, or folders.
    public static func holders(of paths: [String]) -> [ProcessIdentity] {
        guard !paths.isEmpty, let table = try? Files.read("/proc/locks") else { return [] }
        let lines = String(decoding: table, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ") }
        let holders = paths.flatMap { path in
            pids(in: lines, number: number(of: path)).filter { holds($0, path) }
        }
        return Set(holders).map { ProcessIdentity(pid: $0) }.filter(\.isRunning).sorted { $0.pid < $1.pid }
    }

    /// Whether a process has a lock on the file. Otherwise it is locked for the moment that it takes to find out, which
    /// only who waits for it anyway may do with it.
    public static func isLocked(_ path: String) -> Bool {
        guard let file = try? Files.open(path, O_RDONLY) else { return false }
        guard flock(file.raw, LOCK_EX | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
        // A child that was just forked would keep it.
        flock(file.raw, LOCK_UN)
        return false
    }

    private static func number(of path: String) -> String? {
        var info = stat()
        return stat(path, &info) == 0 ? String(info.st_ino) : nil
    }

    /// On some file systems the number of the device is another one here than there, so only the file's own number is
    /// looked for, and the process is asked whether it means this file.
    private static func pids(in lines: [[Substring]], number: String?) -> [Int32] {
        lines.compactMap { words in
            guard words.count == 8, words[1] == "FLOCK", words[5].split(separator: ":").last.map(String.init) == number
            else { return nil }
            return Int32(words[4])
        }
    }

    /// Whether one of the process's descriptors of the file has a lock.
    private static func holds(_ pid: Int32, _ path: String) -> Bool {
        Files.names(in: "/proc/\(pid)/fd").contains { descriptor in
            guard Files.isSame("/proc/\(pid)/fd/\(descriptor)", path),
                let text = try? Files.read("/proc/\(pid)/fdinfo/\(descriptor)")
            else { return false }
            return String(decoding: text, as: UTF8.self).split(separator: "\n").contains {
                $0.hasPrefix("lock:") && $0.contains("FLOCK")
            }
        }
    }
}

/// A lock on a folder: as long as it is held no second process of its kind works there, whatever becomes of the files.
public struct FolderLock: ~Copyable {
    public let descriptor: OwnedDescriptor
    /// Whether it was locked here, and not handed over.
    private let isOwn: Bool

    /// Locks the folder; nil when another process holds it.
    public init?(_ path: String) throws(SystemError) {
        let descriptor = try Files.open(path, O_RDONLY | O_DIRECTORY)
        guard flock(descriptor.raw, LOCK_EX | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK { return nil }
            throw SystemError("lock \(path)")
        }
        self.descriptor = descriptor
        isOwn = true
    }

    /// Takes over the lock from the program that ran in this process before.
    public init(inherited raw: Int32) throws(SystemError) {
        try makePrivate(raw)
        descriptor = OwnedDescriptor(raw)
        isOwn = false
    }

    // As with a pid file: a child that was just forked shares it for a moment, and the program before may get it back.
    deinit { if isOwn { flock(descriptor.raw, LOCK_UN) } }
}
