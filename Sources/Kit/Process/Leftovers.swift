import Glibc
import Support

/// Processes of an earlier run that nobody supervises any more. They are known by a mark in their environment, which
/// every process of ours gets when it is started, or by their working folder: nginx overwrites its environment, and its
/// workers outlive a killed master and hold the port.
public struct Leftovers: Sendable {
    /// A whole `NAME=value` entry of the environment.
    public var mark: String
    /// The folder in which nginx, and nothing else, works.
    public var workingFolder: String

    public init(mark: String, workingFolder: String) {
        self.mark = mark
        self.workingFolder = workingFolder
    }

    /// Those that run now, without the calling process.
    public func find() -> [ProcessIdentity] {
        Files.names(in: "/proc").compactMap { pid_t($0) }.filter { $0 != getpid() && isOurs($0) }
            .map { ProcessIdentity(pid: $0) }.filter(\.isRunning)
    }

    /// Ends them: SIGTERM, then SIGKILL to those that run after two seconds. Returns how many there were.
    public func end() -> Int {
        let found = find()
        for process in found { kill(process.pid, SIGTERM) }
        let deadline = monotonicNanoseconds() + 2_000_000_000
        while found.contains(where: \.isRunning), monotonicNanoseconds() < deadline { sleep(milliseconds: 20) }
        for process in find() { kill(process.pid, SIGKILL) }
        while !find().isEmpty, monotonicNanoseconds() < deadline + 2_000_000_000 { sleep(milliseconds: 20) }
        return found.count
    }

    /// Whether a process is of this installation, whoever started it: it has the mark, or it belongs to this user and
    /// runs a program that stands where that of the calling process stands.
    public func isOfInstallation(_ pid: Int32) -> Bool {
        guard pid > 1, pid != getpid(), Files.owner("/proc/\(pid)") == geteuid() else { return false }
        if isOurs(pid) { return true }
        func folder(_ process: String) -> Substring? {
            target(of: "/proc/\(process)/exe").flatMap { path in path.lastIndex(of: "/").map { path[..<$0] } }
        }
        let program = target(of: "/proc/\(pid)/exe").map { $0.split(separator: "/").last ?? "" } ?? ""
        return program.hasPrefix("bodega") && folder(String(pid)) == folder("self")
    }

    /// The first words of a process's command line, for people: `bodega work 12`, `flock`. Empty when it has gone.
    public static func command(of pid: Int32) -> String {
        let words = ((try? Files.read("/proc/\(pid)/cmdline")) ?? []).split(separator: 0).prefix(2)
        return words.map { String(decoding: $0, as: UTF8.self) }
            .map { $0.split(separator: "/").last.map(String.init) ?? $0 }.joined(separator: " ")
    }

    private func isOurs(_ pid: Int32) -> Bool {
        if let bytes = try? Files.read("/proc/\(pid)/environ"),
            bytes.split(separator: 0).contains(where: { $0.elementsEqual(mark.utf8) })
        {
            return true
        }
        guard let name = try? Files.read("/proc/\(pid)/comm"), name.starts(with: Array("nginx".utf8)) else {
            return false
        }
        return target(of: "/proc/\(pid)/cwd") == workingFolder
    }
}

/// Where a symbolic link points; nil when it cannot be read.
public func target(of link: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink(link, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
}
