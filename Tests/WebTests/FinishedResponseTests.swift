import Support
import Synchronization
import Testing
import Web

@Suite struct FinishedResponseTests {
    private func request(_ method: Web.Method = .get, _ target: String = "/page", id: String = "r1") throws -> Request {
        try #require(Request(method, target, id: id))
    }

    private func bytes(_ response: Response) -> String? {
        guard case .bytes(let bytes) = response.body else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func setsLengthAndRequestID() throws {
        let answer = Response.text("häh").finished(for: try request())
        #expect(answer.headers["Content-Length"] == "4")
        #expect(answer.headers["X-Request-Id"] == "r1")
        #expect(bytes(answer) == "häh")
        #expect(Response.text("").finished(for: try request()).headers["Content-Length"] == "0")
        #expect(Response.text("").finished(for: try request(id: "a\r\nb")).headers["X-Request-Id"] == nil)
    }

    @Test func headKeepsTheLengthAndLosesTheBody() throws {
        let answer = Response.text("hello").finished(for: try request(.head))
        #expect(answer.headers["Content-Length"] == "5")
        #expect(bytes(answer) == "")
        let stream = Response(status: 200, body: .stream { _ in nil }).finished(for: try request(.head))
        #expect(stream.headers["Content-Length"] == nil)
        #expect(bytes(stream) == nil, "whoever sends it would know the length of bytes")
        let events = Response(status: 200, body: .events(Subscription(topics: ["jobs"], after: nil)))
        #expect(bytes(events.finished(for: try request(.head))) == nil)
        let file = Response(status: 200, body: .internalRedirect("/internal/x")).finished(for: try request(.head))
        #expect(bytes(file) == nil)
    }

    @Test(arguments: [204, 304, 100])
    func someStatusesHaveNoBody(status: Int) throws {
        let headers = Fields.headers(["Content-Length": "3"])
        let answer = Response(status: status, headers: headers, body: .bytes([1, 2, 3])).finished(for: try request())
        #expect(answer.headers["Content-Length"] == nil)
        #expect(bytes(answer) == "")
    }

    @Test func theAPIIsNotCachedUnlessTheHandlerSaysSo() throws {
        let api = Response.json([:]).finished(for: try request(.get, "/api/products"))
        #expect(api.headers["Cache-Control"] == "no-store")
        #expect(api.headers["Vary"] == "Authorization, Cookie")
        let own = Response.json([:]).with("Cache-Control", "max-age=5").finished(for: try request(.get, "/api/x"))
        #expect(own.headers["Cache-Control"] == "max-age=5")
        let page = Response.text("").finished(for: try request(.get, "/apis"))
        #expect(page.headers["Cache-Control"] == nil)
        #expect(page.headers["Vary"] == nil)
    }

    @Test(arguments: [
        ("X-A", "a\r\nSet-Cookie: b=c"), ("X-A", "a\nb"), ("X-A", "a\rb"), ("X-A", "a\u{7F}"), ("X\r\nB", "a"),
        ("", "a"), ("X A", "a"), ("X:", "a"), ("Xé", "a"),
    ])
    func aHeaderThatCouldBeginAnotherLineBecomes500(name: String, value: String) throws {
        let lines = Lines()
        let log = Log(component: "web", sink: lines.append)
        let answer = Response.text("secret").with(name, value).finished(for: try request(), log: log)
        #expect(answer.status == 500)
        #expect(answer.headers["X-Request-Id"] == "r1")
        #expect(answer.headers["Content-Type"] == "application/problem+json")
        #expect(bytes(answer)?.contains("secret") == false)
        #expect(lines.all.count == 1)
        #expect(lines.all.first?.contains("Set-Cookie") == false)
    }

    @Test func ordinaryHeadersPass() throws {
        let answer = Response.text("x").with("X-A", "tab\tümlaut, \"quoted\"; a=b").finished(for: try request())
        #expect(answer.status == 200)
        #expect(answer.headers["X-A"] == "tab\tümlaut, \"quoted\"; a=b")
    }
}

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func append(_ line: String) {
        lines.withLock { $0.append(line) }
    }
}
