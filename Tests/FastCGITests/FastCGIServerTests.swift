import FastCGI
import Glibc
import Process
import Support
import Synchronization
import TestSupport
import Testing
import Web

/// What the servers log.
private final class LoggedLines: Sendable {
    let all = Mutex<[String]>([])
}

/// Servers in threads of their own on one listener, as a pool has processes.
private final class TestServers: Sendable {
    let folder = TestFolder()
    private let threads: [TestThread]
    private let logged = LoggedLines()
    var lines: [String] { logged.all.withLock { $0 } }
    var path: String { "\(folder.path)/web.sock" }

    init(count: Int = 2, limits: FastCGIServer.Limits = FastCGIServer.Limits()) throws {
        let listener = try Listener(path: "\(folder.path)/web.sock").release()
        var threads: [TestThread] = []
        let logged = logged
        var wakes: [Int32] = []
        for _ in 0..<count {
            let wake = try makeWake()
            wakes.append(wake)
            let own = dup(listener)
            threads.append(
                TestThread {
                    let log = Log(component: "test") { line in logged.all.withLock { $0.append(line) } }
                    guard
                        let server = try? FastCGIServer(
                            listener: own,
                            stop: wake,
                            limits: limits,
                            log: log,
                            handler: TestServers.handler
                        )
                    else { return }
                    server.run()
                    close(own)
                }
            )
        }
        close(listener)
        self.threads = threads
        self.wakes = wakes
    }

    private let wakes: [Int32]

    func end() {
        var one: UInt64 = 1
        for wake in wakes { write(wake, &one, 8) }
        for thread in threads { thread.join() }
        for wake in wakes { close(wake) }
    }

    static var handler: RequestHandler {
        RequestHandler(
            respond: { request in
                switch request.segments.first {
                case "echo":
                    guard case .bytes(let body) = request.body else { return .text("none") }
                    return Response(status: 200, body: .bytes(body))
                case "file":
                    guard case .file(let path, let length) = request.body else { return .text("no file") }
                    return .text("\(path) \(length)")
                case "sleep":
                    usleep(UInt32(request.segments.last ?? "") ?? 0)
                    return .text("slept")
                case "stream": return Response(status: 200, body: .stream { _ in [] })
                case "accel": return Response(status: 200, body: .internalRedirect("/internal/blobs/ab"))
                case "nothing": return .noContent
                case "split": return Response(status: 200, headers: .headers(["X-A": "a\r\nX-B: b", "X-C": "c"]))
                default:
                    let header = request.headers["x-test"] ?? "-"
                    return .text("\(request.method.rawValue) \(request.target) \(header) \(request.remoteAddress)")
                }
            },
            refuse: { error, refused in .text("refused \(refused.path)", status: error.status) },
            authorize: { $0.segments.first == "upload" ? nil : WebError(418, "teapot", "It is \"short\" & stout.") }
        )
    }

    func ask(_ bytes: [UInt8]) throws -> Peer.Answer {
        let peer = try Peer(path)
        try peer.send(bytes)
        return peer.read()
    }
}

@Suite(.serialized) struct FastCGIServerTests {
    /// A worker that has served its number of requests is replaced; what it had accepted until then is answered.
    @Test func theLastRequestIsNotTheEndOfOthers() throws {
        var limits = FastCGIServer.Limits()
        limits.requests = 1
        let servers = try TestServers(count: 1, limits: limits)
        defer { servers.end() }
        let early = try Peer(servers.path)
        let request = Peer.request("GET", "/early", [])
        try early.send(Array(request.prefix(20)))
        usleep(50_000)
        #expect(try servers.ask(Peer.request("GET", "/last", [])).isWhole)
        try early.send(Array(request.dropFirst(20)))
        let answer = early.read()
        #expect(answer.isWhole && answer.status == 200)
    }

    @Test func requestsBecomeAnswers() throws {
        let servers = try TestServers()
        defer { servers.end() }
        let answer = try servers.ask(
            Peer.request("GET", "/a%2Fb?c=d", [("HTTP_X_TEST", "t"), ("REMOTE_ADDR", "10.0.0.1")])
        )
        #expect(answer.isWhole && answer.status == 200)
        #expect(answer.body == "GET /a%2Fb?c=d t 10.0.0.1")
        #expect(answer.text.contains("Content-Length: 25\r\n"))
        #expect(try servers.ask(Peer.request("HEAD", "/x")).body == "")
        #expect(try servers.ask(Peer.request("HEAD", "/x")).text.contains("Content-Length: 10\r\n"))
        let nothing = try servers.ask(Peer.request("GET", "/nothing"))
        #expect(nothing.status == 204 && !nothing.text.contains("Content-Length"))
        #expect(
            try servers.ask(Peer.request("GET", "/accel")).text.contains("X-Accel-Redirect: /internal/blobs/ab\r\n")
        )
        let split = try servers.ask(Peer.request("GET", "/split")).text
        #expect(!split.contains("X-B") && split.contains("X-C: c"))
    }

    @Test func bodiesAreReadUpToTheLimit() throws {
        var limits = FastCGIServer.Limits()
        limits.body = 200_000
        let servers = try TestServers(limits: limits)
        defer { servers.end() }
        let body = [UInt8](repeating: 0x61, count: 200_000)
        let answer = try servers.ask(Peer.request("POST", "/echo", body: body))
        #expect(answer.isWhole && answer.body.utf8.count == 200_000)
        let over = try servers.ask(Peer.request("POST", "/echo", body: body + [0x62]))
        #expect(over.status == 413 && over.isWhole)
        #expect(try servers.ask(Peer.request("GET", "/echo")).body == "none")
        try Files.replace("\(servers.folder.path)/body", with: [1, 2, 3])
        let path = "\(servers.folder.path)/body"
        #expect(try servers.ask(Peer.request("POST", "/file", [("BODY_FILE", path)])).body == "\(path) 3")
        #expect(try servers.ask(Peer.request("POST", "/file", [("BODY_FILE", "\(path)0")])).status == 500)
    }

    /// Its reader would hold the worker: a route that streams names the pool of downloads.
    @Test func aStreamIsAFaultOfTheProgram() throws {
        let servers = try TestServers()
        defer { servers.end() }
        let answer = try servers.ask(Peer.request("GET", "/stream"))
        #expect(answer.isWhole && answer.status == 500)
        #expect(servers.lines.count == 1)
        #expect(servers.lines.allSatisfy { $0.contains("a stream in a worker") }, "\(servers.lines)")
    }

    @Test func whatIsNotARequestIsRefused() throws {
        let servers = try TestServers()
        defer { servers.end() }
        #expect(try servers.ask(Peer.request("BREW", "/pot?x")).status == 405)
        #expect(try servers.ask(Peer.request("BREW", "/pot?x")).body == "refused /pot")
        #expect(try servers.ask(Peer.request("GET", "/%zz")).status == 400)
        #expect(try servers.ask(Peer.request("GET", "no-slash")).status == 400)
        let role = [("BODEGA_ROLE", "authorize")]
        #expect(try servers.ask(Peer.request("POST", "/upload", role)).status == 204)
        let refused = try servers.ask(Peer.request("POST", "/other", role))
        #expect(refused.status == 403)
        #expect(refused.text.contains("X-Bodega-Code: teapot\r\n"))
        #expect(refused.text.contains("X-Bodega-Detail: It is short  stout.\r\n"))
        #expect(refused.text.contains("X-Bodega-Status: 403\r\n"))
        let unreadable = try servers.ask(Peer.request("POST", "/%ff", role))
        #expect(unreadable.status == 403 && unreadable.text.contains("X-Bodega-Status: 400\r\n"))
    }

    /// nginx chooses by the path as it reads it, so a request that it has read differently is none.
    @Test func aPathIsReadInOneWay() throws {
        let servers = try TestServers()
        defer { servers.end() }
        func status(_ target: String, _ path: String, role: String = "") throws -> Int {
            try servers.ask(Peer.request("POST", target, [("BODEGA_PATH", path), ("BODEGA_ROLE", role)])).status
        }
        #expect(try status("/reset/..%2Fupload", "/upload") == 400)
        #expect(try status("/reset/..%2Fupload", "/upload", role: "authorize") == 403)
        #expect(try status("/e%CC%81", "/\u{E9}") == 400, "equal for Unicode, but another path")
        #expect(try status("/a//b", "/a/b") == 400)
        for (target, path) in [
            ("/a%20b?c", "/a b"), ("/%61", "/a"), ("/%C3%a9", "/\u{E9}"), ("/by/a%2Fb", "/by/a%2Fb"), ("/a;b", "/a;b"),
        ] { #expect(try status(target, path) == 200, "\(target)") }
    }

    /// The accept loop's promise: whatever the others do, a good request is answered at once.
    @Test func badPeersHarmNobody() throws {
        let servers = try TestServers()
        defer { servers.end() }
        let good = Peer.request("GET", "/fine")
        let bad: [[UInt8]] = [
            [1], Array(good.prefix(7)), Array(good.prefix(20)), Array(good.prefix(good.count - 9)), good + good,
            Peer.begin() + Peer.begin(), Peer.record(9, Peer.pair("FCGI_MAX_CONNS", ""), id: 0),
            Peer.record(9, (0..<12).flatMap { _ in Peer.pair("FCGI_MAX_CONNS", "") }, id: 0),
            Peer.begin() + Peer.record(4, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]) + Peer.record(4),
            Peer.begin() + Peer.record(2), Peer.record(77, [UInt8](repeating: 1, count: 65_535)),
            [UInt8](repeating: 0xFF, count: 100_000), Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8),
            Peer.head("POST", "/echo", [("CONTENT_LENGTH", "10")]) + Peer.record(5, [1, 2, 3]) + Peer.record(5),
        ]
        for (index, bytes) in bad.enumerated() {
            let peer = try Peer(servers.path)
            // A server that has closed already makes the write fail; that is one of the right answers.
            try? peer.send(bytes)
            let start = monotonicNanoseconds()
            #expect(try servers.ask(good).body == "GET /fine - ", "after bad peer \(index)")
            #expect(monotonicNanoseconds() - start < 1_000_000_000, "after bad peer \(index)")
        }
    }

    @Test func fiveHundredSilentConnectionsHoldNobodyUp() throws {
        ResourceLimit.raiseOpenFiles(to: 8192)
        let servers = try TestServers()
        defer { servers.end() }
        var silent: [Int32] = []
        for _ in 0..<500 { silent.append(try connect(toSocket: servers.path).release()) }
        let start = monotonicNanoseconds()
        for _ in 0..<100 { #expect(try servers.ask(Peer.request("GET", "/fine")).status == 200) }
        #expect(monotonicNanoseconds() - start < 3_000_000_000)
        for descriptor in silent { close(descriptor) }
    }

    @Test func aHeadMayArriveInPieces() throws {
        let servers = try TestServers(count: 1)
        defer { servers.end() }
        let peer = try Peer(servers.path)
        let bytes = Peer.request("GET", "/late")
        for start in stride(from: 0, to: bytes.count, by: 25) {
            try peer.send(Array(bytes[start..<min(start + 25, bytes.count)]))
            usleep(5000)
        }
        let answer = peer.read()
        #expect(answer.body == "GET /late - ")
    }

    @Test func aHeadThatStaysIncompleteIsDropped() throws {
        var limits = FastCGIServer.Limits()
        limits.headTimeout = 200
        let servers = try TestServers(count: 1, limits: limits)
        defer { servers.end() }
        let peer = try Peer(servers.path)
        try peer.send(Array(Peer.request("GET", "/x").prefix(30)))
        let isClosed = peer.isClosedByServer()
        #expect(isClosed)
    }

    @Test func theRequestInHandIsFinishedBeforeTheEnd() throws {
        let servers = try TestServers(count: 1)
        let peer = try Peer(servers.path)
        try peer.send(Peer.request("GET", "/sleep/300000"))
        usleep(100_000)
        let start = monotonicNanoseconds()
        servers.end()
        #expect(monotonicNanoseconds() - start < 1_000_000_000)
        let answer = peer.read()
        #expect(answer.body == "slept")
    }

    @Test func aWorkerEndsAfterItsNumberOfRequests() throws {
        var limits = FastCGIServer.Limits()
        limits.requests = 3
        let servers = try TestServers(count: 1, limits: limits)
        for _ in 0..<3 { #expect(try servers.ask(Peer.request("GET", "/x")).status == 200) }
        servers.end()
    }
}
