public import CLinux
import Glibc

/// A file descriptor that is closed when the value goes away.
public struct OwnedDescriptor: ~Copyable, Sendable {
    public let raw: Int32

    public init(_ raw: Int32) {
        self.raw = raw
    }

    deinit {
        close(raw)
    }

    /// Gives the descriptor away without closing it.
    public consuming func release() -> Int32 {
        let raw = raw
        discard self
        return raw
    }
}

/// The few things Bodega does with files, each failing with the path in the error.
public enum Files {
    /// Opens with O_CLOEXEC.
    public static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(SystemError) -> OwnedDescriptor
    {
        let descriptor = bodega_open(path, flags | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw SystemError("open \(path)") }
        return OwnedDescriptor(descriptor)
    }

    /// The path from the root, without touching the disk.
    public static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return path == "." ? String(cString: current) : "\(String(cString: current))/\(path)"
    }

    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Where the path leads when all links are followed; the path itself when nothing is there.
    public static func real(_ path: String) -> String {
        guard let found = realpath(path, nil) else { return path }
        defer { free(found) }
        return String(cString: found)
    }

    /// Whether two names, with links followed, lead to one file.
    public static func isSame(_ path: String, _ other: String) -> Bool {
        var info = stat()
        var others = stat()
        guard stat(path, &info) == 0, stat(other, &others) == 0 else { return false }
        return info.st_ino == others.st_ino && info.st_dev == others.st_dev
    }

    /// The id of the user to whom it belongs; nil when there is nothing.
    public static func owner(_ path: String) -> UInt32? {
        var info = stat()
        return stat(path, &info) == 0 ? info.st_uid : nil
    }

    /// Size in bytes; nil when there is no such file.
    public static func size(_ path: String) -> Int64? {
        var info = stat()
        return stat(path, &info) == 0 ? Int64(info.st_size) : nil
    }

    /// Size in bytes of an open file; nil when it cannot be told.
    public static func size(of file: borrowing OwnedDescriptor) -> Int64? {
        var info = stat()
        return fstat(file.raw, &info) == 0 ? Int64(info.st_size) : nil
    }

    /// When the file's content was changed last; nil when there is no such file.
    public static func changed(_ path: String) -> Timestamp? {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        return Timestamp(milliseconds: Int64(info.st_mtim.tv_sec) * 1000 + Int64(info.st_mtim.tv_nsec) / 1_000_000)
    }

    /// Creates a folder and those above it; fine when it is there already.
    public static func makeFolder(_ path: String, mode: mode_t = 0o700) throws(SystemError) {
        if mkdir(path, mode) == 0 || isFolder(path) { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw SystemError("create folder \(path)")
        }
        try makeFolder(String(path[..<slash]), mode: mode)
        guard mkdir(path, mode) == 0 || isFolder(path) else { throw SystemError("create folder \(path)") }
    }

    /// Whether mkdir(2) failed because the folder is there; leaves errno as it is.
    private static func isFolder(_ path: String) -> Bool {
        guard errno == EEXIST else { return false }
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// Gives a file that has another one this mode; does nothing where there is no file. A link is not followed.
    public static func setMode(_ path: String, _ mode: mode_t) throws(SystemError) {
        var info = stat()
        guard lstat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG, info.st_mode & 0o7777 != mode else { return }
        let file = try open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        guard fchmod(file.raw, mode) == 0 else { throw SystemError("change the mode of \(path)") }
    }

    /// The whole content.
    public static func read(_ path: String, limit: Int = 64 << 20) throws(SystemError) -> [UInt8] {
        let file = try open(path, O_RDONLY)
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(file.raw, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw SystemError("read \(path)") }
            if count == 0 { return content }
            content += buffer[..<count]
            if content.count > limit { throw SystemError("read \(path)", code: EFBIG) }
        }
    }

    /// Writes beside the target, syncs, renames over it and syncs the folder: readers see the old or the new file.
    public static func replace(_ path: String, with content: [UInt8], mode: mode_t = 0o600) throws(SystemError) {
        let file = try FileReplacement(path, mode: mode)
        try writeAll(content, to: file.descriptor, path)
        try file.commit()
    }

    /// Writes every byte, going on after short writes and signals.
    public static func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ name: String) throws(SystemError) {
        let failure = bytes.withUnsafeBytes { bytes in
            Result<Void, SystemError> { () throws(SystemError) in try writeAll(bytes, to: descriptor, name) }
        }
        try failure.get()
    }

    /// Writes every byte, going on after short writes and signals.
    /// - Parameter offset: where in the file; nil: where the descriptor stands.
    public static func writeAll(
        _ bytes: UnsafeRawBufferPointer,
        to descriptor: Int32,
        at offset: Int64? = nil,
        _ name: String
    ) throws(SystemError) {
        var done = 0
        while done < bytes.count {
            let rest = bytes.baseAddress?.advanced(by: done)
            let count =
                if let offset {
                    pwrite(descriptor, rest, bytes.count - done, off_t(offset) + off_t(done))
                } else {
                    write(descriptor, rest, bytes.count - done)
                }
            if count < 0 && errno == EINTR { continue }
            // errno says nothing of a call that only wrote nothing.
            guard count > 0 else { throw SystemError("write \(name)", code: count < 0 ? errno : EIO) }
            done += count
        }
    }

    /// Reads from a place until the buffer is full or the file ends, going on after short reads and signals.
    /// - Returns: how many bytes were read; fewer than the buffer holds only at the end of the file.
    public static func read(
        _ descriptor: Int32,
        into buffer: UnsafeMutableRawBufferPointer,
        at offset: Int64,
        _ name: String
    ) throws(SystemError) -> Int {
        var done = 0
        while done < buffer.count {
            let place = off_t(offset) + off_t(done)
            let count = pread(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, place)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read \(name)") }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// rename(2), then the folder of the target is synced.
    public static func rename(_ from: String, to path: String) throws(SystemError) {
        guard Glibc.rename(from, path) == 0 else { throw SystemError("rename \(from) to \(path)") }
        try syncFolder(of: path)
    }

    /// link(2): another name for the same file, then the folder of the name is synced.
    public static func link(_ file: String, to path: String) throws(SystemError) {
        guard Glibc.link(file, path) == 0 else { throw SystemError("link \(file) to \(path)") }
        try syncFolder(of: path)
    }

    /// fsync(2) of the file itself.
    public static func sync(_ path: String) throws(SystemError) {
        let file = try open(path, O_RDONLY)
        guard fsync(file.raw) == 0 else { throw SystemError("sync \(path)") }
    }

    /// fsync(2) of the folder in which the path stands: makes a rename or a new name durable.
    public static func syncFolder(of path: String) throws(SystemError) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let folder = slash == path.startIndex ? (path.hasPrefix("/") ? "/" : ".") : String(path[..<slash])
        let descriptor = try open(folder, O_RDONLY | O_DIRECTORY)
        guard fsync(descriptor.raw) == 0 else { throw SystemError("sync \(folder)") }
    }

    /// What the name of a temporary file begins with, for the moment that it has one.
    private static let temporaryPrefix = "bodega-temporary-"

    /// An empty file without a name, open for reading and writing; it vanishes when it is closed.
    /// - Parameter folder: on whose disk it lies; nil: where the system keeps such files.
    public static func temporary(in folder: String? = nil) throws(SystemError) -> OwnedDescriptor {
        let folder = folder ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        if let file = try? open(folder, O_RDWR | bodega_unnamed) { return file }
        // Not every file system makes files without a name.
        let path = "\(folder)/\(temporaryPrefix)\(getpid())-\(randomBytes(8).hex)"
        do throws(SystemError) {
            let file = try open(path, O_RDWR | O_CREAT | O_EXCL)
            guard unlink(path) == 0 else { throw SystemError("remove \(path)") }
            return file
        } catch {
            // Its name is ours, and says nothing to whoever reads this.
            throw SystemError("make a temporary file in \(folder)", code: error.code)
        }
    }

    /// Removes what `temporary` left behind when it was killed between its two steps. Harmless beside one that is just
    /// at it.
    public static func removeLeftTemporaries(in folder: String) {
        for name in names(in: folder) where name.hasPrefix(temporaryPrefix) { unlink("\(folder)/\(name)") }
    }

    /// Names in a folder without `.` and `..`, sorted; empty when the folder is not there.
    public static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

}

// Room on the disk.
extension Files {
    /// What an unprivileged process may still write on the file system of the path: bytes, and how many files; nil
    /// where their number has no bound.
    public static func room(at path: String) -> (bytes: Int64, files: Int64?)? {
        var info = statvfs()
        guard statvfs(path, &info) == 0 else { return nil }
        let bytes = Int64(clamping: info.f_bavail) * Int64(clamping: info.f_frsize)
        return (bytes, info.f_files == 0 ? nil : Int64(clamping: info.f_favail))
    }

    /// Bytes that an unprivileged process may still write on the file system of the path.
    public static func freeBytes(at path: String) -> Int64? { room(at: path)?.bytes }

    /// Writes so many bytes into a file without a name, which is gone at once: a quota, and what only root may use up,
    /// are found by trying.
    public static func tryRoom(in folder: String, bytes: Int) throws(SystemError) {
        let file = try temporary(in: folder)
        try writeAll([UInt8](repeating: 0, count: bytes), to: file.raw, "into \(folder)")
    }
}
