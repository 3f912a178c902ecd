import CLinux
import Glibc
import Process
import Support
import Web

/// One answer on its way to one reader: the connection, what makes the next part, and what the reader has not taken.
final class Download {
    let request: RefusedRequest
    /// What the answer is sent for; nil when it never was a request.
    let checked: Request?
    let userID: Int64?
    /// When the session behind it is looked at again, on the monotonic clock.
    var nextCheck: UInt64
    /// Whether it stands in line for its next part.
    var isQueued = false
    /// Bytes handed to nginx, heads included.
    private(set) var sentBytes: Int64 = 0
    let descriptor: Int32
    private let requestID: UInt16
    private var parts: BodyParts?
    /// Framed records, of which the first is sent up to the offset.
    private var unsent: [[UInt8]] = []
    private var offset = 0
    private var lastMove = monotonicNanoseconds()
    private var lastQueued: Int32 = 0

    /// What became of bytes that were to be sent.
    enum Outcome {
        /// There is room for the next part.
        case room
        /// Enough waits for the reader.
        case waiting
        /// Everything including the end was sent.
        case finished
        /// The reader has gone.
        case gone
    }

    /// - Parameter raw: the connection, which is closed with this.
    init(
        _ raw: Int32,
        requestID: UInt16,
        _ request: RefusedRequest,
        checked: Request?,
        userID: Int64?,
        _ response: Response,
        nextCheck: UInt64
    ) {
        descriptor = raw
        self.requestID = requestID
        self.request = request
        self.checked = checked
        self.userID = userID
        self.nextCheck = nextCheck
        var content: [UInt8]
        switch response.body {
        case .bytes(let bytes):
            content = response.headBytes(contentLength: bytes.count)
            if request.method != "HEAD" && response.mayHaveBody { content += bytes }
        case .stream(let parts):
            content = response.headBytes(contentLength: nil)
            self.parts = request.method == "HEAD" ? nil : parts
        case .internalRedirect, .events: content = response.headBytes(contentLength: nil)
        }
        append(content)
    }

    deinit {
        close(descriptor)
    }

    /// Adds the next part, or the end behind the last.
    func makePart(_ bytes: Int) throws {
        guard let parts else { return }
        if let part = try parts(bytes) {
            if !part.isEmpty { append(part) }
        } else {
            self.parts = nil
            append([])
        }
    }

    /// With the end of the answer when nothing follows.
    private func append(_ content: [UInt8]) {
        var framed: [UInt8] = []
        framed.reserveCapacity(content.count + content.count / 4096 + 64)
        Records.appendOutput(content, requestID: requestID, to: &framed)
        if parts == nil { Records.appendEnd(requestID: requestID, to: &framed) }
        unsent.append(framed)
    }

    private var unsentCount: Int { unsent.reduce(-offset) { $0 + $1.count } }

    /// Sends what the socket takes.
    /// - Parameter enough: with more bytes than this unsent no other part is wanted yet.
    func push(enough: Int) -> Outcome {
        while let first = unsent.first {
            let flags = BODEGA_MSG_DONTWAIT | BODEGA_MSG_NOSIGNAL
            let count = first.withUnsafeBytes { bytes in
                send(descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset, flags)
            }
            guard count >= 0 else {
                if errno == EINTR { continue }
                guard errno == EAGAIN else { return .gone }
                break
            }
            sentBytes += Int64(count)
            offset += count
            lastMove = monotonicNanoseconds()
            if offset == first.count {
                unsent.removeFirst()
                offset = 0
            }
        }
        if parts == nil { return unsent.isEmpty ? .finished : .waiting }
        return unsentCount <= enough ? .room : .waiting
    }

    /// Whether the reader has taken nothing for so long of what waits for it. A socket has room again only when most of
    /// what is in it was read, so what is left in it is looked at as well.
    func isStalled(_ now: UInt64, nanoseconds: UInt64) -> Bool {
        let queued = bodega_unread_by_peer(descriptor)
        if queued != lastQueued || (unsent.isEmpty && parts != nil) {
            lastQueued = queued
            lastMove = now
        }
        return now > lastMove && now - lastMove > nanoseconds
    }
}
