import CLinux
import Glibc
public import Support

/// A file that one process at a time holds locked and in which it says who it is: pid and start time, then the path of
/// its program, then its state. The lock, not the content, tells whether it runs: the kernel drops it with the process.
public struct PidFile: ~Copyable {
    public let descriptor: OwnedDescriptor
    private let path: String
    /// Whether it was locked here, and not handed over: what another program locked it may get back.
    private let isOwn: Bool

    /// What the file says.
    public struct Content: Sendable, Equatable {
        public var identity: ProcessIdentity
        public var executable: String
        public var state: String
        /// What became of the last order to become another program; nil where the holder does not say.
        public var renewal: Renewal?
    }

    /// An order to become another program, counted from the first one on.
    public struct Renewal: Sendable, Equatable {
        public var number: Int
        /// `trying`, `done`, or why it was refused.
        public var outcome: String

        public init(number: Int, outcome: String) {
            self.number = number
            self.outcome = outcome
        }
    }

    /// Locks the file; nil when another process holds it.
    public init?(path: String) throws(SystemError) {
        let descriptor = try Files.open(path, O_RDWR | O_CREAT, mode: 0o644)
        guard flock(descriptor.raw, LOCK_EX | LOCK_NB) == 0 else {
            if errno == EWOULDBLOCK { return nil }
            throw SystemError("lock \(path)")
        }
        self.descriptor = descriptor
        self.path = path
        isOwn = true
    }

    /// Takes over the lock from the program that ran in this process before.
    public init(path: String, inherited raw: Int32) throws(SystemError) {
        try makePrivate(raw)
        descriptor = OwnedDescriptor(raw)
        self.path = path
        isOwn = false
    }

    // A child that another thread has just forked shares the lock until it becomes its program: closing alone would
    // leave it held that long. A lock that was handed over is shared with the way back to the program before, which
    // would run without it.
    deinit { if isOwn { flock(descriptor.raw, LOCK_UN) } }

    /// Whether the locked file still stands at its path.
    public var isInPlace: Bool { Files.isSame("/proc/self/fd/\(descriptor.raw)", path) }

    /// Writes who holds the lock and how far it is.
    public func write(executable: String, state: String, renewal: Renewal? = nil) throws(SystemError) {
        let identity = ProcessIdentity.current
        let last = renewal.map { "\($0.number) \($0.outcome.filter { $0 != "\n" })\n" } ?? ""
        let text = Array("\(identity.pid) \(identity.startTime)\n\(executable)\n\(state)\n\(last)".utf8)
        let written = pwrite(descriptor.raw, text, text.count, 0)
        guard written == text.count, ftruncate(descriptor.raw, off_t(text.count)) == 0 else {
            throw SystemError("write \(path)")
        }
    }

    /// What the file at the path says; nil when it is not there or was never written.
    public static func read(_ path: String) -> Content? {
        // Reading something else, a pipe with a name for example, may wait for ever.
        var info = stat()
        guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG, let bytes = try? Files.read(path) else {
            return nil
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let numbers = (lines.first ?? "").split(separator: " ")
        guard lines.count >= 3, numbers.count == 2, let pid = pid_t(numbers[0]), let start = UInt64(numbers[1])
        else { return nil }
        return Content(
            identity: ProcessIdentity(pid: pid, startTime: start),
            executable: String(lines[1]),
            state: String(lines[2]),
            renewal: lines.count > 3 ? Self.renewal(lines[3]) : nil
        )
    }

    private static func renewal(_ line: Substring) -> Renewal? {
        let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count == 2, let number = Int(parts[0]) else { return nil }
        return Renewal(number: number, outcome: parts[1])
    }

    /// The process that holds the lock and has said so. The file alone is not believed, since whoever can write it can
    /// name anybody: that process runs still, as the user of this one, runs the program that it named, and has this
    /// file open.
    public static func holder(_ path: String) -> ProcessIdentity? {
        guard isHeld(path), let content = read(path), content.identity.isRunning else { return nil }
        let process = "/proc/\(content.identity.pid)"
        guard let status = try? Files.read("\(process)/status"),
            let users = String(decoding: status, as: UTF8.self).split(separator: "\n").first(where: {
                $0.hasPrefix("Uid:")
            }),
            users.split(separator: "\t").dropFirst().allSatisfy({ $0 == String(geteuid()) }),
            target(of: "\(process)/exe").map(withoutDeleted) == withoutDeleted(content.executable),
            Files.names(in: "\(process)/fd").contains(where: { Files.isSame("\(process)/fd/\($0)", path) })
        else { return nil }
        return content.identity
    }

    /// What the kernel says of a program whose file was replaced.
    private static func withoutDeleted(_ path: String) -> Substring {
        path.hasSuffix(" (deleted)") ? path.dropLast(" (deleted)".count) : Substring(path)
    }

    /// Whether some process holds the lock now.
    public static func isHeld(_ path: String) -> Bool {
        guard let descriptor = try? Files.open(path, O_RDWR) else { return false }
        guard flock(descriptor.raw, LOCK_SH | LOCK_NB) == 0 else { return errno == EWOULDBLOCK }
        flock(descriptor.raw, LOCK_UN)
        return false
    }
}
