import Glibc
import Support

/// A process that cannot be mistaken for a later one with the same number: pid and start time.
public struct ProcessIdentity: Sendable, Hashable {
    public let pid: Int32
    /// Clock ticks since boot (field 22 of `/proc/PID/stat`); 0 where `/proc` is not mounted.
    public let startTime: UInt64

    public init(pid: Int32, startTime: UInt64) {
        self.pid = pid
        self.startTime = startTime
    }

    /// The process that has this pid now.
    public init(pid: Int32) {
        self.init(pid: pid, startTime: Self.stat(of: pid)?.startTime ?? 0)
    }

    /// The calling process.
    public static var current: ProcessIdentity { ProcessIdentity(pid: getpid()) }

    /// Whether this very process runs still; a zombie does not.
    public var isRunning: Bool {
        guard let stat = Self.stat(of: pid) else { return !Files.exists("/proc/self/stat") && kill(pid, 0) == 0 }
        return stat.startTime == startTime && stat.state != "Z" && stat.state != "X"
    }

    static func stat(of pid: Int32) -> (state: String, startTime: UInt64)? {
        guard let fields = fields(of: pid), fields.count > 19, let start = UInt64(fields[19]) else { return nil }
        return (fields[0], start)
    }

    /// The fields of `/proc/PID/stat` from the third on; nil when there is no such process.
    static func fields(of pid: Int32) -> [String]? {
        guard let bytes = try? Files.read("/proc/\(pid)/stat") else { return nil }
        // The second field is the program's name in parentheses and may hold anything, so count from the last one.
        guard let end = bytes.lastIndex(of: 0x29) else { return nil }
        return String(decoding: bytes[(end + 1)...], as: UTF8.self).split(separator: " ").map(String.init)
    }
}
