import FastCGI
import Glibc
import Process
import Support
import Synchronization
import TestSupport
import Testing
import Web

/// A streamer in a thread of its own, fed by the test.
private final class TestStreamer: Sendable {
    struct State: Sendable {
        var events: [EventSource.Event] = []
        var polled = 0
        /// Pages of missed events that were asked for, and how many events one holds.
        var pages = 0
        var pageSize = 100
        var allowed = true
        var isReadable = true

        mutating func page(_ topics: [String], _ after: EventCursor) -> EventSource.Replay? {
            guard isReadable else { return nil }
            pages += 1
            let left = events.filter { ($0.frame.id ?? 0) > after }
            let page = left.prefix(pageSize)
            let frames = page.filter { topics.contains($0.topic) }.map(\.frame)
            return EventSource.Replay(
                frames: frames,
                through: page.last?.frame.id ?? after,
                isLast: page.count == left.count
            )
        }
    }

    let folder = TestFolder()
    let state = Mutex(State())
    private let wake: Int32
    private let thread = Mutex<TestThread?>(nil)
    var path: String { "\(folder.path)/events.sock" }

    init(limits: EventStreamServer.Limits = EventStreamServer.Limits()) throws {
        wake = try makeWake()
        let listener = try Listener(path: "\(folder.path)/events.sock").release()
        let thread = TestThread { [self, wake] in
            let server = try? EventStreamServer(listener: listener, stop: wake, limits: limits, source: source)
            server?.run()
            close(listener)
        }
        self.thread.withLock { $0 = thread }
    }

    private var source: EventSource {
        EventSource(
            open: { request in
                guard request.segments.first == "events" else { return .text("no", status: 404) }
                let topics = request.query["topics"]?.split(separator: ",").map(String.init) ?? []
                let opening = [EventFrame(id: nil, event: "now", data: "{}")]
                let after = request.headers["last-event-id"].flatMap { Int64($0) }.map {
                    EventCursor(integerLiteral: $0)
                }
                var subscription = Subscription(
                    topics: topics,
                    after: after,
                    opening: opening,
                    endsAtOnce: request.query["ended"] != nil
                )
                subscription.isNamed = request.query["named"] != "0"
                return Response(status: 200, body: .events(subscription))
            },
            refuse: { error, _ in .text("refused", status: error.status) },
            poll: {
                self.state.withLock { state in
                    defer { state.polled = state.events.count }
                    return Array(state.events[state.polled...])
                }
            },
            replay: { topics, after in self.state.withLock { $0.page(topics, after) } },
            stillAllowed: { _ in self.state.withLock { $0.allowed } }
        )
    }

    func emit(_ topic: String, _ id: Int64, _ event: String = "progress", data: String = "{}") {
        let frame = EventFrame(id: EventCursor(integerLiteral: id), event: event, data: data)
        state.withLock { $0.events.append(EventSource.Event(topic: topic, frame: frame)) }
    }

    func listen(_ query: String, after: Int64? = nil) throws -> Peer {
        let peer = try Peer(path)
        let headers = after.map { [("HTTP_LAST_EVENT_ID", "\($0)")] } ?? []
        try peer.send(Peer.request("GET", "/events?\(query)", headers))
        return peer
    }

    func end() {
        var one: UInt64 = 1
        write(wake, &one, 8)
        thread.withLock { $0 }?.join()
    }
}

@Suite(.serialized) struct EventStreamServerTests {
    @Test func clientsHearTheirTopicsAndTheEnd() throws {
        let streamer = try TestStreamer()
        defer { streamer.end() }
        let one = try streamer.listen("topics=job:1")
        let many = try streamer.listen("topics=job:1,job:2")
        let other = try streamer.listen("topics=job:2")
        _ = one.read { $0.contains("event: now") }
        _ = many.read { $0.contains("event: now") }
        let first = other.read { $0.contains("event: now") }
        #expect(first.status == 200 && first.text.contains("Content-Type: text/event-stream\r\n"))
        #expect(first.body.hasPrefix("retry: 2000\n\nevent: now\ndata: {}\n\n"))
        streamer.emit("job:1", 1)
        streamer.emit("job:1", 2, "end")
        streamer.emit("job:2", 3)
        let end = one.read()
        #expect(end.isWhole && end.text == "id: 1\nevent: progress\ndata: {}\n\nid: 2\nevent: end\ndata: {}\n\n")
        let both = many.read { $0.contains("id: 3") }.text
        #expect(both.contains("event: end") && both.contains("id: 1\n"))
        let second = other.read { $0.contains("id: 3") }.text
        #expect(!second.contains("id: 1\n"))
    }

    @Test func aReconnectMissesNothingAndHearsNothingTwice() throws {
        let streamer = try TestStreamer()
        defer { streamer.end() }
        for id in 1...5 { streamer.emit("job:1", Int64(id)) }
        let client = try streamer.listen("topics=job:1", after: 2)
        streamer.emit("job:1", 6)
        streamer.emit("job:1", 7, "end")
        let text = client.read().text
        for id in 3...7 { #expect(text.split(separator: "\n").filter { $0 == "id: \(id)" }.count == 1, "\(id)") }
        #expect(!text.contains("id: 2\n"))
        // A reconnect behind the end gets the end at once.
        let late = try streamer.listen("topics=job:1", after: 6).read()
        let ended = try streamer.listen("topics=job:1&ended=1").read()
        #expect(late.isWhole && ended.isWhole)
    }

    @Test func aLongAbsenceIsReplayedWholeWhileOthersAreServed() throws {
        let streamer = try TestStreamer()
        defer { streamer.end() }
        for id in 1...5000 { streamer.emit(id % 100 == 0 ? "job:1" : "catalogue", Int64(id)) }
        streamer.state.withLock { $0.pageSize = 10 }
        let other = try streamer.listen("topics=system")
        _ = other.read { $0.contains("event: now") }
        let all = try streamer.listen("topics=catalogue,job:1", after: 0)
        streamer.emit("system", 5001)
        // 500 pages are asked for; the news of others do not wait for them.
        _ = other.read { $0.contains("id: 5001\n") }
        streamer.emit("catalogue", 5002)
        let text = all.read { $0.contains("id: 5002\n") && $0.hasSuffix("\n\n") }.text
        let ids = text.split(separator: "\n").filter { $0.hasPrefix("id: ") }.compactMap { Int($0.dropFirst(4)) }
        #expect(ids == Array(1...5000) + [5002])
        #expect(streamer.state.withLock { $0.pages } >= 500)
    }

    @Test func aSlowReaderIsGivenNoPageBeforeItHasTakenTheLast() throws {
        let streamer = try TestStreamer()
        defer { streamer.end() }
        let data = String(repeating: "x", count: 20_000)
        for id in 1...100 { streamer.emit("job:1", Int64(id), data: data) }
        streamer.emit("job:1", 101, "end")
        streamer.state.withLock { $0.pageSize = 1 }
        let slow = try streamer.listen("topics=job:1", after: 0)
        let fast = try streamer.listen("topics=job:1", after: 99).read()
        #expect(fast.isWhole && fast.text.contains("id: 101\nevent: end"))
        // 2 MB are waiting for the slow one, which is not dropped, and few of its 101 pages were made.
        #expect(streamer.state.withLock { $0.pages } < 60)
        let answer = slow.read()
        #expect(answer.isWhole)
        let ids = answer.text.utf8.split(separator: 0x0A).filter { $0.starts(with: "id: ".utf8) }
        #expect(ids.compactMap { Int(String(Substring($0.dropFirst(4)))) } == Array(1...101))
    }

    @Test func whoseMissedEventsCannotBeReadIsSentAwayToComeBack() throws {
        let streamer = try TestStreamer()
        defer { streamer.end() }
        streamer.state.withLock { $0.isReadable = false }
        let answer = try streamer.listen("topics=a", after: 1).read()
        #expect(answer.isWhole && answer.text.contains("event: now"))
    }

    @Test func withoutNamesEverythingReachesOnMessage() throws {
        let streamer = try TestStreamer()
        defer { streamer.end() }
        streamer.emit("job:1", 1)
        let plain = try streamer.listen("topics=job:1&named=0", after: 0)
        let named = try streamer.listen("topics=job:1", after: 0)
        _ = plain.read { $0.contains("id: 1\n") }
        _ = named.read { $0.contains("id: 1\n") }
        streamer.emit("job:1", 2, "product.created", data: "{\"id\":7}")
        streamer.emit("job:1", 3, "end")
        let text = plain.read().text
        #expect(text == "id: 2\ndata: {\"event\":\"product.created\",\"id\":7}\n\nid: 3\ndata: {}\n\n")
        #expect(named.read().text.contains("event: product.created\ndata: {\"id\":7}\n\nid: 3\nevent: end"))
    }

    @Test func whatIsNoStreamIsAnsweredAndFinished() throws {
        let streamer = try TestStreamer()
        defer { streamer.end() }
        let peer = try Peer(streamer.path)
        try peer.send(Peer.request("GET", "/other"))
        let answer = peer.read()
        #expect(answer.isWhole && answer.status == 404 && answer.body == "no")
        let broken = try Peer(streamer.path)
        try broken.send(Peer.request("BREW", "/other"))
        let refused = broken.read()
        #expect(refused.status == 405)
    }

    /// HEAD of a stream ends at once, and says nothing of a length that nobody knows.
    @Test func headOfAStreamEndsAtOnce() throws {
        let streamer = try TestStreamer()
        defer { streamer.end() }
        let peer = try Peer(streamer.path)
        try peer.send(Peer.request("HEAD", "/events?topics=job:1"))
        let answer = peer.read()
        #expect(answer.isWhole && answer.status == 200 && answer.body == "")
        #expect(answer.text.contains("Content-Type: text/event-stream\r\n"))
        #expect(!answer.text.contains("Content-Length"))
    }

    @Test func halfAHeadHoldsNobodyUp() throws {
        let streamer = try TestStreamer()
        defer { streamer.end() }
        let half = try Peer(streamer.path)
        try half.send(Array(Peer.request("GET", "/events").prefix(40)))
        let start = monotonicNanoseconds()
        let whole = try streamer.listen("topics=a").read { $0.contains("event: now") }
        #expect(whole.status == 200)
        #expect(monotonicNanoseconds() - start < 1_000_000_000)
    }

    @Test func heartbeatsComeAndASessionThatEndedIsClosed() throws {
        var limits = EventStreamServer.Limits()
        limits.heartbeat = 100
        limits.checkInterval = 200
        let streamer = try TestStreamer(limits: limits)
        defer { streamer.end() }
        let client = try streamer.listen("topics=a")
        let heard = client.read { $0.contains("\n: \n\n") }
        #expect(heard.text.contains("\n: \n\n"))
        streamer.state.withLock { $0.allowed = false }
        let clientAnswer = client.read()
        #expect(clientAnswer.isWhole)
    }

    @Test func aClientThatDoesNotReadIsDroppedAndTheOthersHearEverything() throws {
        var limits = EventStreamServer.Limits()
        limits.unsentBytes = 64 << 10
        let streamer = try TestStreamer(limits: limits)
        defer { streamer.end() }
        let slow = try streamer.listen("topics=job:1")
        let fast = try streamer.listen("topics=job:1")
        _ = slow.read { $0.contains("event: now") }
        _ = fast.read { $0.contains("event: now") }
        let data = String(repeating: "x", count: 20_000)
        for id in 1...60 {
            streamer.emit("job:1", Int64(id), data: data)
            if id % 5 == 0 { _ = fast.read { $0.contains("id: \(id)\n") && $0.hasSuffix("\n\n") } }
        }
        streamer.emit("job:1", 61, "end")
        let fastAnswer = fast.read()
        #expect(fastAnswer.isWhole)
        let slowAnswer = slow.read()
        #expect(!slowAnswer.isWhole)
    }

    @Test func twoHundredClientsHearTheSameLastEventAndTheEnd() throws {
        ResourceLimit.raiseOpenFiles(to: 8192)
        let streamer = try TestStreamer()
        defer { streamer.end() }
        var clients: [Int32] = []
        for _ in 0..<200 {
            let client = try streamer.listen("topics=job:1")
            // Not before it is let in does it hear what comes.
            _ = client.read { $0.contains("event: now") }
            clients.append(client.release())
        }
        for id in 1...20 { streamer.emit("job:1", Int64(id)) }
        streamer.emit("job:1", 21, "end")
        var whole = 0
        for raw in clients {
            let answer = Peer(taking: raw).read()
            if answer.isWhole && answer.text.contains("id: 20\n") && answer.text.contains("id: 21\nevent: end") {
                whole += 1
            }
        }
        #expect(whole == 200)
    }

    @Test func atTheEndEveryStreamIsClosedInOrder() throws {
        let streamer = try TestStreamer()
        let client = try streamer.listen("topics=a")
        _ = client.read { $0.contains("event: now") }
        streamer.end()
        let clientAnswer = client.read()
        #expect(clientAnswer.isWhole)
    }
}
