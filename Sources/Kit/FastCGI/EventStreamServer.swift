import Glibc
public import Process
public import Support
public import Web

/// Where a streamer gets its events from and whom it may let in. It knows no SQL: these closures do.
public struct EventSource {
    /// An event and the topic under which it was written.
    public struct Event: Sendable {
        public var topic: String
        /// What the event tells the newest state of, so that a later one makes it needless; nil when every event
        /// counts.
        public var subject: String?
        public var frame: EventFrame

        public init(topic: String, subject: String? = nil, frame: EventFrame) {
            self.topic = topic
            self.subject = subject
            self.frame = frame
        }
    }

    /// Some of what a client missed.
    public struct Replay: Sendable {
        /// Oldest first; there may be none, and more may follow all the same.
        public var frames: [EventFrame]
        /// Up to here nothing is missing any more.
        public var through: EventCursor
        /// Whether there was nothing behind it.
        public var isLast: Bool

        public init(frames: [EventFrame], through: EventCursor, isLast: Bool) {
            self.frames = frames
            self.through = through
            self.isLast = isLast
        }
    }

    /// Answers a request: a body of `.events` is kept open, every other answer is sent and finished.
    public var open: (Request) -> Response
    /// Answers what is not a request.
    public var refuse: (WebError, RefusedRequest) -> Response
    /// What was written since the last call, oldest first. Called ten times a second, so it must be cheap.
    public var poll: () -> [Event]
    /// The next page of what a client missed: the events of its topics behind a cursor. A small piece of work, because
    /// all other clients wait for it. Nil when it cannot be told just now: the client is sent away and comes back.
    public var replay: (_ topics: [String], _ after: EventCursor) -> Replay?
    /// Whether the request would be let in now, too: its session may have ended.
    public var stillAllowed: (Request) -> Bool

    public init(
        open: @escaping (Request) -> Response,
        refuse: @escaping (WebError, RefusedRequest) -> Response,
        poll: @escaping () -> [Event],
        replay: @escaping (_ topics: [String], _ after: EventCursor) -> Replay?,
        stillAllowed: @escaping (Request) -> Bool
    ) {
        self.open = open
        self.refuse = refuse
        self.poll = poll
        self.replay = replay
        self.stillAllowed = stillAllowed
    }
}

/// Server-sent events for thousands of clients in one process and one loop. An event is framed once and sent to all who
/// listen to its topic, some at a time, because nginx answers nobody else while it passes on what comes at once; who
/// does not take it fast enough is dropped and comes back with its last id.
public final class EventStreamServer {
    /// Intervals and bounds of one streamer.
    public struct Limits: Sendable {
        /// Between two calls of `poll`, in milliseconds.
        public var pollInterval = 100
        /// Between two comments that keep proxies from closing, in milliseconds.
        public var heartbeat = 15_000
        /// Between two looks at a client's session, in milliseconds.
        public var checkInterval = 30_000
        /// Bytes that may wait for one client before it is dropped.
        public var unsentBytes = 256 << 10
        /// How long a connection may take to send its head, in milliseconds.
        public var headTimeout = 10_000
        /// How many clients are served at a time, and the pause after them in milliseconds: 2,000 in about 0.2 s.
        public var burst = 32
        public var pause = 3
        /// With more clients than this they hear of news less often, but still more than twice a second.
        public var crowd = 200
        public var crowdedPollInterval = 400

        public init() {}
    }

    private let limits: Limits
    private let source: EventSource
    private let slot: ScoreboardWriter?
    private let poller: Poller
    private let connection: FastCGIConnection
    private let incoming: IncomingConnections
    private var clients: [UInt64: EventStreamClient] = [:]
    private var listeners: [String: Set<UInt64>] = [:]
    private var nextToken = IncomingConnections.firstFreeToken
    /// Behind all that `poll` returned.
    private var latest: EventCursor?
    private var queue = EventQueue()
    /// Clients that get the next page of what they missed, in turn; not those that have not taken the last one.
    private var replaying: [UInt64] = []
    private var nextBurst: UInt64 = 0

    /// - Parameters:
    ///   - listener: a listening, non-blocking socket.
    ///   - stop: becomes readable when the server should finish and return.
    ///   - slot: where to say that it runs.
    public init(
        listener: Int32,
        stop: Int32,
        slot: ScoreboardWriter? = nil,
        limits: Limits = Limits(),
        source: EventSource
    ) throws(SystemError) {
        self.limits = limits
        self.source = source
        self.slot = slot
        poller = try Poller()
        connection = try FastCGIConnection()
        incoming = try IncomingConnections(
            listener: listener,
            stop: stop,
            poller: poller,
            headTimeoutMilliseconds: limits.headTimeout,
            mostPending: 1024
        )
    }

    /// How many clients are connected.
    public var clientCount: Int { clients.count }

    /// Serves until it is told to stop; then every answer is ended in order, so that the clients come back.
    public func run() {
        slot?.idle()
        var nextPoll = monotonicNanoseconds()
        var nextHeartbeat = nextPoll + nanoseconds(limits.heartbeat)
        var nextCheck = nextPoll
        while !incoming.isStopped {
            let now = monotonicNanoseconds()
            if now >= nextPoll {
                let isCrowded = clients.count > limits.crowd
                nextPoll = now + nanoseconds(isCrowded ? limits.crowdedPollInterval : limits.pollInterval)
                take(source.poll())
            }
            if now >= nextHeartbeat {
                nextHeartbeat = now + nanoseconds(limits.heartbeat)
                queue.addForAll(Array(": \n\n".utf8))
            }
            if now >= nextCheck {
                nextCheck = now + nanoseconds(min(1000, limits.checkInterval))
                checkSessions(now)
            }
            if now >= nextBurst, sendBurst() { nextBurst = monotonicNanoseconds() + nanoseconds(limits.pause) }
            replayNext()
            let next = queue.isEmpty ? nextPoll : min(nextPoll, nextBurst)
            let wait = replaying.isEmpty ? Int(clamping: (next &- min(next, now)) / 1_000_000) + 1 : 0
            switch incoming.next(milliseconds: wait) {
            case .request(let ready): open(ready)
            case .other(let event): handle(event)
            case .stop, nil: break
            }
        }
        endAll()
    }

    private func nanoseconds(_ milliseconds: Int) -> UInt64 { UInt64(clamping: milliseconds) * 1_000_000 }

    // MARK: Coming and going

    private func open(_ ready: IncomingConnections.Ready) {
        guard connection.begin(ready, timeoutMilliseconds: 1000) else { return }
        let parameters = connection.parameters
        let requestID = connection.requestID
        let raw = connection.release()
        do throws(WebError) {
            let request = try parameters.makeRequest()
            let response = source.open(request)
            if case .events(let subscription) = response.body, request.method == .get {
                start(raw, requestID, request, response, subscription)
            } else {
                finish(raw, requestID, request, response)
            }
        } catch {
            let response = source.refuse(error, parameters.refused)
            guard let request = Request(.get, "/") else { return }
            finish(raw, requestID, request, response)
        }
    }

    /// An answer that is not a stream.
    private func finish(_ raw: Int32, _ requestID: UInt16, _ request: Request, _ response: Response) {
        let client = EventStreamClient(
            descriptor: raw,
            requestID: requestID,
            request: request,
            subscription: nil,
            nextCheck: .max
        )
        var content: [UInt8]
        switch response.body {
        case .bytes(let bytes):
            content = response.headBytes(contentLength: bytes.count)
            if request.method != .head && response.mayHaveBody { content += bytes }
        case .events: content = Self.streamHead(of: response)
        case .stream, .internalRedirect: content = response.headBytes(contentLength: nil)
        }
        guard let token = add(client) else { return }
        send(content, to: client, token)
        settle(client.end(limit: limits.unsentBytes), client, token)
    }

    private func start(
        _ raw: Int32,
        _ requestID: UInt16,
        _ request: Request,
        _ response: Response,
        _ subscription: Subscription
    ) {
        let client = EventStreamClient(
            descriptor: raw,
            requestID: requestID,
            request: request,
            subscription: subscription,
            nextCheck: monotonicNanoseconds() + nanoseconds(limits.checkInterval)
        )
        if subscription.after == nil { client.sentThrough = latest }
        guard let token = add(client) else { return }
        for topic in client.topics { listeners[topic, default: []].insert(token) }
        var content = Self.streamHead(of: response)
        content += "retry: 2000\n\n".utf8
        for frame in subscription.opening { content += client.bytes(of: frame) }
        client.isReplaying = subscription.after != nil && !subscription.endsAtOnce
        send(content, to: client, token)
        if subscription.endsAtOnce {
            settle(client.end(limit: limits.unsentBytes), client, token)
        } else if client.hasRoom {
            goOnReplaying(client, token)
        }
    }

    // MARK: What was missed

    private func goOnReplaying(_ client: EventStreamClient, _ token: UInt64) {
        if client.isReplaying && !client.isEnding { replaying.append(token) }
    }

    /// Sends one client the next page of what it missed. The client after that comes with the next round, and this one
    /// again when it has taken the page: neither a long absence nor a slow line holds others up or fills the memory.
    private func replayNext() {
        guard !replaying.isEmpty else { return }
        let token = replaying.removeFirst()
        guard let client = clients[token], client.isReplaying, client.hasRoom, !client.isEnding else { return }
        guard let after = client.sentThrough, let page = source.replay(client.topics, after) else {
            return settle(client.end(limit: limits.unsentBytes), client, token)
        }
        let ends = client.topics.count == 1 && page.frames.contains { $0.event == "end" }
        client.sentThrough = max(after, page.through)
        client.isReplaying = !page.isLast && !ends
        let content = page.frames.flatMap(client.bytes(of:))
        if !content.isEmpty { send(content, to: client, token) }
        guard clients[token] != nil else { return }
        if ends {
            settle(client.end(limit: limits.unsentBytes), client, token)
        } else if client.hasRoom {
            goOnReplaying(client, token)
        }
    }

    /// The head of a stream, whose length is not known.
    private static func streamHead(of response: Response) -> [UInt8] {
        var head = response
        head.headers.set("Content-Type", "text/event-stream")
        head.headers.set("Cache-Control", "no-store")
        head.headers.set("X-Accel-Buffering", "no")
        return head.headBytes(contentLength: nil)
    }

    private func add(_ client: EventStreamClient) -> UInt64? {
        let token = nextToken
        nextToken += 1
        do throws(SystemError) {
            try poller.add(client.descriptor, token: token, .hangUp)
        } catch {
            return nil
        }
        clients[token] = client
        return token
    }

    private func remove(_ token: UInt64) {
        guard let client = clients.removeValue(forKey: token) else { return }
        for topic in client.topics {
            listeners[topic]?.remove(token)
            if listeners[topic]?.isEmpty ?? false { listeners[topic] = nil }
        }
    }

    private func handle(_ event: Poller.Event) {
        guard let client = clients[event.token] else { return }
        if event.isHungUp {
            remove(event.token)
        } else if event.isWritable {
            settle(client.flush(), client, event.token)
            if client.hasRoom { goOnReplaying(client, event.token) }
        }
    }

    // MARK: Sending

    private func send(_ content: [UInt8], to client: EventStreamClient, _ token: UInt64) {
        guard clients[token] != nil else { return }
        var framed: [UInt8] = []
        Records.appendOutput(content, requestID: client.requestID, to: &framed)
        settle(client.send(framed, limit: limits.unsentBytes), client, token)
    }

    private func settle(_ outcome: EventStreamClient.Outcome, _ client: EventStreamClient, _ token: UInt64) {
        switch outcome {
        case .sent: poller.change(client.descriptor, token: token, .hangUp)
        case .waiting: poller.change(client.descriptor, token: token, [.hangUp, .writable])
        case .finished: remove(token)
        }
    }

    private func take(_ events: [EventSource.Event]) {
        for event in events {
            if let id = event.frame.id { latest = max(latest ?? id, id) }
            if listeners[event.topic] != nil { queue.add(event) }
        }
    }

    /// - Returns: whether anything was sent.
    private func sendBurst() -> Bool {
        var left = limits.burst
        while left > 0, let (item, recipients) = queue.next(left, listeners: listeners(of:)) {
            for token in recipients { hand(item, to: token) }
            left -= max(1, recipients.count)
        }
        return left < limits.burst
    }

    private func listeners(of item: EventQueue.Item) -> [UInt64] {
        guard let topic = item.topic else { return Array(clients.keys) }
        return listeners[topic].map(Array.init) ?? []
    }

    private func hand(_ item: EventQueue.Item, to token: UInt64) {
        guard let client = clients[token], !client.isEnding, item.frame.map({ isNew($0, for: client) }) ?? true
        else { return }
        transmit(framed(item, for: client), client, token)
        if item.frame?.event == "end" && client.topics.count == 1 && clients[token] != nil {
            settle(client.end(limit: limits.unsentBytes), client, token)
        }
    }

    private func framed(_ item: EventQueue.Item, for client: EventStreamClient) -> [UInt8] {
        guard !client.seesAll, let frame = item.frame else { return item.content.bytes(requestID: client.requestID) }
        return FramedOnce(client.bytes(of: frame)).bytes(requestID: client.requestID)
    }

    /// Marks the event as sent to the client; false when it was replayed to it already, or will be.
    private func isNew(_ frame: EventFrame, for client: EventStreamClient) -> Bool {
        guard !client.isReplaying else { return false }
        guard let id = frame.id else { return true }
        if let sent = client.sentThrough, id <= sent { return false }
        client.sentThrough = id
        return true
    }

    /// A client that takes everything at once, as nearly all do, costs one send(2).
    private func transmit(_ framed: [UInt8], _ client: EventStreamClient, _ token: UInt64) {
        let outcome = client.send(framed, limit: limits.unsentBytes)
        if outcome != .sent { settle(outcome, client, token) }
    }

    private func checkSessions(_ now: UInt64) {
        for (token, client) in clients where client.nextCheck <= now {
            client.nextCheck = now + nanoseconds(limits.checkInterval)
            if !source.stillAllowed(client.request) { settle(client.end(limit: limits.unsentBytes), client, token) }
        }
    }

    private func endAll() {
        for (token, client) in clients { settle(client.end(limit: limits.unsentBytes), client, token) }
        let deadline = monotonicNanoseconds() + 1_000_000_000
        while !clients.isEmpty, monotonicNanoseconds() < deadline {
            for event in poller.wait(milliseconds: 50) { handle(event) }
        }
        clients = [:]
    }
}
