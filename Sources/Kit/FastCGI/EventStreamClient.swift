import CLinux
import Glibc
import Support
import Web

/// One browser that listens: its connection, what it listens to, and what it has not yet taken.
final class EventStreamClient {
    let descriptor: Int32
    let requestID: UInt16
    let request: Request
    let topics: [String]
    /// See `Subscription.isNamed`.
    private let isNamed: Bool
    /// What it missed is being sent, page by page: until that is done it is handed no news, which the pages hold too.
    var isReplaying = false
    /// See `Subscription.view`.
    private let view: (@Sendable (EventFrame) -> EventFrame)?
    /// Up to here events were sent or replayed; nil as long as none was.
    var sentThrough: EventCursor?
    /// When the session behind it is looked at again, on the monotonic clock.
    var nextCheck: UInt64
    /// The end of the answer is among the unsent bytes; the connection closes after them.
    private(set) var isEnding = false
    private var unsent: [UInt8] = []

    /// What became of bytes that were to be sent.
    enum Outcome {
        case sent
        /// Some wait for room; the socket must be watched for writability.
        case waiting
        /// Everything including the end was sent, or the client has gone or is too slow.
        case finished
    }

    init(descriptor: Int32, requestID: UInt16, request: Request, subscription: Subscription?, nextCheck: UInt64) {
        self.descriptor = descriptor
        self.requestID = requestID
        self.request = request
        self.nextCheck = nextCheck
        topics = subscription?.topics ?? []
        isNamed = subscription?.isNamed ?? true
        view = subscription?.view
        sentThrough = subscription?.after
    }

    deinit {
        close(descriptor)
    }

    /// Whether it gets events as nearly all do, so that they need framing only once.
    var seesAll: Bool { isNamed && view == nil }

    /// An event as this client gets it.
    func bytes(of frame: EventFrame) -> [UInt8] { (view?(frame) ?? frame).bytes(isNamed: isNamed) }

    /// Whether nothing waits for room.
    var hasRoom: Bool { unsent.isEmpty }

    /// Sends framed bytes without waiting; keeps what does not fit, up to the limit.
    func send(_ framed: [UInt8], limit: Int) -> Outcome {
        guard unsent.isEmpty else {
            guard unsent.count + framed.count <= limit else { return .finished }
            unsent += framed
            return .waiting
        }
        guard let count = push(framed[...]) else { return .finished }
        guard count < framed.count else { return isEnding ? .finished : .sent }
        guard framed.count - count <= limit else { return .finished }
        unsent = Array(framed[count...])
        return .waiting
    }

    /// Sends the end of the answer; nothing may follow.
    func end(limit: Int) -> Outcome {
        guard !isEnding else { return unsent.isEmpty ? .finished : .waiting }
        isEnding = true
        var framed: [UInt8] = []
        Records.appendEnd(requestID: requestID, to: &framed)
        return send(framed, limit: limit + framed.count)
    }

    /// Goes on with what had no room before.
    func flush() -> Outcome {
        guard let count = push(unsent[...]) else { return .finished }
        unsent.removeFirst(count)
        guard unsent.isEmpty else { return .waiting }
        return isEnding ? .finished : .sent
    }

    private func push(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard !bytes.isEmpty else { return 0 }
        let flags = BODEGA_MSG_DONTWAIT | BODEGA_MSG_NOSIGNAL
        let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, flags) }
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }
}
