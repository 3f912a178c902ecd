import FastCGI
import Glibc
import Process
import Support
import Synchronization
import TestSupport
import Testing
import Web

/// A server of downloads in a thread of its own.
private final class TestDownloads: Sendable {
    struct State: Sendable {
        var lines: [String] = []
        var allowed = true
    }

    let folder = TestFolder()
    let state = Mutex(State())
    private let wake: Int32
    private let thread = Mutex<TestThread?>(nil)
    var path: String { "\(folder.path)/export.sock" }

    init(limits: DownloadServer.Limits = DownloadServer.Limits()) throws {
        wake = try makeWake()
        let listener = try Listener(path: "\(folder.path)/export.sock").release()
        let thread = TestThread { [self, wake] in
            let log = Log(component: "export") { line in self.state.withLock { $0.lines.append(line) } }
            let server = try? DownloadServer(listener: listener, stop: wake, limits: limits, log: log, source: source)
            server?.run()
            close(listener)
        }
        self.thread.withLock { $0 = thread }
    }

    private var source: DownloadSource {
        DownloadSource(
            open: { request in
                guard let kind = request.segments.first, kind != "no" else { return (.text("no", status: 404), 7) }
                var left = Int(request.segments.last ?? "") ?? 0
                let response = Response(
                    status: 200,
                    body: .stream { bytes in
                        if kind == "broken" && left == 0 { throw WebError.notFound }
                        guard left > 0 else { return nil }
                        let count = min(left, bytes)
                        left -= count
                        return [UInt8](repeating: 0x61, count: count)
                    }
                )
                return (kind == "bytes" ? .text("all") : response, 7)
            },
            refuse: { error, _ in .text("refused", status: error.status) },
            stillAllowed: { _ in self.state.withLock { $0.allowed } }
        )
    }

    func ask(_ target: String, method: String = "GET") throws -> Peer {
        let peer = try Peer(path)
        try peer.send(Peer.request(method, target, [("REMOTE_ADDR", "10.0.0.1")]))
        return peer
    }

    func logged(_ parts: String...) -> Bool {
        state.withLock { state in state.lines.contains { line in parts.allSatisfy(line.contains) } }
    }

    func stop() {
        var one: UInt64 = 1
        write(wake, &one, 8)
    }

    func end() {
        stop()
        thread.withLock { $0?.join() }
        close(wake)
    }
}

@Suite(.serialized) struct DownloadServerTests {
    private static let much = 4 << 20

    @Test func filesAndOtherAnswersArriveWhole() throws {
        let server = try TestDownloads()
        defer { server.end() }
        for size in [0, 1, 70_000, Self.much] {
            let answer = try server.ask("/file/\(size)").read()
            #expect(answer.isWhole && answer.status == 200 && answer.body.utf8.count == size)
        }
        let bytes = try server.ask("/bytes").read()
        #expect(bytes.isWhole && bytes.body == "all" && bytes.text.contains("Content-Length: 3\r\n"))
        let head = try server.ask("/file/1000", method: "HEAD").read()
        #expect(head.isWhole && head.body.isEmpty)
        #expect(try server.ask("/no").read().status == 404)
        #expect(try server.ask("/%zz").read().status == 400)
        #expect(!server.logged("download"))
    }

    /// Thirty that read nothing and one that does, in one process.
    @Test func readersThatAreSlowHoldNobodyUp() throws {
        let server = try TestDownloads()
        defer { server.end() }
        var idle: [Int32] = []
        for _ in 0..<30 { idle.append(try server.ask("/file/\(Self.much)").release()) }
        #expect(try server.ask("/file/\(Self.much)").read().isWhole)
        #expect(try server.ask("/bytes").read().isWhole)
        for descriptor in idle {
            let answer = Peer(taking: descriptor).read()
            #expect(answer.isWhole && answer.body.utf8.count == Self.much)
        }
    }

    @Test func aReaderThatTakesNothingIsDroppedAndTheLogSaysSo() throws {
        var limits = DownloadServer.Limits()
        limits.stall = 400
        let server = try TestDownloads(limits: limits)
        defer { server.end() }
        let peer = try server.ask("/file/\(Self.much)")
        #expect(eventually { server.logged("warning", "download dropped") })
        #expect(
            server.logged(
                "request_id=id1",
                "user_id=7",
                "address=10.0.0.1",
                "path=/file/\(Self.much)",
                "bytes=",
                "took nothing for"
            )
        )
        let answer = peer.read()
        #expect(!answer.isWhole && !answer.body.isEmpty)
    }

    /// A little at a time, much later than the bound in all: what counts is the time since the last byte.
    @Test func aReaderThatMovesGetsTheWholeFile() throws {
        var limits = DownloadServer.Limits()
        limits.stall = 2_000
        let server = try TestDownloads(limits: limits)
        defer { server.end() }
        let peer = try server.ask("/file/\(Self.much)")
        var taken = [UInt8](repeating: 0, count: 16 << 10)
        var total = 0
        for _ in 0..<60 {
            usleep(50_000)
            let count = recv(peer.descriptor.raw, &taken, taken.count, 0)
            #expect(count > 0)
            total += count
        }
        while case let count = recv(peer.descriptor.raw, &taken, taken.count, 0), count > 0 { total += count }
        #expect(total > Self.much && !server.logged("dropped"))
    }

    @Test func aLoginThatEndsTakesItsDownloadsAlong() throws {
        var limits = DownloadServer.Limits()
        limits.checkInterval = 100
        let server = try TestDownloads(limits: limits)
        defer { server.end() }
        let peer = try server.ask("/file/\(Self.much)")
        server.state.withLock { $0.allowed = false }
        #expect(eventually { server.logged("download dropped", "ended") })
        let answer = peer.read()
        #expect(!answer.isWhole)
    }

    @Test func whatBreaksIsCutOffAndWhoLeavesIsLetGo() throws {
        let server = try TestDownloads()
        defer { server.end() }
        let broken = try server.ask("/broken/70000").read()
        #expect(!broken.isWhole && broken.body.utf8.count <= 70_000)
        #expect(eventually { server.logged("error", "answer broke off", "path=/broken/70000") })
        do { _ = try server.ask("/file/\(Self.much)") }
        #expect(eventually { server.logged("info", "download left by its reader") })
    }

    @Test func theDownloadInHandIsFinishedBeforeTheEnd() throws {
        let server = try TestDownloads()
        let peer = try server.ask("/file/\(Self.much)")
        usleep(100_000)
        server.stop()
        usleep(100_000)
        let answer = peer.read()
        #expect(answer.isWhole && answer.body.utf8.count == Self.much)
        server.end()
    }
}
