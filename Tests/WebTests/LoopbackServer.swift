import Glibc
import Support
import TestSupport
import Web

/// The smallest HTTP server that a scenario can run against: one thread, one connection at a time, no keep-alive.
final class LoopbackServer: Sendable {
    let port: UInt16
    private let listener: Int32

    init(handler: @escaping @Sendable (Request) -> Response) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) | listen(listener, 16) | getsockname(listener, $0, &size)
            }
        }
        guard result == 0 else { throw SystemError("listen") }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        let serving = Serving(listener: listener, handler: handler)
        var thread = pthread_t()
        pthread_create(&thread, nil, Serving.run, Unmanaged.passRetained(serving).toOpaque())
        pthread_detach(thread)
    }

    /// Ends the thread at its next accept.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
    }
}

private final class Serving: Sendable {
    let listener: Int32
    let handler: @Sendable (Request) -> Response

    init(listener: Int32, handler: @escaping @Sendable (Request) -> Response) {
        self.listener = listener
        self.handler = handler
    }

    static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { pointer in
        guard let pointer else { return nil }
        let serving = Unmanaged<Serving>.fromOpaque(pointer).takeRetainedValue()
        while true {
            let connection = accept(serving.listener, nil, nil)
            guard connection >= 0 else { break }
            serving.serve(OwnedDescriptor(connection))
        }
        close(serving.listener)
        return nil
    }

    private func serve(_ connection: borrowing OwnedDescriptor) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            if let call = parse(bytes), let answer = try? HandlerTransport(handler).send(call) {
                var head = "HTTP/1.1 \(answer.status) \(statusTitle(answer.status))\r\n"
                for field in answer.headers.all { head += "\(field.name): \(field.value)\r\n" }
                try? Files.writeAll(Array("\(head)\r\n".utf8) + answer.body, to: connection.raw, "the client")
                return
            }
            let count = read(connection.raw, &buffer, buffer.count)
            guard count > 0 else { return }
            bytes += buffer[..<count]
        }
    }

    /// The call, once it is there whole.
    private func parse(_ bytes: [UInt8]) -> Call? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 3, let method = Method(rawValue: String(words[0])) else { return nil }
        var call = Call(method, String(words[1]), body: Array(bytes[end.upperBound...]))
        for line in lines.dropFirst() {
            let halves = line.split(separator: ":", maxSplits: 1)
            if halves.count == 2 { call.headers.append(String(halves[0]), String(halves[1]).trimmed) }
        }
        return call.body.count == Int(call.headers["Content-Length"] ?? "0") ? call : nil
    }
}
