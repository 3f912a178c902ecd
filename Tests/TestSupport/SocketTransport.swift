import Glibc
import Support
import Web

/// Speaks HTTP/1.1 to a server on this machine, one connection a call, and reads until the server closes.
public struct SocketTransport {
    public var port: UInt16
    /// How long a read may wait, in seconds.
    public var timeout = 10

    public init(port: UInt16) {
        self.port = port
    }

    /// Sends the call and reads the answer. Throws when the connection fails or the answer is cut off.
    public func send(_ call: Call) throws -> Answer {
        let connection = try connect()
        var head = "\(call.method.rawValue) \(call.target) HTTP/1.1\r\nConnection: close\r\n"
        if call.headers["Host"] == nil { head += "Host: localhost:\(port)\r\n" }
        for field in call.headers.all { head += "\(field.name): \(field.value)\r\n" }
        if !call.body.isEmpty || call.method.isUnsafe { head += "Content-Length: \(call.body.count)\r\n" }
        try Files.writeAll(Array("\(head)\r\n".utf8) + call.body, to: connection.raw, "the socket")
        return try answer(try readAll(connection.raw), to: call.method)
    }

    private func connect() throws -> OwnedDescriptor {
        let connection = OwnedDescriptor(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var wait = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(connection.raw, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(connection.raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SystemError("connect to port \(port)") }
        return connection
    }

    private func readAll(_ descriptor: Int32) throws -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 { throw SystemError("read from port \(port)") }
            if count == 0 { return all }
            all += buffer[..<count]
        }
    }

    private func answer(_ bytes: [UInt8], to method: Web.Method) throws -> Answer {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
            throw TestFailure("the answer has no end of headers: \(String(decoding: bytes.prefix(200), as: UTF8.self))")
        }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw TestFailure("the answer has no status line")
        }
        var headers = Fields.headers()
        for line in lines.dropFirst() {
            let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            headers.append(String(halves[0]), halves.count > 1 ? String(halves[1]).trimmed : "")
        }
        var body = Array(bytes[end.upperBound...])
        if headers["Transfer-Encoding"] == "chunked" {
            body = try unchunked(body)
        } else if method != .head, let length = headers["Content-Length"], Int(length) != body.count {
            throw TestFailure("the answer has \(body.count) bytes instead of \(length)")
        }
        return Answer(status: status, headers: headers, body: body)
    }

    private func unchunked(_ bytes: [UInt8]) throws -> [UInt8] {
        var body: [UInt8] = []
        var rest = bytes[...]
        while let line = rest.firstRange(of: Array("\r\n".utf8)) {
            let digits = String(decoding: rest[..<line.lowerBound], as: UTF8.self)
            guard let size = Int(digits, radix: 16), size >= 0, size <= rest.endIndex - line.upperBound else { break }
            if size == 0 { return body }
            body += rest[line.upperBound..<line.upperBound + size]
            rest = rest[(line.upperBound + size)...].dropFirst(2)
        }
        throw TestFailure("the chunked answer is cut off")
    }
}
