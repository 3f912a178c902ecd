import CLinux
import Glibc
public import Support

/// epoll(7): waits for many descriptors at once at the cost of those that are ready.
public final class Poller {
    /// What to wait for. A peer that has hung up is always reported.
    public struct Interest: OptionSet, Sendable {
        public let rawValue: UInt32

        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        public static let readable = Interest(rawValue: BODEGA_EPOLLIN)
        public static let writable = Interest(rawValue: BODEGA_EPOLLOUT)
        /// The peer has closed its sending side.
        public static let hangUp = Interest(rawValue: BODEGA_EPOLLRDHUP)
        /// Of several processes that wait for one listener only one wakes up.
        public static let exclusive = Interest(rawValue: BODEGA_EPOLLEXCLUSIVE)
        /// Reported once per change rather than as long as it lasts.
        public static let edge = Interest(rawValue: BODEGA_EPOLLET)
        fileprivate static let failed = Interest(rawValue: 0x008 | 0x010)
    }

    /// One ready descriptor, by the token it was added with.
    public struct Event: Sendable {
        public let token: UInt64
        public let isReadable: Bool
        public let isWritable: Bool
        /// The peer has gone, or half of it.
        public let isHungUp: Bool
    }

    private let descriptor: OwnedDescriptor
    private var ready = [bodega_ready](repeating: bodega_ready(token: 0, events: 0), count: 64)

    public init() throws(SystemError) {
        let raw = bodega_epoll_create()
        guard raw >= 0 else { throw SystemError("epoll_create") }
        descriptor = OwnedDescriptor(raw)
    }

    public func add(_ raw: Int32, token: UInt64, _ interest: Interest) throws(SystemError) {
        guard bodega_epoll_control(descriptor.raw, EPOLL_CTL_ADD, raw, interest.rawValue, token) == 0 else {
            throw SystemError("wait for descriptor \(raw)")
        }
    }

    public func change(_ raw: Int32, token: UInt64, _ interest: Interest) {
        _ = bodega_epoll_control(descriptor.raw, EPOLL_CTL_MOD, raw, interest.rawValue, token)
    }

    /// Not needed before the last copy of a descriptor is closed.
    public func remove(_ raw: Int32) {
        _ = bodega_epoll_control(descriptor.raw, EPOLL_CTL_DEL, raw, 0, 0)
    }

    /// What became ready, at most 64 at a time; empty after the time or on a signal. Nil waits for ever.
    public func wait(milliseconds: Int?) -> [Event] {
        let timeout = milliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
        let count = ready.withUnsafeMutableBufferPointer {
            bodega_epoll_wait(descriptor.raw, $0.baseAddress, timeout)
        }
        return ready.prefix(Int(max(0, count))).map { entry in
            let flags = Interest(rawValue: entry.events)
            return Event(
                token: entry.token,
                isReadable: flags.contains(.readable),
                isWritable: flags.contains(.writable),
                isHungUp: !flags.isDisjoint(with: [.hangUp, .failed])
            )
        }
    }
}
