import CLinux
import Glibc

/// A file through which lines of many processes reach a table: those of the log the system log's, and notes of requests
/// that write nothing themselves the audit trail. Every process appends to it; one, the runner, reads it
/// (`LogSpool+Reading`).
///
/// To append is one write(2) to a local file: no database, no lock that could be waited for, nothing kept in memory. So
/// a request is not slowed by whoever writes the database, and kill -9 loses nothing that was said before. Lines are in
/// the form of RFC 7464 (RS, JSON, LF): one that was cut off by a full disk spoils no other.
///
/// The file is bounded, and room for its first lines is taken when it is made, so that what happens on a full disk can
/// be told afterwards. When the reader is away for long the file fills up, further lines are refused, and whoever has
/// said them counts them. When everything was read, the reader puts an empty file in its place. A writer holds a shared
/// lock for the moment in which it makes sure that its file is still the one of that name and writes; the reader
/// replaces the file only while it has the lock for itself, so no line ever goes to a file that nobody reads any more.
/// Neither side waits for the other: the reader comes again later, a writer tries for a millisecond at most.
///
/// Each file begins with a name of its own (a random one, as inode numbers are used again). With it the reader keeps
/// how far it has read, in the same transaction as the lines: none is lost or repeated when it is killed.
public struct LogSpool: Sendable {
    public let path: String
    /// Bytes that wait at most.
    public let limit: Int64

    /// RS.
    static let mark: UInt8 = 0x1E
    /// Bytes that can be appended on a full disk.
    static let reservedBytes: Int64 = 256 << 10

    public init(_ path: String, limit: Int64 = 16 << 20) {
        self.path = path
        self.limit = limit
    }

    /// Makes the file if it is not there. Only what runs as the owner of the data folder does, so that a command of
    /// another user leaves nothing behind that the others may not write to.
    public func prepare() throws(SystemError) {
        guard !Files.exists(path) else { return }
        try makeEmpty().placeIfMissing()
    }

    /// Removes what earlier versions have left when they were killed while they made a new file.
    public func removeLeftovers() {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        let name = path.dropFirst(folder.utf8.count + 1)
        for left in Files.names(in: folder) where left.hasPrefix("\(name).new-") { unlink("\(folder)/\(left)") }
    }

    /// An empty one that has no place yet, with a name of its own inside.
    func makeEmpty() throws(SystemError) -> FileReplacement {
        let file = try FileReplacement(path)
        try Files.writeAll(Self.header(randomBytes(8).hex), to: file.descriptor, path)
        // Where the file system cannot, lines are refused on a full disk.
        _ = bodega_reserve(file.descriptor, off_t(Self.reservedBytes))
        return file
    }

    static func header(_ generation: String) -> [UInt8] {
        [mark] + Array("{\"spool\":\"\(generation)\"}\n".utf8)
    }

    /// Appends a line that is JSON with its break.
    /// - Returns: whether it was taken.
    public func append(_ line: [UInt8]) -> Bool {
        for attempt in 0..<12 {
            if attempt > 3 { usleep(50) }
            guard let file = try? Files.open(path, O_WRONLY | O_APPEND) else { return false }
            guard let size = Files.size(of: file), size + Int64(line.count) < limit else { return false }
            guard flock(file.raw, LOCK_SH | LOCK_NB) == 0, isInPlace(file) else { continue }
            let record = [Self.mark] + line
            return record.withUnsafeBytes { write(file.raw, $0.baseAddress, $0.count) } == record.count
        }
        return false
    }

    /// Whether the open file is still the one of that name.
    func isInPlace(_ file: borrowing OwnedDescriptor) -> Bool {
        var own = stat()
        var present = stat()
        return fstat(file.raw, &own) == 0 && stat(path, &present) == 0 && own.st_ino == present.st_ino
            && own.st_dev == present.st_dev
    }
}
