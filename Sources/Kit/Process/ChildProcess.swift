import CLinux
import Glibc
public import Support

/// A process that this one started and has not yet reaped.
public final class ChildProcess {
    public let identity: ProcessIdentity
    /// Becomes readable when the process has ended.
    public let descriptor: OwnedDescriptor
    private var status: ExitStatus?

    public var pid: Int32 { identity.pid }

    /// Watches a child of this process, also one that the program before this one in the same process started.
    public init(pid: Int32) throws(SystemError) {
        let raw = bodega_pidfd_open(pid)
        guard raw >= 0 else { throw SystemError("watch process \(pid)") }
        try makePrivate(raw)
        descriptor = OwnedDescriptor(raw)
        identity = ProcessIdentity(pid: pid)
    }

    public func send(_ signal: Int32) {
        _ = bodega_pidfd_send_signal(descriptor.raw, signal)
    }

    /// To every process of the group that this one leads.
    public func sendToGroup(_ signal: Int32) {
        kill(-identity.pid, signal)
    }

    /// How it ended; nil while it runs.
    public func reap() -> ExitStatus? {
        if let status { return status }
        var raw: Int32 = 0
        let answer = waitpid(identity.pid, &raw, WNOHANG)
        if answer == 0 || (answer < 0 && errno == EINTR) { return nil }
        status = answer < 0 ? .unknown : ExitStatus(raw: raw)
        return status
    }

    /// Waits at most so long for the end.
    public func wait(milliseconds: Int) -> ExitStatus? {
        let deadline = monotonicNanoseconds() &+ UInt64(clamping: milliseconds) &* 1_000_000
        while true {
            if let status = reap() { return status }
            let now = monotonicNanoseconds()
            guard now < deadline else { return nil }
            var entry = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
            _ = poll(&entry, 1, Int32(clamping: (deadline - now) / 1_000_000 + 1))
        }
    }
}

/// A process that another one started: what is sent reaches that very process or none.
public struct ObservedProcess: ~Copyable {
    public let identity: ProcessIdentity
    private let descriptor: OwnedDescriptor

    /// Throws when there is none of that number.
    public init(_ identity: ProcessIdentity) throws(SystemError) {
        let raw = bodega_pidfd_open(identity.pid)
        guard raw >= 0 else { throw SystemError("watch process \(identity.pid)") }
        descriptor = OwnedDescriptor(raw)
        self.identity = identity
    }

    /// Whether what was opened is the process that was meant, and runs.
    public var isRunning: Bool { identity.isRunning }

    public func send(_ signal: Int32) {
        _ = bodega_pidfd_send_signal(descriptor.raw, signal)
    }
}

/// How a process ended.
public enum ExitStatus: Sendable, Equatable, CustomStringConvertible {
    case exited(Int32)
    case killed(signal: Int32)
    /// Somebody else reaped it.
    case unknown

    init(raw: Int32) {
        self = bodega_exited(raw) != 0 ? .exited(bodega_exit_status(raw)) : .killed(signal: bodega_term_signal(raw))
    }

    public var description: String {
        switch self {
        case .exited(let code): "exit \(code)"
        case .killed(let signal): "signal \(signal)"
        case .unknown: "unknown"
        }
    }
}
