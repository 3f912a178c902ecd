import Glibc
import HTTPClient
import Support
import TestSupport
import Testing

/// What libcurl exchanges with a server of the test's own.
@Suite struct ExchangeTests {
    /// Answers one connection with these bytes, once it has read the head of a request; with nil it never answers.
    private final class Server {
        let port: Int
        private let listener: Int32

        init() throws {
            listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let fd = listener
            let bound = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
                    bind(fd, raw, length) == 0 && listen(fd, 8) == 0 && getsockname(fd, raw, &length) == 0
                }
            }
            guard bound else { throw TestFailure("no listener") }
            port = Int(UInt16(bigEndian: address.sin_port))
        }

        deinit { close(listener) }

        func serve(_ answer: String?) -> TestThread {
            let listener = listener
            return TestThread {
                let client = accept(listener, nil, nil)
                var buffer = [UInt8](repeating: 0, count: 65_536)
                _ = recv(client, &buffer, buffer.count, 0)
                if let answer {
                    let bytes = Array(answer.utf8)
                    _ = send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                } else {
                    // Until the client has given up.
                    while recv(client, &buffer, buffer.count, 0) > 0 {}
                }
                close(client)
            }
        }
    }

    private func request(_ server: Server, _ limits: HTTPLimits = HTTPLimits()) throws -> HTTPRequest {
        HTTPRequest(
            "POST",
            try HTTPTarget("http://127.0.0.1:\(server.port)/hook"),
            headers: [("X-One", "1")],
            body: Array("{}".utf8),
            limits: limits,
            policy: AddressPolicy(allowed: [try #require(Network("127.0.0.1"))])
        )
    }

    private func outcome(_ answer: String?, _ limits: HTTPLimits = HTTPLimits()) throws -> HTTPOutcome {
        let server = try Server()
        let thread = server.serve(answer)
        let outcome = HTTPClient.send(try request(server, limits))
        thread.join()
        return outcome
    }

    @Test func anAnswerComesWithStatusHeadersAndBody() throws {
        let outcome = try outcome("HTTP/1.1 202 Accepted\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nok")
        let answer = try outcome.result.get()
        #expect(answer.status == 202 && answer.header("retry-after") == "7" && answer.body == Array("ok".utf8))
        #expect(outcome.isInternal)
    }

    @Test func redirectsAreNotFollowed() throws {
        let answer = try outcome("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")
            .result.get()
        #expect(answer.status == 302)
    }

    @Test func whatIsTooLargeIsSaid() throws {
        var limits = HTTPLimits()
        limits.body = 10
        let long = try outcome("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n12345678901234567890", limits)
        #expect(throws: HTTPError.self) { try long.result.get() }
        guard case .failure(let error) = long.result else { return }
        #expect(error.step == .tooLarge)
    }

    @Test func whoNeverAnswersIsWaitedForNoLongerThanSaid() throws {
        var limits = HTTPLimits()
        limits.total = 300
        guard case .failure(let error) = try outcome(nil, limits).result else { throw TestFailure("an answer") }
        #expect(error.step == .wait)
    }

    @Test func anAddressThatIsNotAllowedIsNotConnectedTo() throws {
        let server = try Server()
        var request = try request(server)
        request.policy = AddressPolicy()
        guard case .failure(let error) = HTTPClient.send(request).result else { throw TestFailure("an answer") }
        #expect(error.step == .address && error.description.contains("loopback"))
        // A name that leads there is no way around.
        request.target = try HTTPTarget("http://localhost:\(server.port)/")
        guard case .failure(let other) = HTTPClient.send(request).result else { throw TestFailure("an answer") }
        #expect(other.step == .address && other.description.contains("localhost"))
    }

    @Test func whereNobodyListensTheConnectionFails() throws {
        let port = try Server().port
        var request = try request(try Server())
        request.target = try HTTPTarget("http://127.0.0.1:\(port)/")
        guard case .failure(let error) = HTTPClient.send(request).result else { throw TestFailure("an answer") }
        #expect(error.step == .connect)
    }

    @Test func aHeaderThatSmugglesIsNotSent() throws {
        var request = try request(try Server())
        request.headers = [("X-A", "b\r\nX-C: d")]
        guard case .failure(let error) = HTTPClient.send(request).result else { throw TestFailure("an answer") }
        #expect(error.step == .send && error.description.contains("X-A"))
    }
}
