import CLinux
import Glibc
import Process
import Support

/// Accepts connections and hands out those whose request head has arrived. A connection that stays silent or sends
/// half a head waits here and holds nobody up; after a while it is dropped.
final class IncomingConnections {
    enum Event {
        /// A connection whose head has arrived; the caller owns it.
        case request(Ready)
        /// The stop descriptor became readable; nothing is accepted any more.
        case stop
        /// A descriptor that the caller added to the poller.
        case other(Poller.Event)
    }

    /// A connection from which a request can be read.
    struct Ready {
        let descriptor: Int32
        /// Whether the end of the request has arrived too, so that no read can wait.
        let isWhole: Bool
    }

    /// How long a connection may take to send its head. Nanoseconds.
    private let headTimeout: UInt64
    /// With more silent connections than this the oldest is dropped.
    private let mostPending: Int
    private let listener: Int32
    private let poller: Poller
    private var pending: [Int32: UInt64] = [:]
    private var events: ArraySlice<Poller.Event> = []
    private let peek = UnsafeMutableRawBufferPointer.allocate(byteCount: RequestHead.limit, alignment: 16)
    private(set) var isStopped = false

    /// nginx connects and then writes; a worker that was woken in between waits so many milliseconds before it keeps
    /// the connection, which costs four more calls of the system.
    private static let patience: Int32 = 1
    private static let listenerToken: UInt64 = 0
    private static let stopToken: UInt64 = 1
    /// Tokens from here on belong to the caller.
    static let firstFreeToken: UInt64 = 1 << 32

    init(
        listener: Int32,
        stop: Int32,
        poller: Poller,
        headTimeoutMilliseconds: Int,
        mostPending: Int
    ) throws(SystemError) {
        self.listener = listener
        self.poller = poller
        self.mostPending = mostPending
        headTimeout = UInt64(clamping: headTimeoutMilliseconds) * 1_000_000
        try poller.add(listener, token: Self.listenerToken, [.readable, .exclusive])
        try poller.add(stop, token: Self.stopToken, [.readable, .edge])
    }

    deinit {
        for descriptor in pending.keys { close(descriptor) }
        peek.deallocate()
    }

    /// Connections that were accepted and have not yet sent a whole head.
    var pendingCount: Int { pending.count }

    /// The next event; nil when nothing came in the time.
    func next(milliseconds: Int) -> Event? {
        if events.isEmpty {
            events = poller.wait(milliseconds: milliseconds)[...]
            dropOverdue()
        }
        while let event = events.popFirst() {
            switch event.token {
            case Self.listenerToken: if let ready = accept() { return .request(ready) }
            case Self.stopToken:
                stop()
                return .stop
            case Self.firstFreeToken...: return .other(event)
            default:
                if let ready = resume(Int32(truncatingIfNeeded: event.token - 2)) { return .request(ready) }
            }
        }
        return nil
    }

    /// Accepts nothing more; what was accepted is still handed out.
    func stop() {
        guard !isStopped else { return }
        isStopped = true
        poller.remove(listener)
    }

    /// One connection, if its head is there or comes at once, as it does with nginx.
    private func accept() -> Ready? {
        guard !isStopped else { return nil }
        let descriptor = accept4(listener, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
        guard descriptor >= 0 else {
            // Another process was faster, or descriptors have run out; the latter needs a pause, not a busy loop.
            if errno == EMFILE || errno == ENFILE || errno == ENOMEM { sleep(milliseconds: 20) }
            return nil
        }
        var head = look(at: descriptor)
        if head == .incomplete {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&entry, 1, Self.patience) > 0 { head = look(at: descriptor) }
        }
        switch head {
        case .complete: return Ready(descriptor: descriptor, isWhole: false)
        case .whole: return Ready(descriptor: descriptor, isWhole: true)
        case .invalid: close(descriptor)
        case .incomplete: keep(descriptor)
        }
        return nil
    }

    /// Keeps a connection until its head has arrived.
    private func keep(_ descriptor: Int32) {
        if pending.count >= mostPending, let oldest = pending.min(by: { $0.value < $1.value }) { drop(oldest.key) }
        do throws(SystemError) {
            try poller.add(descriptor, token: UInt64(descriptor) + 2, [.readable, .hangUp, .edge])
            // What arrived between the look and the addition is reported by the addition.
            pending[descriptor] = monotonicNanoseconds()
        } catch {
            close(descriptor)
        }
    }

    /// A connection that was kept has sent something.
    private func resume(_ descriptor: Int32) -> Ready? {
        guard pending[descriptor] != nil else { return nil }
        let head = look(at: descriptor)
        switch head {
        case .incomplete: break
        case .invalid: drop(descriptor)
        case .complete, .whole:
            pending[descriptor] = nil
            poller.remove(descriptor)
            return Ready(descriptor: descriptor, isWhole: head == .whole)
        }
        return nil
    }

    /// What has arrived, which stays in the socket. A peer that has gone is as bad as one that sends rubbish.
    private func look(at descriptor: Int32) -> RequestHead {
        let count = recv(descriptor, peek.baseAddress, peek.count, Int32(MSG_PEEK) | BODEGA_MSG_DONTWAIT)
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return .incomplete }
        guard count > 0 else { return .invalid }
        return RequestHead.inspect(UnsafeRawBufferPointer(rebasing: peek[..<count]))
    }

    private func drop(_ descriptor: Int32) {
        pending[descriptor] = nil
        close(descriptor)
    }

    private func dropOverdue() {
        guard !pending.isEmpty else { return }
        let now = monotonicNanoseconds()
        for (descriptor, since) in pending where now &- since > headTimeout { drop(descriptor) }
    }
}
