import Glibc
import Process
import Support

/// nginx's side of a FastCGI connection, and every way to get it wrong.
struct Peer: ~Copyable {
    let descriptor: OwnedDescriptor

    init(_ path: String) throws {
        self.init(taking: try connect(toSocket: path).release())
    }

    init(taking raw: Int32) {
        descriptor = OwnedDescriptor(raw)
        var wait = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor.raw, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Gives the connection away without closing it.
    consuming func release() -> Int32 { descriptor.release() }

    /// One record with any type, id and content.
    static func record(_ type: UInt8, _ content: [UInt8] = [], id: UInt16 = 1, version: UInt8 = 1) -> [UInt8] {
        [
            version, type, UInt8(id >> 8), UInt8(id & 255), UInt8(content.count >> 8), UInt8(content.count & 255), 0, 0,
        ] + content
    }

    static func begin(keep: Bool = true, role: UInt8 = 1) -> [UInt8] {
        record(1, [0, role, keep ? 1 : 0, 0, 0, 0, 0, 0])
    }

    static func pair(_ name: String, _ value: String) -> [UInt8] {
        length(name.utf8.count) + length(value.utf8.count) + Array(name.utf8) + Array(value.utf8)
    }

    private static func length(_ count: Int) -> [UInt8] {
        guard count > 127 else { return [UInt8(count)] }
        return [0x80 | UInt8(count >> 24), UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255)]
    }

    /// BEGIN and PARAMS of a request.
    static func head(_ method: String, _ target: String, _ more: [(String, String)] = [], keep: Bool = true) -> [UInt8]
    {
        let pairs = [("REQUEST_METHOD", method), ("REQUEST_URI", target), ("REQUEST_ID", "id1")] + more
        return begin(keep: keep) + record(4, pairs.flatMap { pair($0.0, $0.1) }) + record(4)
    }

    /// A whole request.
    static func request(_ method: String, _ target: String, _ more: [(String, String)] = [], body: [UInt8] = [])
        -> [UInt8]
    {
        var bytes = head(method, target, more + (body.isEmpty ? [] : [("CONTENT_LENGTH", "\(body.count)")]))
        var rest = body[...]
        while !rest.isEmpty {
            bytes += record(5, Array(rest.prefix(60_000)))
            rest = rest.dropFirst(60_000)
        }
        return bytes + record(5)
    }

    func send(_ bytes: [UInt8]) throws { try Files.writeAll(bytes, to: descriptor.raw, "the socket") }

    /// What the server sent until it ended the request or closed.
    struct Answer {
        var text = ""
        /// FCGI_END_REQUEST came.
        var isWhole = false
        var status: Int { Int(text.dropFirst("Status: ".count).prefix(3)) ?? 0 }
        var body: String { text.range(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? "" }
    }

    /// Reads until END_REQUEST, the end of the connection, or until the text so far is enough.
    func read(until isEnough: (String) -> Bool = { _ in false }) -> Answer {
        var answer = Answer()
        var output: [UInt8] = []
        while let header = readExactly(8), let content = readExactly(Int(header[4]) << 8 | Int(header[5])) {
            _ = readExactly(Int(header[6]))
            if header[1] == 6 { output += content }
            answer.text = String(decoding: output, as: UTF8.self)
            if header[1] == 3 {
                answer.isWhole = true
                break
            }
            if isEnough(answer.text) { break }
        }
        return answer
    }

    /// Whether the server closes the connection within the timeout.
    func isClosedByServer() -> Bool {
        var byte: UInt8 = 0
        // What it left unread makes the close a reset.
        return recv(descriptor.raw, &byte, 1, 0) == 0 || errno == ECONNRESET
    }

    private func readExactly(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes {
                recv(descriptor.raw, $0.baseAddress?.advanced(by: done), count - done, 0)
            }
            guard got > 0 else { return nil }
            done += got
        }
        return bytes
    }
}

extension String {
    func range(of text: String) -> Range<String.Index>? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(text) { return index..<self.index(index, offsetBy: text.count) }
            formIndex(after: &index)
        }
        return nil
    }
}

/// A descriptor that becomes readable when something is written to it.
func makeWake() throws -> Int32 {
    let wake = try WakeDescriptor()
    return dup(wake.descriptor.raw)
}
