import CLinux
import Glibc
import Process
import Support

/// Accepts connections and hands out those whose request head has arrived. A connection that stays silent or sends
/// half a head waits here and holds nobody up; after a while it is dropped.
final class IncomingConnections {
    enum Event {
        /// A connection with a whole head; the caller owns it.
        case request(Int32)
        /// The stop descriptor became readable; nothing is accepted any more.
        case stop
        /// A descriptor that the caller added to the poller.
        case other(Poller.Event)
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
            case Self.listenerToken: if let descriptor = accept() { return .request(descriptor) }
            case Self.stopToken:
                isStopped = true
                poller.remove(listener)
                return .stop
            case Self.firstFreeToken...: return .other(event)
            default:
                if let descriptor = look(at: Int32(truncatingIfNeeded: event.token - 2)) { return .request(descriptor) }
            }
        }
        return nil
    }

    /// One connection, if its head is there already, as it is with nginx.
    private func accept() -> Int32? {
        guard !isStopped else { return nil }
        let descriptor = accept4(listener, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
        guard descriptor >= 0 else {
            // Another process was faster, or descriptors have run out; the latter needs a pause, not a busy loop.
            if errno == EMFILE || errno == ENFILE || errno == ENOMEM { sleep(milliseconds: 20) }
            return nil
        }
        if pending.count >= mostPending, let oldest = pending.min(by: { $0.value < $1.value }) { drop(oldest.key) }
        pending[descriptor] = monotonicNanoseconds()
        if let ready = look(at: descriptor) { return ready }
        guard pending[descriptor] != nil else { return nil }
        do throws(SystemError) {
            try poller.add(descriptor, token: UInt64(descriptor) + 2, [.readable, .hangUp, .edge])
            // What arrived between the look and the addition is reported by the addition.
        } catch {
            drop(descriptor)
        }
        return nil
    }

    private func look(at descriptor: Int32) -> Int32? {
        guard pending[descriptor] != nil else { return nil }
        let flags = Int32(MSG_PEEK) | BODEGA_MSG_DONTWAIT
        let count = recv(descriptor, peek.baseAddress, peek.count, flags)
        if count < 0 && (errno == EAGAIN || errno == EINTR) { return nil }
        guard count > 0 else {
            drop(descriptor)
            return nil
        }
        switch RequestHead.inspect(UnsafeRawBufferPointer(rebasing: peek[..<count])) {
        case .incomplete: return nil
        case .invalid:
            drop(descriptor)
            return nil
        case .complete:
            pending[descriptor] = nil
            poller.remove(descriptor)
            return descriptor
        }
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
