import CLinux
import Glibc
import Support
import Web

/// Writes one answer to a FastCGI connection: collects, frames, sends. An answer that fits is one write(2), its end
/// included. Waits for a slow peer as long as the timeout; then, or when the peer has gone, every write throws.
final class RecordWriter {
    private static let enough = 64 << 10

    private let descriptor: Int32
    private let requestID: UInt16
    private let timeoutMilliseconds: Int
    private var collected: [UInt8] = []
    /// Set by the first failed send; nothing is sent after it.
    private(set) var failure: SystemError?

    init(descriptor: Int32, requestID: UInt16, timeoutMilliseconds: Int) {
        self.timeoutMilliseconds = timeoutMilliseconds
        self.descriptor = descriptor
        self.requestID = requestID
    }

    func write(_ bytes: [UInt8]) throws {
        collected += bytes
        if collected.count >= Self.enough { try flush() }
    }

    private func flush() throws {
        var framed: [UInt8] = []
        Records.appendOutput(collected, requestID: requestID, to: &framed)
        collected.removeAll(keepingCapacity: true)
        try send(framed)
    }

    /// Sends what is left and the end of the request.
    func end() throws {
        var framed: [UInt8] = []
        framed.reserveCapacity(collected.count + 64)
        Records.appendOutput(collected, requestID: requestID, to: &framed)
        Records.appendEnd(requestID: requestID, to: &framed)
        collected = []
        try send(framed)
    }

    private func send(_ bytes: [UInt8]) throws {
        if let failure { throw failure }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                let flags = BODEGA_MSG_NOSIGNAL | BODEGA_MSG_DONTWAIT
                return Glibc.send(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done, flags)
            }
            if count < 0 && (errno == EINTR || errno == EAGAIN && waitForRoom()) { continue }
            guard count > 0 else {
                let error = SystemError("send the answer")
                failure = error
                throw error
            }
            done += count
        }
    }

    /// - Returns: false when the peer has not read anything in the time; `errno` says so.
    private func waitForRoom() -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while true {
            let count = poll(&entry, 1, Int32(clamping: timeoutMilliseconds))
            if count > 0 { return true }
            guard count < 0, errno == EINTR else { break }
        }
        errno = ETIMEDOUT
        return false
    }
}
