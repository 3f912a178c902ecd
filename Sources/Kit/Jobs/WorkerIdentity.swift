import Glibc
import Process
import Support

/// Which process works on a job, as kept in `job.worker`: machine, pid and start time, so that it cannot be taken for
/// another one.
struct WorkerIdentity: Sendable, Equatable, CustomStringConvertible {
    let machine: String
    let process: ProcessIdentity

    init(_ process: ProcessIdentity) {
        machine = Self.thisMachine
        self.process = process
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count == 3, let pid = Int32(parts[1]), let start = UInt64(parts[2]) else { return nil }
        machine = parts[0]
        process = ProcessIdentity(pid: pid, startTime: start)
    }

    var description: String { "\(machine)/\(process.pid)/\(process.startTime)" }

    /// Known to be dead: it ran on this machine since its last start, and does not run now.
    var isKnownDead: Bool { machine == Self.thisMachine && !process.isRunning }

    /// The kernel's boot id: pids mean nothing after a restart.
    private static var thisMachine: String {
        let id = (try? Files.read("/proc/sys/kernel/random/boot_id")) ?? []
        return String(decoding: id, as: UTF8.self).trimmed
    }
}
