import CLinux
import Glibc
public import Support

/// Signals as readable events: blocked from creation on, read one at a time. A request is never interrupted by one.
public struct Signals: ~Copyable {
    public let descriptor: OwnedDescriptor

    /// Blocks the signals for this thread (make it before any other thread) and collects them.
    public init(_ numbers: [Int32]) throws(SystemError) {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        guard pthread_sigmask(SIG_BLOCK, &set, nil) == 0 else { throw SystemError("block signals") }
        let flags = Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK)
        let raw = signalfd(-1, &set, flags)
        guard raw >= 0 else { throw SystemError("signalfd") }
        descriptor = OwnedDescriptor(raw)
    }

    /// The next signal that came, or nil.
    public func next() -> Int32? {
        var info = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        return read(descriptor.raw, &info, size) == size ? Int32(info.ssi_signo) : nil
    }

    /// Writing to a peer that has gone is an error of that write, not the end of the process.
    public static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }
}

/// A descriptor that one thread makes readable to wake another out of its poll.
public struct WakeDescriptor: ~Copyable, Sendable {
    public let descriptor: OwnedDescriptor

    public init() throws(SystemError) {
        let raw = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard raw >= 0 else { throw SystemError("eventfd") }
        descriptor = OwnedDescriptor(raw)
    }

    /// Makes it readable; it stays so.
    public func wake() {
        var one: UInt64 = 1
        _ = write(descriptor.raw, &one, 8)
    }
}
